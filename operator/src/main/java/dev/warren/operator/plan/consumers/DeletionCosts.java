package dev.warren.operator.plan.consumers;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.PodStates;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells Kubernetes which Pods of a consumer to remove first on a scale-down: those that hold the
 * fewest messages, because what a Pod does not finish in time is delivered again. Of idle ones,
 * those that have been idle for the shortest time: RabbitMQ gives the next message to the one that
 * has waited for it the longest.
 */
public final class DeletionCosts {

  /** A ReplicaSet removes the Pod with the lowest cost first; without the annotation it is 0. */
  static final String ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";

  /** Sorts after any time. A Pod that was active just now has been idle for the shortest time. */
  private static final String NOW = "now";

  private record Candidate(Pod pod, ClientWork work) {

    String name() {
      return pod.getMetadata().getName();
    }

    boolean isIdle() {
      return work.unacknowledged() == 0;
    }

    String idleSince() {
      return work.idleSince().orElse(NOW);
    }

    boolean isReady() {
      return PodStates.ready(pod).isPresent();
    }
  }

  private final List<Candidate> candidates;

  /** Since when the idle Pods have been idle, the latest time first. */
  private final List<String> idleSince;

  /**
   * @param work the work of the clients at each IP address
   */
  DeletionCosts(String consumer, List<Pod> pods, Map<String, ClientWork> work) {
    this.candidates =
        pods.stream()
            .filter(pod -> consumer.equals(pod.getMetadata().getLabels().get(Labels.CONSUMER)))
            .filter(pod -> !PodStates.isTerminating(pod))
            // A ReplicaSet does not count them.
            .filter(pod -> !PodStates.hasEnded(pod))
            .map(pod -> new Candidate(pod, work(pod, work)))
            .sorted(Comparator.comparing(Candidate::name))
            .toList();
    this.idleSince =
        candidates.stream()
            .filter(Candidate::isIdle)
            .map(Candidate::idleSince)
            .sorted(Comparator.reverseOrder())
            .toList();
  }

  /** Whether some consumer has more Pods than desired. */
  public static boolean areNeeded(
      List<ConsumerSpec> consumers,
      ResourceNames names,
      ObservedObjects objects,
      Map<String, ConsumerScaling> scaling) {
    return consumers.stream()
        .filter(consumer -> consumer.scaling() != null)
        .anyMatch(
            consumer -> {
              Optional<Deployment> actual =
                  objects.find(Deployment.class, names.consumer(consumer.name()));
              int wanted =
                  ConsumerScaling.wantedReplicas(
                      consumer, actual, Optional.ofNullable(scaling.get(consumer.name())));
              return actual.filter(running -> running.getSpec().getReplicas() > wanted).isPresent();
            });
  }

  /** The marks that the Pods do not have yet. */
  List<Mark> marks() {
    return candidates.stream().flatMap(this::mark).toList();
  }

  /**
   * How many Pods can be removed before one that holds messages. A ReplicaSet removes Pods that are
   * not ready first, whatever they cost.
   */
  int removable() {
    return (int)
        candidates.stream()
            .sorted(Comparator.comparing(Candidate::isReady).thenComparing(this::cost))
            .takeWhile(Candidate::isIdle)
            .count();
  }

  private Stream<Mark> mark(Candidate candidate) {
    String cost = String.valueOf(cost(candidate));
    Map<String, String> annotations =
        Objects.requireNonNullElse(candidate.pod().getMetadata().getAnnotations(), Map.of());
    return cost.equals(annotations.getOrDefault(ANNOTATION, "0"))
        ? Stream.empty()
        : Stream.of(
            new Mark(
                candidate.pod(),
                Map.of(),
                Map.of(ANNOTATION, cost),
                "it holds %d messages, and Pods will be removed"
                    .formatted(candidate.work().unacknowledged())));
  }

  /** For an idle Pod, how many have been idle for a shorter time. A busy Pod costs more. */
  private long cost(Candidate candidate) {
    if (candidate.isIdle()) {
      return idleSince.indexOf(candidate.idleSince());
    }
    int mostOfIdle = idleSince.isEmpty() ? 0 : idleSince.indexOf(idleSince.getLast());
    return Math.min(Integer.MAX_VALUE, mostOfIdle + candidate.work().unacknowledged());
  }

  private static ClientWork work(Pod pod, Map<String, ClientWork> work) {
    return PodStates.status(pod).getPodIPs().stream()
        .map(PodIP::getIp)
        .flatMap(address -> Stream.ofNullable(work.get(address)))
        .reduce(ClientWork::plus)
        .orElse(ClientWork.NONE);
  }
}
