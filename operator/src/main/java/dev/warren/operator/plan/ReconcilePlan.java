package dev.warren.operator.plan;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerStep;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Grow;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.observation.BrokerWork.Underway;
import dev.warren.operator.plan.certificates.CertificatePlan;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The changes of a topology, in this order. Everything is empty in the desired state.
 *
 * <p>The write of the record is a gate: while it is refused, nothing behind it is done. Behind it
 * are all changes of nodes, and all destructive changes of the broker.
 *
 * @param support what the nodes need: other Secrets, configuration, Services
 * @param record writes the record of the nodes; empty when it is up to date
 * @param behindRecord volumes and Pods of the queue nodes; when one fails, the later ones are
 *     skipped
 * @param brokerSteps exchanges, queues, bindings and what belongs to them
 * @param consumers Deployments; their marks come before the changes to the broker
 * @param nodeProblems what cannot be done to the nodes now, and why
 * @param topologyProblems what cannot be done in the broker, or not yet, and why
 * @param retained what the resource no longer declares and stays in the broker for now
 * @param removal the last removal of a node, in progress or done
 * @param certificates certificates and their Secrets; their changes come before all others
 */
public record ReconcilePlan(
    List<KubernetesAction> support,
    Optional<KubernetesAction> record,
    List<KubernetesAction> behindRecord,
    List<BrokerStep> brokerSteps,
    List<KubernetesAction> consumers,
    List<Problem> nodeProblems,
    List<Problem> topologyProblems,
    List<Retained> retained,
    Optional<NodeRemoval> removal,
    CertificatePlan certificates) {

  /** Copies the lists. */
  public ReconcilePlan {
    support = List.copyOf(support);
    behindRecord = List.copyOf(behindRecord);
    brokerSteps = List.copyOf(brokerSteps);
    consumers = List.copyOf(consumers);
    nodeProblems = List.copyOf(nodeProblems);
    topologyProblems = List.copyOf(topologyProblems);
    retained = List.copyOf(retained);
  }

  /** All changes of the nodes in Kubernetes: the record, and what is behind it. */
  public List<KubernetesAction> nodes() {
    return Stream.concat(record.stream(), behindRecord.stream()).toList();
  }

  /** All changes to the broker. */
  public List<BrokerAction> broker() {
    return brokerSteps.stream().flatMap(step -> step.actions().stream()).toList();
  }

  /** The changes to the broker that are allowed while the record of the nodes is not written. */
  public List<BrokerAction> brokerBeforeRecord() {
    return brokerSteps.stream()
        .filter(step -> !step.behindRecord())
        .flatMap(step -> step.actions().stream())
        .toList();
  }

  /** What must be recorded about Deployments before the broker is changed. */
  public List<KubernetesAction> consumerMarks() {
    return consumers.stream().filter(ReconcilePlan::isMarkOfDeployment).toList();
  }

  /** The changes of consumers after that. */
  public List<KubernetesAction> consumerChanges() {
    return consumers.stream().filter(action -> !isMarkOfDeployment(action)).toList();
  }

  private static boolean isMarkOfDeployment(KubernetesAction action) {
    return action instanceof Mark && action.object() instanceof Deployment;
  }

  /**
   * The plan without changes that might conflict with a background action. The broker and its nodes
   * stay unchanged until that action ends, as if this pass waited for it. A later pass observes its
   * result and plans from it.
   */
  ReconcilePlan beside(Underway underway) {
    boolean aboutNodes = underway.action().concernsNodes();
    return new ReconcilePlan(
        support,
        Optional.empty(),
        List.of(),
        List.of(),
        consumers,
        aboutNodes && !isMove() ? with(nodeProblems, underway.problem()) : nodeProblems,
        aboutNodes ? topologyProblems : with(topologyProblems, underway.problem()),
        retained,
        removal,
        certificates);
  }

  /** The plan without the growth of volumes. */
  ReconcilePlan withoutGrowth() {
    return new ReconcilePlan(
        support,
        record,
        behindRecord.stream().filter(action -> !(action instanceof Grow)).toList(),
        brokerSteps,
        consumers,
        nodeProblems,
        topologyProblems,
        retained,
        removal,
        certificates);
  }

  private static List<Problem> with(List<Problem> problems, Problem another) {
    return Stream.concat(problems.stream(), Stream.of(another)).toList();
  }

  /**
   * All changes as text, in their order.
   *
   * @param ofBroker describes a change to the broker
   */
  public List<String> describe(Function<BrokerAction, String> ofBroker) {
    return Stream.of(
            Stream.of(certificates.actions(), support, nodes())
                .flatMap(List::stream)
                .map(KubernetesAction::describe),
            consumerMarks().stream().map(KubernetesAction::describe),
            broker().stream().map(ofBroker),
            consumerChanges().stream().map(KubernetesAction::describe))
        .flatMap(Function.identity())
        .toList();
  }

  /**
   * Whether its changes of the nodes are those of a move, which leaves as many nodes ready as
   * before.
   */
  public boolean isMove() {
    return removal
        .filter(last -> last.kind() == Kind.MOVED && (!last.isDone() || record.isPresent()))
        .isPresent();
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return certificates.actions().isEmpty()
        && support.isEmpty()
        && nodes().isEmpty()
        && broker().isEmpty()
        && consumers.isEmpty();
  }
}
