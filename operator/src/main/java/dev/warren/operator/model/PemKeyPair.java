package dev.warren.operator.model;

/**
 * A certificate and its private key.
 *
 * @param certificate PEM: the certificate, then its intermediates
 * @param key PEM, PKCS #8, not encrypted
 */
public record PemKeyPair(String certificate, String key) {

  /** Does not show the key. */
  @Override
  public String toString() {
    return "PemKeyPair[" + Revision.sha256(certificate) + "]";
  }
}
