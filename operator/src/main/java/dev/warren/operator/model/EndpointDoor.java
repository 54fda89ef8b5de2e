package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import java.util.List;
import java.util.Optional;

/**
 * The TLS port of an endpoint.
 *
 * @param name the endpoint's name; {@link CertificateFiles#PUBLISH} for the one that takes messages
 * @param port its port at each node
 * @param given the Secret with a certificate of its own; empty if it presents that of all doors
 */
public record EndpointDoor(String name, int port, Optional<GivenReference> given) {

  /** Those of a spec. No endpoint has TLS yet. */
  public static List<EndpointDoor> of(MessageTopologySpec spec) {
    return List.of();
  }
}
