package dev.warren.operator.plan.certificates;

import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.TlsSpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.UserMetadata;
import dev.warren.operator.observation.IssuedDoor;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.plan.objects.ObjectPlanner;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans cert-manager's Certificate of the clients' doors. */
final class IssuerPlanner {

  private static final String PATH = "spec.tls.issuerRef: ";

  /** cert-manager's shortest. */
  private static final Duration SHORTEST = Duration.ofHours(1);

  private final Owner owner;
  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final IssuedDoor seen;
  private final List<KubernetesAction> actions = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  IssuerPlanner(Owner owner, ResourceNames names, MessageTopologySpec spec, IssuedDoor seen) {
    this.owner = owner;
    this.names = names;
    this.spec = spec;
    this.seen = seen;
  }

  List<KubernetesAction> actions() {
    return actions;
  }

  List<Problem> problems() {
    return problems;
  }

  /**
   * Whether the topology has, or may have, such an object; then it must be looked for in each pass.
   */
  boolean plan(boolean hasAsked) {
    if (spec.tls().issuerRef() == null) {
      return leave(hasAsked);
    }
    switch (seen) {
      case IssuedDoor.NoKind no ->
          problem(
              Reason.ISSUER_NOT_READY,
              "the cluster has no kind Certificate of cert-manager.io: install cert-manager");
      case IssuedDoor.Unreadable unreadable ->
          problem(
              Reason.CERTIFICATE_UNKNOWN,
              "Certificate %s cannot be read: %s".formatted(names.issuedDoor(), unreadable.why()));
      case IssuedDoor.NotRead no -> {
        // The next pass reads it.
      }
      case IssuedDoor.Absent absent ->
          new ObjectPlanner(new ObservedObjects(List.of()))
              .plan(certificate())
              .ifPresent(actions::add);
      case IssuedDoor.Found found -> keep(found.certificate());
    }
    return true;
  }

  private boolean leave(boolean hasAsked) {
    if (!(seen instanceof IssuedDoor.Found found)) {
      return hasAsked && !(seen instanceof IssuedDoor.Absent || seen instanceof IssuedDoor.NoKind);
    }
    if (!owner.owns(found.certificate())) {
      return false;
    }
    actions.add(
        new KubernetesAction.Delete(found.certificate(), "spec.tls.issuerRef is no longer set"));
    return true;
  }

  private void keep(GenericKubernetesResource found) {
    if (!owner.owns(found)) {
      problem(
          Reason.NAME_TAKEN,
          "Certificate %s exists and belongs to somebody else".formatted(names.issuedDoor()));
      return;
    }
    new ObjectPlanner(new ObservedObjects(List.of(found)))
        .plan(certificate())
        .ifPresent(actions::add);
    notReady(found).ifPresent(why -> problem(Reason.ISSUER_NOT_READY, why));
  }

  private void problem(Reason reason, String message) {
    problems.add(new Problem(reason, PATH + message));
  }

  private static Optional<String> notReady(GenericKubernetesResource certificate) {
    List<?> conditions =
        certificate.get("status", "conditions") instanceof List<?> list ? list : List.of();
    return conditions.stream()
        .filter(Map.class::isInstance)
        .map(condition -> (Map<?, ?>) condition)
        .filter(condition -> "Ready".equals(condition.get("type")))
        .findFirst()
        .filter(condition -> !"True".equals(condition.get("status")))
        .map(
            condition -> "cert-manager has not issued the certificate: " + condition.get("message"))
        .or(
            () ->
                conditions.isEmpty()
                    ? Optional.of("cert-manager has not taken up the certificate yet")
                    : Optional.empty());
  }

  private GenericKubernetesResource certificate() {
    TlsSpec.IssuerRef issuer = spec.tls().issuerRef();
    GenericKubernetesResource certificate = new GenericKubernetesResource();
    certificate.setApiVersion("cert-manager.io/v1");
    certificate.setKind("Certificate");
    certificate.setMetadata(
        owner.owned(names.issuedDoor(), Component.TOPOLOGY, UserMetadata.of(spec)).build());
    Duration life = Durations.parse(spec.tls().certificateDuration());
    Duration asked = life.compareTo(SHORTEST) < 0 ? SHORTEST : life;
    String service = names.clientService();
    String host = names.clientHost();
    certificate.setAdditionalProperty(
        "spec",
        Map.of(
            "secretName",
            names.issuedDoor(),
            "duration",
            goDuration(asked),
            "renewBefore",
            goDuration(asked.dividedBy(3)),
            "dnsNames",
            List.of(
                host,
                host + ".cluster.local",
                service + "." + names.namespace(),
                service,
                // Clients of streams are sent to the node that has the stream's leader.
                "*." + names.nodesService() + "." + names.namespace() + ".svc"),
            "usages",
            List.of("digital signature", "server auth"),
            "privateKey",
            Map.of(
                "algorithm", "ECDSA", "size", 256, "encoding", "PKCS8", "rotationPolicy", "Always"),
            "issuerRef",
            Map.of("name", issuer.name(), "kind", issuer.kind(), "group", issuer.group())));
    return certificate;
  }

  /** As cert-manager writes it, so that it is no drift. */
  private static String goDuration(Duration duration) {
    return "%dh%dm%ds"
        .formatted(duration.toHours(), duration.toMinutesPart(), duration.toSecondsPart());
  }
}
