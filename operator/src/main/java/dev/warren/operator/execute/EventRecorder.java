package dev.warren.operator.execute;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.model.Owner;
import dev.warren.operator.status.Transition;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/** Writes Events about a topology. */
public final class EventRecorder {

  private static final Logger LOG = Logger.getLogger(EventRecorder.class);

  /** The maximum length that the API server accepts. */
  private static final int LONGEST_MESSAGE = 1024;

  private final KubernetesClient kubernetes;
  private final Clock clock;

  public EventRecorder(KubernetesClient kubernetes, Clock clock) {
    this.kubernetes = kubernetes;
    this.clock = clock;
  }

  /** Records an Event. A failure stops nothing else. */
  public void record(MessageTopology topology, Transition transition) {
    ObjectMeta metadata = topology.getMetadata();
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    String message = transition.message();
    try {
      kubernetes
          .resource(
              new EventBuilder()
                  .withNewMetadata()
                  .withGenerateName("warren-")
                  .withNamespace(metadata.getNamespace())
                  .endMetadata()
                  .withNewInvolvedObject()
                  .withApiVersion(topology.getApiVersion())
                  .withKind(topology.getKind())
                  .withNamespace(metadata.getNamespace())
                  .withName(metadata.getName())
                  .withUid(metadata.getUid())
                  .endInvolvedObject()
                  .withType(transition.normal() ? "Normal" : "Warning")
                  .withReason(transition.reason().wireName())
                  .withMessage(message.substring(0, Math.min(LONGEST_MESSAGE, message.length())))
                  .withFirstTimestamp(now)
                  .withLastTimestamp(now)
                  .withCount(1)
                  .withNewSource()
                  .withComponent(Owner.FIELD_MANAGER)
                  .endSource()
                  .build())
          .create();
    } catch (KubernetesClientException e) {
      LOG.logf(
          ApiRefusal.isByEndOfNamespace(e) ? Level.DEBUG : Level.WARN,
          "cannot write Event %s: %s",
          transition.reason().wireName(),
          ApiRefusal.message(e));
    }
  }
}
