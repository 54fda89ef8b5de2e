package dev.warren.operator.reconcile;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.execute.EventRecorder;
import dev.warren.operator.model.Owner;
import dev.warren.operator.plan.validation.Violation;
import dev.warren.operator.status.ReconcileResult;
import dev.warren.operator.status.StatusBuilder;
import dev.warren.operator.status.Transition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/** Reports the state of a topology: in its status, and changes also as Events. */
final class StatusReport {

  private static final Logger LOG = Logger.getLogger(StatusReport.class);

  private final KubernetesClient kubernetes;
  private final EventRecorder events;
  private final Clock clock;

  StatusReport(KubernetesClient kubernetes, Clock clock) {
    this.kubernetes = kubernetes;
    this.events = new EventRecorder(kubernetes, clock);
    this.clock = clock;
  }

  /** After a pass. */
  UpdateControl<MessageTopology> of(MessageTopology topology, ReconcileResult result) {
    MessageTopologyStatus status = StatusBuilder.build(topology, result);
    record(topology, status);
    return StatusUpdate.of(topology, status, result, clock.instant());
  }

  /** Of a topology whose spec the operator cannot read. */
  UpdateControl<MessageTopology> ofUnreadable(MessageTopology topology) {
    Optional<Violation> found = UnreadableSpec.find(topology, kubernetes);
    if (found.isEmpty()) {
      // It has just been corrected, which triggers a reconcile, or deleted.
      return UpdateControl.noUpdate();
    }
    MessageTopologyStatus status = StatusBuilder.unreadable(topology, found.get(), clock.instant());
    if (!status.equals(topology.getStatus())) {
      LOG.warnf("The spec cannot be read, so it is not reconciled: %s", found.get());
      record(topology, status);
      replaceStatus(topology, status);
    }
    return StatusUpdate.none(RequeuePolicy.settled(topology.getMetadata().getUid()));
  }

  /** Server-side apply fails if a stored value does not have the type of the definition. */
  private void replaceStatus(MessageTopology topology, MessageTopologyStatus status) {
    kubernetes
        .resource(StatusUpdate.withStatus(topology, status))
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON),
            Serialization.asJson(List.of(Map.of("op", "add", "path", "/status", "value", status))));
  }

  /**
   * Of a topology in a namespace that the API server refuses. {@link ServedNamespaces} logs the
   * reason once for all of them.
   */
  UpdateControl<MessageTopology> ofUnserved(MessageTopology topology, String refusal) {
    MessageTopologyStatus status =
        StatusBuilder.failed(topology, "The namespace is not served: " + refusal, clock.instant());
    if (!status.equals(topology.getStatus())) {
      try {
        applyStatus(topology, status);
      } catch (KubernetesClientException e) {
        LOG.debugf("The status cannot say that the namespace is not served: %s", e.getMessage());
      }
    }
    return StatusUpdate.none(RequeuePolicy.settled(topology.getMetadata().getUid()));
  }

  /**
   * Of a pass that ended with an exception. What deletions cause is one line in the log. All else
   * is logged by the SDK with its stack trace, and retried.
   */
  ErrorStatusUpdateControl<MessageTopology> ofFailure(MessageTopology topology, Exception e) {
    return Interference.in(e, () -> isGone(topology))
        .map(
            interference -> {
              LOG.logf(
                  interference.isTrouble() ? Level.WARN : Level.INFO,
                  "The reconciliation ended early: %s",
                  interference.why());
              return ErrorStatusUpdateControl.<MessageTopology>noStatusUpdate()
                  .rescheduleAfter(
                      interference.isTrouble()
                          ? RequeuePolicy.settled(topology.getMetadata().getUid())
                          : RequeuePolicy.underway());
            })
        .orElseGet(() -> StatusUpdate.failed(topology, e, clock.instant()));
  }

  /** Asks the API server. Without an answer, the topology counts as there. */
  private boolean isGone(MessageTopology topology) {
    try {
      MessageTopology now = kubernetes.resource(topology).get();
      return now == null
          || now.isMarkedForDeletion()
          || !now.getMetadata().getUid().equals(topology.getMetadata().getUid());
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  /** Of a pass that hangs. */
  void ofHanging(MessageTopology topology, String problem) {
    applyStatus(topology, StatusBuilder.failed(topology, problem, clock.instant()));
  }

  private void applyStatus(MessageTopology topology, MessageTopologyStatus status) {
    kubernetes
        .resource(StatusUpdate.withStatus(topology, status))
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(Owner.FIELD_MANAGER)
                .withForce(true)
                .build());
  }

  private void record(MessageTopology topology, MessageTopologyStatus status) {
    Transition.between(topology.getStatus(), status)
        .forEach(transition -> events.record(topology, transition));
  }
}
