package dev.warren.operator.observe;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.broker.PodUrl;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Ports;
import dev.warren.operator.observation.ConsumerDelivery;
import dev.warren.operator.observation.DispatcherReport;
import dev.warren.operator.observation.PodStates;
import dev.warren.operator.observation.Remembered;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Asks the dispatchers of consumers with {@code http} how their last attempts ended, beside the
 * passes, so that a Pod that does not answer delays none: a pass knows what was answered before it.
 * A dispatcher that has not answered for some time is unknown, and does not count as failing. It is
 * kept in memory.
 */
final class DeliveryWatch {

  private static final Logger LOG = Logger.getLogger(DeliveryWatch.class);

  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(5);
  private static final Duration KNOWN_FOR = Duration.ofMinutes(1);

  /** Of one topology: enough to see that a receiver fails. */
  private static final int MOST_PODS = 100;

  private static final Known NOTHING = new Known(Instant.MIN, Map.of());

  private record Answer(DispatcherReport report, Instant askedAt) {

    boolean isRecent(Instant now) {
      return askedAt.plus(KNOWN_FOR).isAfter(now);
    }
  }

  /** The answers by the uid of the Pod. */
  private record Known(Instant askedAt, Map<String, Answer> answers) {}

  private final Function<URI, CompletableFuture<DispatcherReport>> ask;
  private final Remembered<Known> byTopology = new Remembered<>();

  /**
   * @param ask asks the dispatcher at an address, and does not wait for the answer
   */
  DeliveryWatch(Function<URI, CompletableFuture<DispatcherReport>> ask) {
    this.ask = ask;
  }

  /** What is known of each consumer, by its name; without those that are unknown. */
  Map<String, ConsumerDelivery> of(
      String uid, List<ConsumerSpec> consumers, List<Pod> consumerPods, Instant now) {
    Map<String, List<Pod>> dispatchers = dispatchers(consumers, consumerPods);
    if (dispatchers.isEmpty()) {
      return Map.of();
    }
    Known known = askIfDue(uid, dispatchers, now);
    Map<String, ConsumerDelivery> deliveries = new HashMap<>();
    dispatchers.forEach(
        (consumer, pods) ->
            ConsumerDelivery.of(reports(pods, known, now))
                .ifPresent(delivery -> deliveries.put(consumer, delivery)));
    return deliveries;
  }

  /** The Pods that deliver, by the name of their consumer. */
  private static Map<String, List<Pod>> dispatchers(
      List<ConsumerSpec> consumers, List<Pod> consumerPods) {
    return consumers.stream()
        .filter(consumer -> consumer.http() != null)
        .collect(
            toMap(
                ConsumerSpec::name,
                consumer ->
                    consumerPods.stream()
                        .filter(pod -> isOf(consumer, pod) && delivers(pod))
                        .toList()));
  }

  private static boolean isOf(ConsumerSpec consumer, Pod pod) {
    return consumer.name().equals(pod.getMetadata().getLabels().get(Labels.CONSUMER));
  }

  private static boolean delivers(Pod pod) {
    return !PodStates.isTerminating(pod) && PodStates.ready(pod).isPresent();
  }

  private static List<DispatcherReport> reports(List<Pod> pods, Known known, Instant now) {
    return pods.stream()
        .flatMap(pod -> Stream.ofNullable(known.answers().get(pod.getMetadata().getUid())))
        .filter(answer -> answer.isRecent(now))
        .map(Answer::report)
        .toList();
  }

  /** Returns what was known before. */
  private Known askIfDue(String uid, Map<String, List<Pod>> dispatchers, Instant now) {
    Known known;
    synchronized (this) {
      known = byTopology.of(uid).orElse(NOTHING);
      if (known.askedAt().isAfter(now.minus(BETWEEN_QUESTIONS))) {
        return known;
      }
      byTopology.put(uid, new Known(now, ofThese(dispatchers, known.answers())));
    }
    dispatchers.values().stream()
        .flatMap(List::stream)
        .limit(MOST_PODS)
        .forEach(
            pod -> PodUrl.of(pod, Ports.GATEWAY_HEALTH).forEach(url -> ask(uid, pod, url, now)));
    return known;
  }

  /** Other Pods have gone. */
  private static Map<String, Answer> ofThese(
      Map<String, List<Pod>> dispatchers, Map<String, Answer> answers) {
    Set<String> there =
        dispatchers.values().stream()
            .flatMap(List::stream)
            .map(pod -> pod.getMetadata().getUid())
            .collect(toSet());
    return answers.entrySet().stream()
        .filter(answer -> there.contains(answer.getKey()))
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private void ask(String uid, Pod pod, URI url, Instant now) {
    ask.apply(url)
        .whenComplete(
            (report, failure) -> {
              if (failure == null) {
                add(uid, pod.getMetadata().getUid(), new Answer(report, now));
              } else {
                LOG.debugf(
                    "%s did not report its deliveries: %s",
                    pod.getMetadata().getName(), failure.getMessage());
              }
            });
  }

  private synchronized void add(String uid, String pod, Answer answer) {
    Known known = byTopology.of(uid).orElse(NOTHING);
    Map<String, Answer> answers = new HashMap<>(known.answers());
    answers.put(pod, answer);
    byTopology.put(uid, new Known(known.askedAt(), Map.copyOf(answers)));
  }
}
