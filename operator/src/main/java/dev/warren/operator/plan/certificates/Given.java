package dev.warren.operator.plan.certificates;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.TlsSpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.certificates.CertificateException;
import dev.warren.operator.certificates.GivenAuthority;
import dev.warren.operator.certificates.GivenCertificate;
import dev.warren.operator.model.EndpointDoor;
import dev.warren.operator.model.GivenReference;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.CertificateObservation;
import dev.warren.operator.observation.GivenSecret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The certificates that users give.
 *
 * @param wantsDoor whether the spec names one for the clients' doors
 * @param door that one, if it can be used
 * @param mutual whether clients need certificates
 * @param clients the CA of those, if it can be used
 * @param endpoints those of endpoints by the endpoint's name; empty if one cannot be used
 * @param problems what is wrong with those that cannot be used
 */
record Given(
    boolean wantsDoor,
    Optional<GivenCertificate> door,
    boolean mutual,
    Optional<GivenAuthority> clients,
    Map<String, Optional<GivenCertificate>> endpoints,
    List<Problem> problems) {

  static Given of(
      MessageTopologySpec spec, ResourceNames names, CertificateObservation seen, Instant now) {
    List<Problem> problems = new ArrayList<>();
    Optional<GivenReference> door = GivenReference.door(spec, names);
    Map<String, Optional<GivenCertificate>> endpoints = new TreeMap<>();
    for (EndpointDoor endpoint : EndpointDoor.of(spec)) {
      endpoint
          .given()
          .ifPresent(
              reference ->
                  endpoints.put(
                      endpoint.name(),
                      checked(
                          reference,
                          seen,
                          data -> GivenCertificate.of(data, Optional.empty(), now),
                          problems)));
    }
    return new Given(
        door.isPresent(),
        door.flatMap(
            reference ->
                checked(
                    reference,
                    seen,
                    data -> GivenCertificate.of(data, Optional.of(names.clientHost()), now),
                    problems)),
        spec.tls().clients() == TlsSpec.Clients.Mutual,
        GivenReference.clients(spec)
            .flatMap(
                reference ->
                    checked(reference, seen, data -> GivenAuthority.of(data, now), problems)),
        endpoints,
        problems);
  }

  private interface Check<T> {
    T of(Map<String, String> data) throws CertificateException;
  }

  private static <T> Optional<T> checked(
      GivenReference reference,
      CertificateObservation seen,
      Check<T> check,
      List<Problem> problems) {
    String start = "%s: Secret %s ".formatted(reference.path(), reference.secret());
    switch (seen.secret(reference.secret())) {
      case GivenSecret.Missing missing ->
          problems.add(new Problem(Reason.CERTIFICATE_REFUSED, start + "does not exist"));
      case GivenSecret.Unreadable unreadable ->
          problems.add(
              new Problem(
                  Reason.CERTIFICATE_UNKNOWN, start + "cannot be read: " + unreadable.why()));
      case GivenSecret.Found found -> {
        try {
          return Optional.of(check.of(found.data()));
        } catch (CertificateException e) {
          problems.add(
              new Problem(
                  Reason.CERTIFICATE_REFUSED,
                  "%s: Secret %s: %s"
                      .formatted(reference.path(), reference.secret(), e.getMessage())));
        }
      }
    }
    return Optional.empty();
  }
}
