package dev.warren.operator.status;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.PodStates;
import dev.warren.operator.observation.Predecessors;
import dev.warren.operator.observation.QueueConsumers;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The status of the consumers. */
final class ConsumerStatuses {

  private static final int LONGEST_LIST = 100;

  /** How long messages may wait in a queue that some ready Pods do not consume. */
  private static final Duration UNCONSUMED = Duration.ofMinutes(1);

  private final Observation observed;
  private final ResourceNames names;
  private final ScalingStatuses scalings;
  private final DeliveryStatuses deliveries;
  private final Map<String, ConsumerStatus> previous;
  private final boolean wereReady;

  ConsumerStatuses(
      Observation observed,
      ResourceNames names,
      MessageTopologyStatus previous,
      Counting counting,
      List<QueueSpec> queues) {
    this.observed = observed;
    this.names = names;
    this.scalings = new ScalingStatuses(observed, counting);
    this.deliveries = new DeliveryStatuses(observed, counting, queues);
    this.previous =
        previous == null || previous.consumers() == null
            ? Map.of()
            : previous.consumers().stream()
                .collect(Collectors.toMap(ConsumerStatus::name, Function.identity()));
    this.wereReady = Conditions.holds(previous, ConditionType.CONSUMERS_READY).orElse(false);
  }

  /** All of them, in the order of the spec. */
  List<ConsumerStatus> build(List<ConsumerSpec> consumers) {
    return consumers.stream().map(consumer -> consumer(consumer, consumers)).toList();
  }

  /** What keeps them from being ready. */
  Stream<Problem> problems(List<ConsumerSpec> consumers) {
    return consumers.stream()
        .flatMap(
            consumer ->
                problem(consumer, consumers).stream()
                    .map(p -> new Problem(p.reason(), consumer.name() + ": " + p.message())));
  }

  /** Whether the load or the deliveries of these differ from what the last status reports. */
  boolean haveChanged(List<ConsumerStatus> consumers) {
    return consumers.stream()
        .anyMatch(
            consumer ->
                differs(consumer, ConsumerStatus::scaling)
                    || differs(consumer, ConsumerStatus::delivery));
  }

