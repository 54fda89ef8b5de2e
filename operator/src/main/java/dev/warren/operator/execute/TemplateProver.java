package dev.warren.operator.execute;

import dev.warren.operator.plan.validation.TemplateProof;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Has the API server judge pod templates, by a dry run of what they become. */
public final class TemplateProver {

  /** So the API server tells, as an error of its own, of an object that it cannot read. */
  private static final Pattern ILL_FORMED =
      Pattern.compile("failed to (create typed patch|convert new) object ");

  /** Such as .spec.containers[name="app"].imgae: field not declared in schema. */
  private static final Pattern FAULT_OF_FIELD =
      Pattern.compile("(?<=\\s)\\.((?:spec|metadata)\\S*): ([^\n]+)");

  private final KubernetesClient kubernetes;

  public TemplateProver(KubernetesClient kubernetes) {
    this.kubernetes = kubernetes;
  }

  /** What the API server finds wrong. */
  public List<Violation> violations(List<TemplateProof> proofs) {
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
      case HttpURLConnection.HTTP_BAD_REQUEST -> faults(proof, e);
      case HttpURLConnection.HTTP_INTERNAL_ERROR -> {
        if (ILL_FORMED.matcher(ApiRefusal.message(e)).lookingAt()) {
          yield faults(proof, e);
        }
        throw e;
      }
      // Not a matter of the template: a quota may have room when it comes to it.
      case HttpURLConnection.HTTP_FORBIDDEN ->
          ApiRefusal.isByQuota(e) ? Stream.empty() : faults(proof, e);
      default -> throw e;
    };
  }

  /** What it says of the object's form; of all of it, if it names no field. */
  private static Stream<Violation> faults(TemplateProof proof, KubernetesClientException e) {
    String message = ApiRefusal.message(e);
    List<Violation> faults =
        FAULT_OF_FIELD
            .matcher(message)
            .results()
            .map(fault -> new Violation(proof.userPath(fault.group(1)), fault.group(2)))
            .toList();
    return faults.isEmpty() ? Stream.of(new Violation(proof.specPath(), message)) : faults.stream();
  }

  private static Stream<Violation> causes(TemplateProof proof, KubernetesClientException e) {
    List<StatusCause> causes =
        e.getStatus() == null || e.getStatus().getDetails() == null
            ? List.of()
            : e.getStatus().getDetails().getCauses();
    if (causes.isEmpty()) {
      return faults(proof, e);
    }
    return causes.stream()
        .map(
            cause ->
                new Violation(
                    proof.userPath(Objects.requireNonNullElse(cause.getField(), "")),
                    cause.getMessage()));
  }
}
