package dev.warren.operator.broker;

import dev.warren.operator.certificates.BouncyCastleMaker;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.certificates.CertificateMaker.LeafRequest;
import dev.warren.operator.model.PemKeyPair;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** A CA of a topology's nodes, and servers with certificates of it. */
final class TestAuthority {

  /** The topology and its node that most tests mean. */
  static final String TOPOLOGY = "shop/orders";

  static final String HOST = "orders-0.orders-nodes.shop.svc";

  private static final CertificateMaker MAKER = new BouncyCastleMaker();
  private static final Duration LIFE = Duration.ofHours(1);

  private final PemKeyPair pair = MAKER.authority("nodes", Instant.now(), LIFE.multipliedBy(5));

  /** Its certificate. */
  String pem() {
    return pair.certificate();
  }

  /** What a node of the most usual name must prove. */
  NodeIdentity identity() {
    return new NodeIdentity(TOPOLOGY, HOST, pem());
  }

  /** A server of that name. */
  SSLContext server() {
    return server(HOST);
  }

  SSLContext server(String... names) {
    return server(leaf(Instant.now(), names));
  }

  /** A server whose certificate has ended. */
  SSLContext expiredServer() {
    return server(leaf(Instant.now().minus(LIFE.multipliedBy(2)), HOST));
  }

  /** A certificate for a client, which no server may present. */
  PemKeyPair client(String name) {
    return MAKER.leaf(pair, new LeafRequest(name, List.of(HOST), false, true, LIFE), Instant.now());
  }

  private PemKeyPair leaf(Instant made, String... names) {
    return MAKER.leaf(pair, new LeafRequest("a node", List.of(names), true, true, LIFE), made);
  }

  static SSLContext server(PemKeyPair certificate) {
    try {
      return PemTrust.context(PemTrust.ofTheSystem(), Optional.of(certificate));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
