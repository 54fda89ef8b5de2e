package dev.warren.operator.reconcile;

import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Owner;
import dev.warren.operator.plan.KubernetesAction;
import dev.warren.operator.plan.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.HttpURLConnection;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Carries out changes in Kubernetes for one topology. */
final class KubernetesWriter {

  /** What Kubernetes knows the operator by, as the owner of fields. Never to be changed. */
  static final String FIELD_MANAGER = "warren-operator";

  private static final Logger LOG = Logger.getLogger(KubernetesWriter.class);

  private final KubernetesClient kubernetes;
  private final Owner owner;

  KubernetesWriter(KubernetesClient kubernetes, Owner owner) {
    this.kubernetes = kubernetes;
    this.owner = owner;
  }

  /**
   * Carries out a change.
   *
   * @return why Kubernetes refused it; empty when it is done
   * @throws KubernetesClientException when Kubernetes does not answer, or not sensibly
   */
  Optional<Problem> carryOut(KubernetesAction action) {
    LOG.infof("%s", action);
    try {
      return switch (action) {
        case KubernetesAction.Create create -> create(create.object());
        case KubernetesAction.Apply apply -> apply(apply.object());
        case KubernetesAction.Replace replace -> replace(replace.object());
        case KubernetesAction.Delete delete -> delete(delete.object());
      };
    } catch (KubernetesClientException e) {
      return Optional.of(problem(action.object(), e));
    }
  }

  private Optional<Problem> create(HasMetadata object) {
    HasMetadata existing = kubernetes.resource(object).get();
    if (existing == null) {
      return apply(object);
    }
    if (!owner.owns(existing)) {
      return Optional.of(
          new Problem(
              "NameTaken",
              "%s %s exists and does not belong to this resource"
                  .formatted(object.getKind(), object.getMetadata().getName())));
    }
    // Not overwritten: what is wanted was planned without knowing it (a Secret's password, say).
    // It was made a moment ago and is not in the cache yet, or somebody took away its labels.
    restoreLabels(existing, object.getMetadata().getLabels());
    return Optional.empty();
  }

  private void restoreLabels(HasMetadata existing, Map<String, String> wanted) {
    Map<String, String> labels = existing.getMetadata().getLabels();
    if (labels != null && Labels.WARREN.equals(labels.get(Labels.MANAGED_BY))) {
      return;
    }
    kubernetes
        .resource(existing)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("metadata", Map.of("labels", wanted))));
  }

  private Optional<Problem> apply(HasMetadata object) {
    kubernetes.resource(object).fieldManager(FIELD_MANAGER).forceConflicts().serverSideApply();
    return Optional.empty();
  }

  private Optional<Problem> replace(HasMetadata object) {
    kubernetes.resource(object).update();
    return Optional.empty();
  }

  private Optional<Problem> delete(HasMetadata object) {
    kubernetes.resource(object).lockResourceVersion().delete();
    return Optional.empty();
  }

  private static Problem problem(HasMetadata object, KubernetesClientException e) {
    String message =
        "%s %s: %s"
            .formatted(object.getKind(), object.getMetadata().getName(), ApiRefusal.message(e));
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_FORBIDDEN ->
          new Problem(message.contains("exceeded quota") ? "QuotaExceeded" : "Forbidden", message);
      case HttpURLConnection.HTTP_CONFLICT -> new Problem("ChangedMeanwhile", message);
      case HttpURLConnection.HTTP_BAD_REQUEST, ApiRefusal.UNPROCESSABLE ->
          new Problem("Refused", message);
      default -> throw e;
    };
  }
}
