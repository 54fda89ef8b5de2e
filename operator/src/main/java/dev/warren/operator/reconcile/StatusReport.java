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
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

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
    return UpdateControl.<MessageTopology>noUpdate()
        .rescheduleAfter(RequeuePolicy.settled(topology.getMetadata().getUid()));
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

  /** Of a pass that hangs. */
  void ofHanging(MessageTopology topology, String problem) {
    kubernetes
        .resource(
            StatusUpdate.withStatus(
                topology, StatusBuilder.failed(topology, problem, clock.instant())))
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
