package dev.warren.operator.plan.consumers;

import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueConsumers;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Plans one restart of the Pods that no longer consume their queue after the operator has recreated
 * it: RabbitMQ has cancelled their consumers, and some programs ignore that.
 *
 * <p>Annotations of the Deployment keep what an operator that is restarted must know. The mark of a
 * recreation is open until the Pods were restarted for it, or were seen to consume the queue.
 */
final class RestartPlanner {

  /** The annotation of a Deployment with the time at which its queue was last recreated. */
  static final String RECREATED = "warren.dev/queue-recreated";

  /** The annotation of a Deployment with the last recreation that its Pods coped with. */
  static final String CONSUMED = "warren.dev/queue-consumed";

  /** The annotation of a Pod template with the last recreation that the Pods were restarted for. */
  static final String RESTARTED = "warren.dev/restarted-for-queue";

  /**
   * How long the Pods have to consume the queue again. RabbitMQ counts consumers up to ten seconds
   * late.
   */
  private static final Duration GRACE = Duration.ofSeconds(20);

  private final Observation observed;
  private final Set<String> recreated;

  /**
   * @param actions what is about to be done at the broker
   */
  RestartPlanner(Observation observed, List<BrokerAction> actions) {
    this.observed = observed;
    this.recreated = actions.stream().flatMap(RestartPlanner::declared).collect(toSet());
  }

  private static Stream<String> declared(BrokerAction action) {
    return switch (action) {
      case DeclareQueue declare -> Stream.of(declare.queue().name());
      case RecreateQueue recreate -> Stream.of(recreate.queue().name());
      default -> Stream.empty();
    };
  }

  /** Whether a queue was recreated, and it is not known yet whether its Pods consume it again. */
  static boolean isOpen(Deployment deployment) {
    Optional<String> recreated = recreated(deployment);
    return recreated.isPresent()
        && !recreated.equals(annotation(deployment.getMetadata(), CONSUMED))
        && !recreated.equals(restartedFor(deployment));
  }

  private static Optional<String> recreated(Deployment deployment) {
    return annotation(deployment.getMetadata(), RECREATED);
  }

  /** What must be recorded now about the Deployment of a consumer. */
  Optional<Mark> mark(ConsumerSpec consumer, Deployment deployment) {
    return isRecreated(deployment)
        ? markRecreated(consumer, deployment)
        : markConsumed(consumer, deployment);
  }

  private Optional<Mark> markRecreated(ConsumerSpec consumer, Deployment deployment) {
    return isOpen(deployment)
        ? Optional.empty()
        : Optional.of(
            mark(
                deployment,
                RECREATED,
                observed.timestamp(),
                "queue '%s' is recreated".formatted(consumer.queue())));
  }

  private Optional<Mark> markConsumed(ConsumerSpec consumer, Deployment deployment) {
    return open(consumer, deployment)
        .filter(consumers -> consumers.areEnoughFor(GRACE, observed.at()))
        .flatMap(consumers -> recreated(deployment))
        .map(
            time ->
                mark(
                    deployment,
                    CONSUMED,
                    time,
                    "its Pods consume queue '%s', which was recreated"
                        .formatted(consumer.queue())));
  }

  private static Mark mark(Deployment deployment, String key, String value, String because) {
    return new Mark(deployment, Map.of(), Map.of(key, value), because);
  }

  /** The queue must have existed before: a Deployment is not created earlier. */
  private boolean isRecreated(Deployment deployment) {
    return ConsumerDeployment.queues(deployment.getSpec().getTemplate().getSpec()).stream()
        .anyMatch(recreated::contains);
  }

  /** Why the Pods must be restarted now; empty if they need not be, or that is unknown. */
  Optional<String> cause(ConsumerSpec consumer, Deployment deployment) {
    return open(consumer, deployment)
        .filter(consumers -> consumers.areTooFewFor(GRACE, observed.at()))
        .map(QueueConsumers::count)
        .map(
            count ->
                "queue '%s' was recreated, and has fewer consumers (%d) than ready Pods (%d)"
                    .formatted(consumer.queue(), count.consumers(), count.readySince().size()));
  }

  private Optional<QueueConsumers> open(ConsumerSpec consumer, Deployment deployment) {
    return Optional.of(deployment)
        .filter(RestartPlanner::isOpen)
        .flatMap(open -> Optional.ofNullable(observed.queueConsumers().get(consumer.queue())));
  }

  /** The annotations of the Pod template. Another value restarts the Pods. */
  Map<String, String> ofTemplate(ConsumerSpec consumer, Deployment deployment) {
    Optional<String> recreation =
        cause(consumer, deployment).isPresent() ? recreated(deployment) : restartedFor(deployment);
    return recreation.map(time -> Map.of(RESTARTED, time)).orElse(Map.of());
  }

  private static Optional<String> restartedFor(Deployment deployment) {
    return annotation(deployment.getSpec().getTemplate().getMetadata(), RESTARTED);
  }

  private static Optional<String> annotation(ObjectMeta metadata, String key) {
    return Optional.ofNullable(metadata)
        .map(ObjectMeta::getAnnotations)
        .map(annotations -> annotations.get(key));
  }
}
