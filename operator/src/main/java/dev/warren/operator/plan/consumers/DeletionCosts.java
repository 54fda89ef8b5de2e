package dev.warren.operator.plan.consumers;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.ObservedObjects;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tells Kubernetes which Pods of a consumer to remove first on a scale-down: those that hold the
 * fewest messages, because what a Pod does not finish in time is delivered again.
 */
public final class DeletionCosts {

  /** A ReplicaSet removes the Pod with the lowest cost first; without the annotation it is 0. */
  static final String ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";

  private DeletionCosts() {}

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

  /**
   * The marks that a consumer's Pods do not have yet.
   *
   * @param unacknowledged how many messages the clients at each IP address hold
   */
  static List<Mark> plan(String consumer, List<Pod> pods, Map<String, Long> unacknowledged) {
    return pods.stream()
        .filter(pod -> consumer.equals(pod.getMetadata().getLabels().get(Labels.CONSUMER)))
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .flatMap(pod -> mark(pod, cost(pod, unacknowledged)))
        .toList();
  }

  private static Stream<Mark> mark(Pod pod, String cost) {
    Map<String, String> annotations =
        Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
    return cost.equals(annotations.getOrDefault(ANNOTATION, "0"))
        ? Stream.empty()
        : Stream.of(
            new Mark(
                pod,
                Map.of(),
                Map.of(ANNOTATION, cost),
                "it holds %s messages, and Pods will be removed".formatted(cost)));
  }

  private static String cost(Pod pod, Map<String, Long> unacknowledged) {
    PodStatus status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
    long messages =
        status.getPodIPs().stream()
            .map(PodIP::getIp)
            .mapToLong(address -> unacknowledged.getOrDefault(address, 0L))
            .sum();
    return String.valueOf(Math.min(messages, Integer.MAX_VALUE));
  }
}
