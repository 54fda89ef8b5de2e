package dev.warren.operator.reconcile;

import dev.warren.operator.plan.TemplateProof;
import dev.warren.operator.plan.Violation;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Has the API server judge pod templates, by a dry run of what they become. */
final class TemplateProver {

  private final KubernetesClient kubernetes;

  TemplateProver(KubernetesClient kubernetes) {
    this.kubernetes = kubernetes;
  }

  /** What the API server finds wrong. */
  List<Violation> violations(List<TemplateProof> proofs) {
    return proofs.stream().flatMap(this::violations).toList();
  }

  private Stream<Violation> violations(TemplateProof proof) {
    try {
      kubernetes
          .resource(proof.object())
          .dryRun()
          .fieldManager(KubernetesWriter.FIELD_MANAGER)
          .forceConflicts()
          .serverSideApply();
      return Stream.empty();
    } catch (KubernetesClientException e) {
      return refusals(proof, e);
    }
  }

  private static Stream<Violation> refusals(TemplateProof proof, KubernetesClientException e) {
    return switch (e.getCode()) {
      case ApiRefusal.UNPROCESSABLE -> causes(proof, e);
      // So it answers, with either code, to a field that it does not know.
      case HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_INTERNAL_ERROR ->
          Stream.of(new Violation(proof.userPath(proof.objectPath()), ApiRefusal.message(e)));
      // Not a matter of the template alone: a quota may have room when it comes to it.
      case HttpURLConnection.HTTP_FORBIDDEN -> Stream.empty();
      default -> throw e;
    };
  }

  private static Stream<Violation> causes(TemplateProof proof, KubernetesClientException e) {
    List<StatusCause> causes =
        e.getStatus() == null || e.getStatus().getDetails() == null
            ? List.of()
            : e.getStatus().getDetails().getCauses();
    if (causes.isEmpty()) {
      return Stream.of(new Violation(proof.userPath(proof.objectPath()), ApiRefusal.message(e)));
    }
    return causes.stream()
        .map(
            cause ->
                new Violation(
                    proof.userPath(Objects.requireNonNullElse(cause.getField(), "")),
                    cause.getMessage()));
  }
}
