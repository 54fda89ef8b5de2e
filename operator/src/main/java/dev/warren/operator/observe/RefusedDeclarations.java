package dev.warren.operator.observe;

import static java.util.stream.Collectors.toMap;

import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.Remembered;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Finds declarations of clients that RabbitMQ refused. RabbitMQ reports them in the log of the node
 * that the client is connected to, and nowhere else. The end of each log is read once a minute,
 * beside the passes, so that a machine that does not answer delays none. It is kept in memory: a
 * client that is refused usually tries again.
 */
final class RefusedDeclarations {

  private static final Logger LOG = Logger.getLogger(RefusedDeclarations.class);

  private static final Duration BETWEEN_READS = Duration.ofMinutes(1);
  private static final Duration SHOWN = Duration.ofMinutes(10);

  /** A little more than the time between reads. */
  private static final int LAST_SECONDS = 70;

  /** Some hundred connections that come and go. */
  private static final int LAST_LINES = 1000;

  private static final int MOST_BYTES = 256 << 10;

  private static final Known NOTHING = new Known(Instant.MIN, Map.of());

  private record Refusal(String differs, Instant at) {}

  private record Known(Instant readAt, Map<String, Refusal> refusals) {}

  private final Function<Pod, String> logs;
  private final Executor beside;
  private final Remembered<Known> byTopology = new Remembered<>();

  /**
   * @param logs reads the end of a node's log
   * @param beside runs what may take some time
   */
  RefusedDeclarations(Function<Pod, String> logs, Executor beside) {
    this.logs = logs;
    this.beside = beside;
  }

  static RefusedDeclarations in(KubernetesClient kubernetes) {
    return new RefusedDeclarations(
        pod -> end(kubernetes, pod),
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("logs-", 0).factory()));
  }

  private static String end(KubernetesClient kubernetes, Pod pod) {
    return kubernetes
        .pods()
        .inNamespace(pod.getMetadata().getNamespace())
        .withName(pod.getMetadata().getName())
        .inContainer(QueueNodePod.CONTAINER)
        .limitBytes(MOST_BYTES)
        .sinceSeconds(LAST_SECONDS)
        .tailingLines(LAST_LINES)
        .getLog();
  }

  /** What differed, by the name of the queue, as far as it was read before. */
  synchronized Map<String, String> of(
      String uid, Set<String> queues, Collection<QueueNode> nodes, Instant now) {
    Known known = byTopology.of(uid).orElse(NOTHING);
    if (!known.readAt().isAfter(now.minus(BETWEEN_READS))) {
      byTopology.put(uid, new Known(now, known.refusals()));
      List<Pod> running =
          nodes.stream().filter(QueueNode::hasStarted).flatMap(n -> n.pod().stream()).toList();
      running.forEach(pod -> beside.execute(() -> read(uid, queues, pod, now)));
    }
    return recent(known, now).entrySet().stream()
        .filter(refusal -> queues.contains(refusal.getKey()))
        .collect(toMap(Map.Entry::getKey, refusal -> refusal.getValue().differs()));
  }

  private void read(String uid, Set<String> queues, Pod pod, Instant now) {
    try {
      Map<String, String> found = DeclarationErrors.in(logs.apply(pod), queues);
      if (!found.isEmpty()) {
        add(uid, found, now);
      }
    } catch (KubernetesClientException e) {
      LOG.infof("cannot read the log of %s: %s", pod.getMetadata().getName(), e.getMessage());
    }
  }

  private synchronized void add(String uid, Map<String, String> found, Instant now) {
    Known known = byTopology.of(uid).orElse(NOTHING);
    Map<String, Refusal> refusals = new HashMap<>(recent(known, now));
    found.forEach((queue, differs) -> refusals.put(queue, new Refusal(differs, now)));
    byTopology.put(uid, new Known(known.readAt(), Map.copyOf(refusals)));
  }

  private static Map<String, Refusal> recent(Known known, Instant now) {
    return known.refusals().entrySet().stream()
        .filter(refusal -> refusal.getValue().at().plus(SHOWN).isAfter(now))
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }
}
