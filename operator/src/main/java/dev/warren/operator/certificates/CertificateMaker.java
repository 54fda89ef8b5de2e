package dev.warren.operator.certificates;

import dev.warren.operator.model.PemKeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Makes certificates with new keys and random serial numbers. */
public interface CertificateMaker {

  /**
   * A certificate that a CA issues.
   *
   * @param commonName at most 64 characters
   * @param names the DNS names; none for a client
   * @param server whether a server may present it
   * @param client whether a client may present it
   * @param life how long it is valid; it never outlives its CA
   */
  record LeafRequest(
      String commonName, List<String> names, boolean server, boolean client, Duration life) {}

  /** A CA that signs leaves only. */
  PemKeyPair authority(String commonName, Instant now, Duration life);

  /**
   * A certificate and its key.
   *
   * @param authority the CA that signs it
   * @throws IllegalArgumentException if the CA cannot be read
   */
  PemKeyPair leaf(PemKeyPair authority, LeafRequest request, Instant now);
}
