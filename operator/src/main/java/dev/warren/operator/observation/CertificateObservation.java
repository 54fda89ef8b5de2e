package dev.warren.operator.observation;

import dev.warren.operator.model.RenewalRequest;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of certificates beside the topology's own Secrets.
 *
 * @param given the Secrets that the spec names, by name
 * @param issued cert-manager's Certificate
 * @param served for each node the digest of the Secret all of whose certificates it was seen to
 *     serve last
 * @param request the value of the annotation {@value RenewalRequest#ANNOTATION}
 */
public record CertificateObservation(
    Map<String, GivenSecret> given,
    IssuedDoor issued,
    Map<Integer, String> served,
    Optional<String> request) {

  /** Nothing. */
  public static final CertificateObservation NONE =
      new CertificateObservation(Map.of(), new IssuedDoor.NotRead(), Map.of(), Optional.empty());

  /** A Secret that the spec names. */
  public GivenSecret secret(String name) {
    return given.getOrDefault(name, new GivenSecret.Unreadable("it was not read"));
  }
}
