package dev.warren.operator.plan.certificates;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is told of a topology's certificates.
 *
 * @param renewal the step that is under way, in a sentence; empty if none is
 * @param waitsFor the nodes that do not serve their newest certificates yet, by their Pods' names
 * @param certificates all of them
 */
public record CertificateReport(
    Optional<String> renewal, List<String> waitsFor, List<End> certificates) {

  /** Nothing is known. */
  public static final CertificateReport NOTHING =
      new CertificateReport(Optional.empty(), List.of(), List.of());

  /**
   * The end of a certificate.
   *
   * @param name the Secret and its key, such as orders-0-tls/tls.crt
   * @param ending whether it should have been renewed long ago
   * @param step what happens to it now; empty if nothing does
   */
  public record End(String name, Instant notAfter, boolean ending, Optional<String> step) {}
}