  private boolean differs(ConsumerStatus consumer, Function<ConsumerStatus, ?> part) {
    ConsumerStatus last = previous.get(consumer.name());
    return !Objects.equals(part.apply(consumer), last == null ? null : part.apply(last));
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

  private ConsumerStatus consumer(ConsumerSpec spec, List<ConsumerSpec> all) {
    Optional<Deployment> deployment = deployment(spec);
    int wanted = wantedReplicas(spec, deployment);
    return new ConsumerStatus(
        spec.name(),
        wanted,
        deployment.map(running -> orZero(status(running).getReadyReplicas())).orElse(0),
        problem(spec, all).map(Problem::message).orElse(null),
        scalings.of(spec, wanted, previous.get(spec.name())),
        deliveries.of(spec, previous.get(spec.name())),
        deliveries.warning(spec).orElse(null));
  }

  private Optional<Deployment> deployment(ConsumerSpec spec) {
    return observed.objects().find(Deployment.class, names.consumer(spec.name()));
  }

  private int wantedReplicas(ConsumerSpec spec, Optional<Deployment> deployment) {
    return ConsumerScaling.wantedReplicas(spec, deployment, observed.scaling().of(spec.name()));
  }

  private String waiting(ConsumerSpec spec, List<ConsumerSpec> all) {
    return Predecessors.exist(spec, all, observed.consumerPods())
        ? "Waiting until the Pods that delivered from '%s' before have ended"
            .formatted(spec.queue())
        : "Waiting for its queue '%s'".formatted(spec.queue());
  }

  private Optional<Problem> problem(ConsumerSpec spec, List<ConsumerSpec> all) {
    Optional<Deployment> deployment = deployment(spec);
    String notReady =
        deployment.isPresent()
            ? message(spec, deployment.get(), wantedReplicas(spec, deployment))
            : waiting(spec, all);
    return Optional.ofNullable(notReady)
        .map(message -> new Problem(Reason.CONSUMER_NOT_READY, message))
        .or(() -> deliveryProblem(spec, wantedReplicas(spec, deployment)))
        .or(() -> notConsuming(spec));
  }

  /** A consumer without Pods attempts nothing. */
  private Optional<Problem> deliveryProblem(ConsumerSpec spec, int wanted) {
    return wanted == 0
        ? Optional.empty()
        : deliveries.problem(spec, deliveries.of(spec, previous.get(spec.name())));
  }

  /** While the number of consumers is unknown, nothing is reported. */
  private Optional<Problem> notConsuming(ConsumerSpec spec) {
    return Optional.ofNullable(observed.queueConsumers().get(spec.queue()))
        .filter(consumers -> consumers.areTooFewFor(UNCONSUMED, observed.at()))
        .filter(consumers -> consumers.letMessagesWaitFor(UNCONSUMED, observed.at()))
        .map(QueueConsumers::count)
        .map(
            count ->
                new Problem(
                    Reason.NOT_CONSUMING,
                    ("Messages wait in queue '%s', which has fewer consumers (%d) than ready Pods (%d);"
                            + " restart the Pods: kubectl rollout restart deployment %s")
                        .formatted(
                            spec.queue(),
                            count.consumers(),
                            count.readySince().size(),
                            names.consumer(spec.name()))));
  }

  private String message(ConsumerSpec spec, Deployment deployment, int wanted) {
    DeploymentStatus status = status(deployment);
    boolean done =
        spec.scaling() == null
            ? isWhole(deployment, wanted)
            : isAtWork(spec, deployment) && refused(status).isEmpty();
    return done
        ? null
        : refused(status)
            .or(() -> podProblem(spec))
            .orElseGet(
                () ->
                    "%d of %d Pods are ready".formatted(orZero(status.getReadyReplicas()), wanted));
  }

  private static DeploymentStatus status(Deployment deployment) {
    return Objects.requireNonNullElseGet(deployment.getStatus(), DeploymentStatus::new);
  }

  private static boolean isWhole(Deployment deployment, int wanted) {
    DeploymentStatus status = status(deployment);
    return isObserved(deployment)
        && Objects.equals(deployment.getSpec().getReplicas(), wanted)
        && orZero(status.getUpdatedReplicas()) == wanted
        && orZero(status.getReplicas()) == wanted
        && orZero(status.getReadyReplicas()) == wanted;
  }

  /**
   * Whether a consumer whose number of Pods changes all the time is ready: at least the minimum is
   * ready, all have the newest template, and those that are not ready are starting.
   */
  private boolean isAtWork(ConsumerSpec spec, Deployment deployment) {
    DeploymentStatus status = status(deployment);
    int ready = orZero(status.getReadyReplicas());
    int all = orZero(status.getReplicas());
    // A generation that Kubernetes has not observed yet only changes the number of Pods, unless the
    // consumer was not ready before.
    return (isObserved(deployment) || wereReady)
        && orZero(status.getUpdatedReplicas()) == all
        && ready >= spec.scaling().minReplicas()
        && (ready == all || (podProblem(spec).isEmpty() && !isStuck(status)));
  }

  private static boolean isObserved(Deployment deployment) {
    return Objects.equals(
        status(deployment).getObservedGeneration(), deployment.getMetadata().getGeneration());
  }

  /** Whether its Pods have not become ready in the time that Kubernetes gives them. */
  private static boolean isStuck(DeploymentStatus status) {
    return status.getConditions().stream()
        .anyMatch(c -> c.getType().equals("Progressing") && c.getStatus().equals("False"));
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
        .filter(pod -> !PodStates.isTerminating(pod))
        .sorted(Comparator.comparing((Pod pod) -> pod.getMetadata().getName()))
        .flatMap(pod -> PodDiagnosis.of(pod, observed.warnings()).stream())
        .filter(problem -> problem.reason() != Reason.STARTING)
        .map(Problem::message)
        .findFirst();
  }

  private static int orZero(Integer number) {
    return number == null ? 0 : number;
  }
}
