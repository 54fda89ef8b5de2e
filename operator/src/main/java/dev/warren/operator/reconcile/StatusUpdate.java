package dev.warren.operator.reconcile;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.status.Conditions;
import dev.warren.operator.status.ReconcileResult;
import dev.warren.operator.status.StatusBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Duration;
import java.time.Instant;

/** Updates a topology's status if it has changed, and determines the next reconcile. */
final class StatusUpdate {

  private StatusUpdate() {}

  /** After a reconcile. */
  static UpdateControl<MessageTopology> of(
      MessageTopology topology, MessageTopologyStatus status, ReconcileResult result, Instant now) {
    if (!status.equals(topology.getStatus())) {
      // Reconcile soon again: the framework may have mistaken a concurrent change of the
      // resource for the echo of this write.
      return UpdateControl.patchStatus(withStatus(topology, status))
          .rescheduleAfter(RequeuePolicy.underway());
    }
    boolean settled = Conditions.isReady(status) || !result.violations().isEmpty();
    return none(
        settled
            ? RequeuePolicy.settled(topology.getMetadata().getUid())
            : RequeuePolicy.unsettled(Conditions.sinceReadyChanged(status, now)));
  }

  /** Without a change. */
  static UpdateControl<MessageTopology> none(Duration next) {
    return UpdateControl.<MessageTopology>noUpdate().rescheduleAfter(next);
  }

  /** After an exception. */
  static ErrorStatusUpdateControl<MessageTopology> failed(
      MessageTopology topology, Exception e, Instant now) {
    MessageTopologyStatus status =
        StatusBuilder.failed(topology, String.valueOf(e.getMessage()), now);
    return status.equals(topology.getStatus())
        ? ErrorStatusUpdateControl.noStatusUpdate()
        : ErrorStatusUpdateControl.patchStatus(withStatus(topology, status));
  }

  /** A new object, because server-side apply removes the fields that are missing in it. */
  static MessageTopology withStatus(MessageTopology topology, MessageTopologyStatus status) {
    MessageTopology patch = new MessageTopology();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(topology.getMetadata().getNamespace())
            .withName(topology.getMetadata().getName())
            .build());
    patch.setStatus(status);
    return patch;
  }
}
