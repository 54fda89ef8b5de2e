package dev.warren.operator.broker;

import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.ClientTrust;
import java.security.GeneralSecurityException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;

/**
 * TLS as a client of a topology. The nodes present a certificate there that a user may have given.
 *
 * @param host the name that the certificate must have
 */
record ClientTls(ClientTrust trust, String host) {

  /**
   * For connections by an address.
   *
   * @throws BrokerException when a certificate cannot be read
   */
  SSLContext context() {
    try {
      X509TrustManager authorities =
          trust.ca().isPresent() ? PemTrust.of(trust.ca().get()) : PemTrust.ofTheSystem();
      ServerProof proof = new ServerProof(authorities, host);
      return PemTrust.context(new ServerTrust(address -> proof), trust.client());
    } catch (GeneralSecurityException e) {
      throw new BrokerException(
          Kind.UNAVAILABLE, "The certificates of clients of %s cannot be read".formatted(host), e);
    }
  }
}
