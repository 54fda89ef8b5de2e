package dev.warren.operator.execute;

import dev.warren.operator.model.Owner;
import dev.warren.operator.plan.validation.PodTemplateDryRun;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Validates Pod templates by a dry run on the API server. */
public final class PodTemplateDryRunner {

  /** How the API server starts its message about an object that it cannot read. */
  private static final Pattern ILL_FORMED =
      Pattern.compile("failed to (create typed patch|convert new) object ");

  /** Such as .spec.containers[name="app"].imgae: field not declared in schema. */
  private static final Pattern FAULT_OF_FIELD =
      Pattern.compile("(?<=\\s)\\.((?:spec|metadata)\\S*): ([^\n]+)");

  private final KubernetesClient kubernetes;

  public PodTemplateDryRunner(KubernetesClient kubernetes) {
    this.kubernetes = kubernetes;
  }

  /** The errors that the API server finds. */
  public List<Violation> violations(List<PodTemplateDryRun> proofs) {
    return proofs.stream().flatMap(this::violations).toList();
  }

  private Stream<Violation> violations(PodTemplateDryRun dryRun) {
    try {
      kubernetes
          .resource(dryRun.object())
          .dryRun()
          .fieldManager(Owner.FIELD_MANAGER)
          .forceConflicts()
          .serverSideApply();
      return Stream.empty();
    } catch (KubernetesClientException e) {
      return refusals(dryRun, e);
    }
  }

  private static Stream<Violation> refusals(PodTemplateDryRun dryRun, KubernetesClientException e) {
    return switch (e.getCode()) {
      case ApiRefusal.UNPROCESSABLE -> causes(dryRun, e);
      case HttpURLConnection.HTTP_BAD_REQUEST -> faults(dryRun, e);
      case HttpURLConnection.HTTP_INTERNAL_ERROR -> {
        if (ILL_FORMED.matcher(ApiRefusal.message(e)).lookingAt()) {
          yield faults(dryRun, e);
        }
        throw e;
      }
      // Not an error of the template: the quota may have room later, or all is being deleted.
      case HttpURLConnection.HTTP_FORBIDDEN ->
          ApiRefusal.isByQuota(e) || ApiRefusal.isByEndOfNamespace(e)
              ? Stream.empty()
              : faults(dryRun, e);
      default -> throw e;
    };
  }

  /** The errors in the object's form. An error that names no field concerns the whole object. */
  private static Stream<Violation> faults(PodTemplateDryRun dryRun, KubernetesClientException e) {
    String message = ApiRefusal.message(e);
    List<Violation> faults =
        FAULT_OF_FIELD
            .matcher(message)
            .results()
            .map(fault -> new Violation(dryRun.userPath(fault.group(1)), fault.group(2)))
            .toList();
    return faults.isEmpty()
        ? Stream.of(new Violation(dryRun.specPath(), message))
        : faults.stream();
  }

  private static Stream<Violation> causes(PodTemplateDryRun dryRun, KubernetesClientException e) {
    List<StatusCause> causes =
        e.getStatus() == null || e.getStatus().getDetails() == null
            ? List.of()
            : e.getStatus().getDetails().getCauses();
    if (causes.isEmpty()) {
      return faults(dryRun, e);
    }
    return causes.stream()
        .map(
            cause ->
                new Violation(
                    dryRun.userPath(Objects.requireNonNullElse(cause.getField(), "")),
                    cause.getMessage()));
  }
}
