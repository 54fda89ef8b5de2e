package dev.warren.operator.observe;

import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Objects that have waited for less are not examined. */
  private static final Duration WORTH_A_QUESTION = Duration.ofSeconds(3);

  private static final int MOST_QUESTIONS = 10;

  private final KubernetesClient kubernetes;
  private final Instant now;

  WarningEvents(KubernetesClient kubernetes, Instant now) {
    this.kubernetes = kubernetes;
    this.now = now;
  }

  /** The last warning about each object that waits, by its kind and name: {@code Pod/orders-0}. */
  Map<String, String> ofWaiting(Collection<QueueNode> nodes, List<Pod> consumerPods) {
    List<HasMetadata> waiting = new ArrayList<>();
    for (QueueNode node : nodes) {
      node.pod().filter(pod -> isWaiting(pod)).ifPresent(waiting::add);
      node.volume().filter(volume -> isWaiting(volume)).ifPresent(waiting::add);
    }
    consumerPods.stream().filter(pod -> isWaiting(pod)).forEach(waiting::add);
    Map<String, String> warnings = new HashMap<>();
    waiting.stream()
        .limit(MOST_QUESTIONS)
        .forEach(
            object ->
                last(object)
                    .ifPresent(
                        warning ->
                            warnings.put(
                                object.getKind() + "/" + object.getMetadata().getName(), warning)));
    return warnings;
  }

  private boolean isWaiting(Pod pod) {
    return pod.getStatus() != null
        && "Pending".equals(pod.getStatus().getPhase())
        && isWorthAQuestion(pod);
  }

  private boolean isWaiting(PersistentVolumeClaim claim) {
    return claim.getStatus() != null
        && "Pending".equals(claim.getStatus().getPhase())
        && isWorthAQuestion(claim);
  }

  private boolean isWorthAQuestion(HasMetadata object) {
    Instant made = Instant.parse(object.getMetadata().getCreationTimestamp());
    return made.plus(WORTH_A_QUESTION).isBefore(now);
  }

  /** The last warning about an object. A failure to read it stops nothing else. */
  private Optional<String> last(HasMetadata object) {
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
