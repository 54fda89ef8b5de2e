package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.TlsSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Secret with certificates that is not the operator's.
 *
 * @param path the field that names it
 * @param secret its name
 */
public record GivenReference(String path, String secret) {

  /** The Secret with what clients see, instead of the operator's own certificate. */
  public static Optional<GivenReference> door(MessageTopologySpec spec, ResourceNames names) {
    TlsSpec tls = spec.tls();
    if (tls.issuerRef() != null) {
      return Optional.of(new GivenReference("spec.tls.issuerRef", names.issuedDoor()));
    }
    return Optional.ofNullable(tls.secretName())
        .map(secret -> new GivenReference("spec.tls.secretName", secret));
  }

  /** The Secret with the CA of the clients' certificates. */
  public static Optional<GivenReference> clients(MessageTopologySpec spec) {
    return spec.tls().clients() == TlsSpec.Clients.Mutual
        ? Optional.ofNullable(spec.tls().clientCASecret())
            .map(secret -> new GivenReference("spec.tls.clientCASecret", secret))
        : Optional.empty();
  }

  /** All of them. */
  public static List<GivenReference> all(MessageTopologySpec spec, ResourceNames names) {
    List<GivenReference> all = new ArrayList<>();
    door(spec, names).ifPresent(all::add);
    clients(spec).ifPresent(all::add);
    EndpointDoor.of(spec).stream().flatMap(door -> door.given().stream()).forEach(all::add);
    return all;
  }
}
