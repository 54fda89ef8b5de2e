package dev.warren.operator.reconcile;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/** Reads what Kubernetes says about a waiting object only in Events. */
final class WarningEvents {

  /** Warnings that say why something does not come, and do not occur when all goes well. */
  private static final Set<String> TELLING =
      Set.of("ProvisioningFailed", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox");

  /** Kubernetes repeats a warning that still holds more often than that. */
  private static final Duration RECENT = Duration.ofMinutes(3);

  private final KubernetesClient kubernetes;
  private final Instant now;

  WarningEvents(KubernetesClient kubernetes, Instant now) {
    this.kubernetes = kubernetes;
    this.now = now;
  }

  Optional<String> last(HasMetadata object) {
    return kubernetes
        .v1()
        .events()
        .inNamespace(object.getMetadata().getNamespace())
        .withField("involvedObject.uid", object.getMetadata().getUid())
        .withField("type", "Warning")
        .list()
        .getItems()
        .stream()
        .filter(event -> TELLING.contains(event.getReason()))
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
