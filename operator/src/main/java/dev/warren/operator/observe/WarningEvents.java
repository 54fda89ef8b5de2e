package dev.warren.operator.observe;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/** Reads reasons for waiting that Kubernetes reports only in Events. */
final class WarningEvents {

  private static final Logger LOG = Logger.getLogger(WarningEvents.class);

  /** Warnings that explain a delay, and do not occur otherwise. */
  private static final Set<String> TELLING =
      Set.of("ProvisioningFailed", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox");

  /** Kubernetes repeats an ongoing warning more often than this. */
  private static final Duration RECENT = Duration.ofMinutes(3);

  private final KubernetesClient kubernetes;
  private final Instant now;

  WarningEvents(KubernetesClient kubernetes, Instant now) {
    this.kubernetes = kubernetes;
    this.now = now;
  }

  /** The last warning about an object. A failure to read it stops nothing else. */
  Optional<String> last(HasMetadata object) {
    try {
      return read(object);
    } catch (KubernetesClientException e) {
      LOG.warnf("cannot read Events: %s", e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<String> read(HasMetadata object) {
    return kubernetes
        .v1()
        .events()
        .inNamespace(object.getMetadata().getNamespace())
        .withField("involvedObject.uid", object.getMetadata().getUid())
        .withField("type", "Warning")
        .list()
        .getItems()
        .stream()
        .filter(event -> event.getReason() != null && TELLING.contains(event.getReason()))
        .filter(event -> time(event).isAfter(now.minus(RECENT)))
        .max(Comparator.comparing(WarningEvents::time))
        .map(Event::getMessage);
  }

  private static Instant time(Event event) {
    return Instant.parse(
        Optional.ofNullable(event.getLastTimestamp())
            .orElse(event.getMetadata().getCreationTimestamp()));
  }
}
