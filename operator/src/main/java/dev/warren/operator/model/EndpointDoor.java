package dev.warren.operator.model;

import dev.warren.api.v1alpha1.EndpointTlsSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.RequestReplySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The TLS port of an endpoint.
 *
 * @param name the endpoint, in the names of its files
 * @param port its port at each node
 * @param given the Secret with a certificate of its own; empty if it presents that of all doors
 */
public record EndpointDoor(String name, int port, Optional<GivenReference> given) {

  /** Those of a spec. */
  public static List<EndpointDoor> of(MessageTopologySpec spec) {
    Endpoints endpoints = Endpoints.of(spec);
    List<EndpointDoor> doors = new ArrayList<>();
    List<RequestReplySpec> requestReply = endpoints.requestReply();
    for (int i = 0; i < requestReply.size(); i++) {
      RequestReplySpec endpoint = requestReply.get(i);
      if (endpoint.tls() != null) {
        doors.add(
            door(
                CertificateFiles.requestReply(endpoint.name()),
                endpoint.port(),
                "spec.endpoints.requestReply[" + i + "]",
                endpoint.tls()));
      }
    }
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
