package dev.warren.operator.execute;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.CredentialSecrets;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.ObservedObjects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
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
public final class KubernetesWriter {

  /** Null removes the settings of rolling updates, whoever set them. */
  private static final String ONLY_RECREATE =
      "{\"spec\": {\"strategy\": {\"type\": \"%s\", \"rollingUpdate\": null}}}"
          .formatted(ConsumerDeployment.RECREATE);

  private static final Logger LOG = Logger.getLogger(KubernetesWriter.class);

  private final KubernetesClient kubernetes;
  private final Owner owner;
  private final ObservedObjects observed;

  /**
   * The result of a change.
   *
   * @param refusal why Kubernetes refused it; empty when it did not
   * @param written whether the object now has the desired content; false if it turned out to exist
   *     already, because it is then left unchanged
   * @param underway whether the object still has to reach its desired state; false for marks and
   *     records, which are complete at once, and for numbers of Pods, which change at any time
   */
  record Outcome(Optional<Problem> refusal, boolean written, boolean underway) {
    private static final Outcome UNDERWAY = new Outcome(Optional.empty(), true, true);
    private static final Outcome DONE = new Outcome(Optional.empty(), true, false);
    private static final Outcome KEPT = new Outcome(Optional.empty(), false, true);

    private static Outcome refused(Problem problem) {
      return new Outcome(Optional.of(problem), false, false);
    }
  }

  /**
   * @param observed the objects that the changes were planned from
   */
  public KubernetesWriter(KubernetesClient kubernetes, Owner owner, ObservedObjects observed) {
    this.kubernetes = kubernetes;
    this.owner = owner;
    this.observed = observed;
  }

  /**
   * Carries out a change.
   *
   * @throws KubernetesClientException when Kubernetes does not answer
   */
  Outcome carryOut(KubernetesAction action) {
    LOG.infof("%s", action.describe());
    try {
      return switch (action) {
        case KubernetesAction.Create create -> create(create.object());
        case KubernetesAction.Apply apply -> apply(apply.object());
        case KubernetesAction.Scale scale -> scale(scale.object());
        case KubernetesAction.Grow grow -> apply(grow.object());
        case KubernetesAction.Mark mark -> mark(mark);
        case KubernetesAction.Replace replace -> replace(replace.object());
        case KubernetesAction.Delete delete -> delete(delete.object());
      };
    } catch (KubernetesClientException e) {
      if (ApiRefusal.isNoAnswer(e)) {
        throw e;
      }
      return Outcome.refused(problem(action.object(), e));
    }
  }

  private Outcome create(HasMetadata object) {
    HasMetadata existing = kubernetes.resource(object).get();
    if (existing == null) {
      return apply(object);
    }
    if (CredentialSecrets.isChosenPassword(existing, object)
        && owner.ofAnother(existing).isEmpty()) {
      takeOver(existing, object.getMetadata());
      return Outcome.KEPT;
    }
    if (!owner.owns(existing)) {
      return Outcome.refused(
          new Problem(
              Reason.NAME_TAKEN,
              "%s %s exists and belongs to %s"
                  .formatted(
                      object.getKind(),
                      object.getMetadata().getName(),
                      owner.ofAnother(existing).orElse("no MessageTopology"))));
    }
    // The existing object is kept, because the plan did not know it (for example a Secret's
    // password). Either it is so new that the cache lacks it, or somebody removed its labels.
    restoreLabels(existing, Labels.operators(object.getMetadata().getLabels()));
    return Outcome.KEPT;
  }

  /** The next pass finds it by its labels, and completes it. */
  private void takeOver(HasMetadata existing, ObjectMeta wanted) {
    patch(
        existing,
        Map.of(
            "labels",
            Labels.operators(wanted.getLabels()),
            "ownerReferences",
            wanted.getOwnerReferences()));
  }

  private void restoreLabels(HasMetadata existing, Map<String, String> wanted) {
    Map<String, String> labels = existing.getMetadata().getLabels();
    if (labels != null && labels.entrySet().containsAll(wanted.entrySet())) {
      return;
    }
    patch(existing, Map.of("labels", wanted));
  }

  private Outcome mark(KubernetesAction.Mark mark) {
    patch(mark.object(), Map.of("labels", mark.labels(), "annotations", mark.annotations()));
    return Outcome.DONE;
  }

  private void patch(HasMetadata object, Map<String, ?> metadata) {
    merge(object, Serialization.asJson(Map.of("metadata", metadata)));
  }

  private void merge(HasMetadata object, String change) {
    kubernetes.resource(object).patch(PatchContext.of(PatchType.JSON_MERGE), change);
  }

  private Outcome apply(HasMetadata object) {
    if (object instanceof Deployment deployment && mustLeaveRollingUpdates(deployment)) {
      merge(deployment, ONLY_RECREATE);
    }
    HasMetadata applied =
        kubernetes
            .resource(object)
            .fieldManager(Owner.FIELD_MANAGER)
            .forceConflicts()
            .serverSideApply();
    // The API server, or a webhook, may insist on another value in every pass.
    return isAsObserved(applied) ? Outcome.DONE : Outcome.UNDERWAY;
  }

  /**
   * Whether the Deployment has settings of rolling updates, and must have the other strategy. Both
   * are invalid together, and server-side apply keeps the settings: they are the API server's
   * defaults, or those of others.
   */
  private boolean mustLeaveRollingUpdates(Deployment wanted) {
    return isRecreated(wanted)
        && observed
            .find(Deployment.class, wanted.getMetadata().getName())
            .map(before -> before.getSpec().getStrategy())
            .map(DeploymentStrategy::getRollingUpdate)
            .isPresent();
  }

  private static boolean isRecreated(Deployment deployment) {
    DeploymentStrategy strategy = deployment.getSpec().getStrategy();
    return strategy != null && ConsumerDeployment.RECREATE.equals(strategy.getType());
  }

  private Outcome scale(Deployment deployment) {
    apply(deployment);
    return Outcome.DONE;
  }

  private boolean isAsObserved(HasMetadata object) {
    return observed
        .find(object)
        .map(before -> before.getMetadata().getResourceVersion())
        .filter(version -> version.equals(object.getMetadata().getResourceVersion()))
        .isPresent();
  }

  private Outcome replace(HasMetadata object) {
    kubernetes.resource(object).update();
    return Outcome.DONE;
  }

  private Outcome delete(HasMetadata object) {
    try {
      kubernetes.resource(object).lockResourceVersion().delete();
    } catch (KubernetesClientException e) {
      // The kubelet may write a Pod's status at any time: the next pass tries again.
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
    return Outcome.UNDERWAY;
  }

  private static Problem problem(HasMetadata object, KubernetesClientException e) {
    String message =
        "%s %s: %s"
            .formatted(object.getKind(), object.getMetadata().getName(), ApiRefusal.message(e));
    return switch (e.getCode()) {
      case HttpURLConnection.HTTP_FORBIDDEN ->
          new Problem(ApiRefusal.isByQuota(e) ? Reason.QUOTA_EXCEEDED : Reason.FORBIDDEN, message);
      case HttpURLConnection.HTTP_CONFLICT, HttpURLConnection.HTTP_NOT_FOUND ->
          new Problem(Reason.CONFLICT, message);
      case HttpURLConnection.HTTP_BAD_REQUEST, ApiRefusal.UNPROCESSABLE ->
          new Problem(Reason.REFUSED, message);
      default -> new Problem(Reason.API_SERVER_ERROR, message);
    };
  }
}
