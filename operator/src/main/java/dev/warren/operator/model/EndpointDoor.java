package dev.warren.operator.model;

import dev.warren.api.v1alpha1.EndpointTlsSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import java.util.ArrayList;
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

  /** Those of a spec. */
  public static List<EndpointDoor> of(MessageTopologySpec spec) {
    Endpoints endpoints = Endpoints.of(spec);
    List<EndpointDoor> doors = new ArrayList<>();
    endpoints
        .requestReply()
        .forEach(
            endpoint -> {
              if (endpoint.tls() != null) {
                String path = "spec.endpoints.requestReply[%s]".formatted(endpoint.name());
                doors.add(door(endpoint.name(), endpoint.port(), path, endpoint.tls()));
              }
            });
    endpoints
        .publish()
        .filter(endpoint -> endpoint.tls() != null)
        .map(
            endpoint ->
                door(
                    CertificateFiles.PUBLISH,
                    endpoint.port(),
                    "spec.endpoints.publish",
                    endpoint.tls()))
        .ifPresent(doors::add);
    return doors;
  }

  private static EndpointDoor door(String name, int port, String path, EndpointTlsSpec tls) {
    return new EndpointDoor(
        name,
        port,
        Optional.ofNullable(tls.secretName())
            .map(secret -> new GivenReference(path + ".tls.secretName", secret)));
  }
}
