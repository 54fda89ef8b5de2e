package dev.warren.operator.status;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.plan.Observation;
import dev.warren.operator.plan.Problem;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What is told of the consumers. */
final class ConsumerStatuses {

  private static final int LONGEST_LIST = 100;

  private final Observation observed;
  private final ResourceNames names;

  ConsumerStatuses(Observation observed, ResourceNames names) {
    this.observed = observed;
    this.names = names;
  }

  /** All of them, in the order of the spec. */
  List<ConsumerStatus> build(List<ConsumerSpec> consumers) {
    return consumers.stream().map(this::consumer).toList();
  }

  /** Those that need attention first, then by name. */
  static List<ConsumerStatus> bounded(List<ConsumerStatus> consumers) {
    List<ConsumerStatus> worstFirst = new ArrayList<>(consumers);
    worstFirst.sort(
        Comparator.comparing(ConsumerStatuses::isReady).thenComparing(ConsumerStatus::name));
    return List.copyOf(worstFirst.subList(0, Math.min(LONGEST_LIST, worstFirst.size())));
  }

  static boolean isReady(ConsumerStatus consumer) {
    return consumer.message() == null;
  }

  private ConsumerStatus consumer(ConsumerSpec spec) {
    return observed
        .objects()
        .find(Deployment.class, names.consumer(spec.name()))
        .map(deployment -> consumer(spec, deployment))
        .orElseGet(
            () ->
                new ConsumerStatus(
                    spec.name(),
                    spec.replicas(),
                    0,
                    "Waits for its queue '%s'".formatted(spec.queue())));
  }

  private ConsumerStatus consumer(ConsumerSpec spec, Deployment deployment) {
    DeploymentStatus status =
        Objects.requireNonNullElseGet(deployment.getStatus(), DeploymentStatus::new);
    int ready = orZero(status.getReadyReplicas());
    boolean done =
        Objects.equals(status.getObservedGeneration(), deployment.getMetadata().getGeneration())
            && Objects.equals(deployment.getSpec().getReplicas(), spec.replicas())
            && orZero(status.getUpdatedReplicas()) == spec.replicas()
            && orZero(status.getReplicas()) == spec.replicas()
            && ready == spec.replicas();
    return new ConsumerStatus(
        spec.name(), spec.replicas(), ready, done ? null : message(spec, status, ready));
  }

  private String message(ConsumerSpec spec, DeploymentStatus status, int ready) {
    return refused(status)
        .or(() -> podProblem(spec))
        .orElseGet(() -> "%d of %d Pods are ready".formatted(ready, spec.replicas()));
  }

  /** What kept Kubernetes from making a Pod at all, such as a quota. */
  private static Optional<String> refused(DeploymentStatus status) {
    return status.getConditions().stream()
        .filter(c -> c.getType().equals("ReplicaFailure") && c.getStatus().equals("True"))
        .findFirst()
        .map(condition -> condition.getMessage());
  }

  private Optional<String> podProblem(ConsumerSpec spec) {
    return observed.consumerPods().stream()
        .filter(pod -> spec.name().equals(pod.getMetadata().getLabels().get(Labels.CONSUMER)))
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getName()))
        .flatMap(pod -> PodDiagnosis.of(pod, observed.warnings()).stream())
        .filter(problem -> !problem.reason().equals(PodDiagnosis.STARTING))
        .map(Problem::message)
        .findFirst();
  }

  private static int orZero(Integer number) {
    return number == null ? 0 : number;
  }
}
