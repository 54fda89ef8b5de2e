package dev.warren.operator.broker;

import dev.warren.operator.model.CertificateFiles;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.CredentialSecrets;
import dev.warren.operator.model.PemKeyPair;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Optional;

/**
 * The Secrets with which the operator connects to a topology's broker.
 *
 * @param admin with the operator's account
 * @param nodesAuthority with the CAs of the nodes
 * @param connection with what verifies the clients' ports, and with mutual TLS the certificate to
 *     present there
 */
public record BrokerSecrets(Secret admin, Secret nodesAuthority, Optional<Secret> connection) {

  String username() {
    return CredentialSecrets.text(admin, CredentialSecrets.USERNAME);
  }

  String password() {
    return CredentialSecrets.text(admin, CredentialSecrets.PASSWORD);
  }

  /** PEM: the CAs, one of which has signed the certificate of each node. */
  String nodesAuthorities() {
    return CredentialSecrets.text(nodesAuthority, CertificateFiles.CA);
  }

  /** For the clients' port with TLS. */
  ClientTrust clientTrust() {
    Optional<String> certificate = ofConnection(CertificateFiles.CERTIFICATE);
    Optional<String> key = ofConnection(CertificateFiles.KEY);
    return new ClientTrust(
        ofConnection(CertificateFiles.CA),
        certificate.flatMap(found -> key.map(itsKey -> new PemKeyPair(found, itsKey))));
  }

  private Optional<String> ofConnection(String key) {
    return connection
        .map(secret -> CredentialSecrets.text(secret, key))
        .filter(text -> !text.isEmpty());
  }

  /** Leaves out what must not appear in a log. */
  @Override
  public String toString() {
    return "BrokerSecrets[]";
  }
}
