package dev.warren.operator.plan.consumers;

import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Scale;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.Revision;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Predecessors;
import dev.warren.operator.plan.objects.ObjectPlanner;
import dev.warren.operator.scaling.ScalingDecision;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Plans the consumers' Deployments. A consumer starts when its queue exists, and one that delivers
 * in order when those before it have ended; a running one is never stopped because the broker does
 * not answer. The number of Pods is kept in the Deployment and nowhere else.
 */
public final class ConsumerPlanner {

  private final ResourceNames names;
  private final ConsumerDeployment deployments;
  private final Observation observed;
  private final ObjectPlanner objects;
  private final RestartPlanner restarts;

  /**
   * @param broker what is about to be done at the broker
   */
  public ConsumerPlanner(
      ResourceNames names,
      ConsumerDeployment deployments,
      Observation observed,
      List<BrokerAction> broker) {
    this.names = names;
    this.deployments = deployments;
    this.observed = observed;
    this.objects = new ObjectPlanner(observed.objects());
    this.restarts = new RestartPlanner(observed, broker);
  }

  public List<KubernetesAction> plan(List<ConsumerSpec> consumers) {
    List<KubernetesAction> actions = new ArrayList<>();
    consumers.stream()
        .filter(consumer -> actual(consumer).isPresent() || mayStart(consumer, consumers))
        .forEach(
            consumer -> {
              actual(consumer)
                  .flatMap(running -> restarts.mark(consumer, running))
                  .ifPresent(actions::add);
              actions.addAll(plan(consumer));
            });
    Set<String> wanted =
        consumers.stream().map(consumer -> names.consumer(consumer.name())).collect(toSet());
    observed
        .objects()
        .all(Deployment.class)
        .filter(deployment -> deployment.getMetadata().getLabels().containsKey(Labels.CONSUMER))
        .filter(deployment -> !wanted.contains(deployment.getMetadata().getName()))
        .map(deployment -> new Delete(deployment, "the spec no longer has this consumer"))
        .forEach(actions::add);
    return actions;
  }

  private List<KubernetesAction> plan(ConsumerSpec consumer) {
    Optional<Deployment> actual = actual(consumer);
    int wanted =
        ConsumerScaling.wantedReplicas(consumer, actual, observed.scaling().of(consumer.name()));
    Optional<KubernetesAction> action = objects.plan(desired(consumer, wanted));
    Optional<Integer> running =
        actual.map(deployment -> deployment.getSpec().getReplicas()).filter(n -> n != wanted);
    boolean nothingElse =
        consumer.scaling() != null
            && running.isPresent()
            && objects.plan(desired(consumer, running.get())).isEmpty();
    return nothingElse
        ? scale(consumer, running.get(), wanted)
        : action.map(change -> explained(consumer, change)).stream().toList();
  }

  private KubernetesAction explained(ConsumerSpec consumer, KubernetesAction change) {
    return actual(consumer)
        .flatMap(running -> restarts.cause(consumer, running))
        .<KubernetesAction>map(cause -> new Apply(change.object(), cause))
        .orElse(change);
  }

  private List<KubernetesAction> scale(ConsumerSpec consumer, int from, int wanted) {
    int to =
        wanted < from && takesLongerThanAPodHas(consumer)
            ? sparing(consumer, from, wanted)
            : wanted;
    if (to == from) {
      return List.of();
    }
    List<KubernetesAction> actions = new ArrayList<>();
    if (to < from) {
      costs(consumer).map(DeletionCosts::marks).ifPresent(actions::addAll);
    }
    String because =
        observed
            .scaling()
            .of(consumer.name())
            .map(scaling -> scaling.decision().explanation())
            .orElse("its bounds have changed");
    actions.add(
        new Scale(desired(consumer, to), "from %d to %d Pods: %s".formatted(from, to, because)));
    return actions;
  }

  /** Whether a message may take longer than the time that a removed Pod has to end. */
  private boolean takesLongerThanAPodHas(ConsumerSpec consumer) {
    long grace =
        deployments
            .deployment(consumer, 0)
            .getSpec()
            .getTemplate()
            .getSpec()
            .getTerminationGracePeriodSeconds();
    return observed
        .scaling()
        .of(consumer.name())
        .map(ConsumerScaling::decision)
        .filter(ScalingDecision::isOfLongJobs)
        .map(ScalingDecision::ratePerReplica)
        .filter(rate -> ConsumerDeployment.prefetch(consumer) / rate > grace)
        .isPresent();
  }

  /** The number of Pods if those with messages stay, as far as the spec allows it. */
  private int sparing(ConsumerSpec consumer, int from, int wanted) {
    int removable = costs(consumer).map(DeletionCosts::removable).orElse(0);
    return Math.max(wanted, Math.min(from - removable, consumer.scaling().maxReplicas()));
  }

  /** Empty while it is unknown which Pods hold messages. */
  private Optional<DeletionCosts> costs(ConsumerSpec consumer) {
    return observed
        .scaling()
        .work()
        .map(work -> new DeletionCosts(consumer.name(), observed.consumerPods(), work));
  }

  private Deployment desired(ConsumerSpec consumer, int replicas) {
    Deployment deployment = withReplicas(consumer, replicas);
    if (consumer.scaling() != null) {
      // The revision leaves out a number that changes all the time.
      Deployment unscaled = withReplicas(consumer, 0);
      Map<String, String> annotations = new TreeMap<>(unscaled.getMetadata().getAnnotations());
      annotations.put(Revision.ANNOTATION, Revision.of(unscaled));
      deployment.getMetadata().setAnnotations(annotations);
    }
    return deployment;
  }

  private Deployment withReplicas(ConsumerSpec consumer, int replicas) {
    Deployment deployment = deployments.deployment(consumer, replicas);
    actual(consumer)
        .map(running -> restarts.ofTemplate(consumer, running))
        .ifPresent(deployment.getSpec().getTemplate().getMetadata().getAnnotations()::putAll);
    return deployment;
  }

  private Optional<Deployment> actual(ConsumerSpec consumer) {
    return observed.objects().find(Deployment.class, names.consumer(consumer.name()));
  }

  private boolean mayStart(ConsumerSpec consumer, List<ConsumerSpec> all) {
    return hasQueue(consumer) && !Predecessors.exist(consumer, all, observed.consumerPods());
  }

  private boolean hasQueue(ConsumerSpec consumer) {
    return observed
        .reachable()
        .map(broker -> broker.queues().containsKey(consumer.queue()))
        .orElse(false);
  }
}
