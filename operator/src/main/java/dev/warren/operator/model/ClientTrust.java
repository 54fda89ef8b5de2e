package dev.warren.operator.model;

import java.util.Optional;

/**
 * What a client of a topology needs for TLS.
 *
 * @param ca PEM: what verifies the clients' doors; empty if a given certificate came without
 * @param client what it presents; only with mutual TLS
 */
public record ClientTrust(Optional<String> ca, Optional<PemKeyPair> client) {

  /** Nothing is known: the system's own CAs, and no certificate. */
  public static final ClientTrust NONE = new ClientTrust(Optional.empty(), Optional.empty());
}
