package dev.warren.operator.plan;

import dev.warren.operator.model.Departure;
import dev.warren.operator.plan.BrokerWork.Underway;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What to do for a topology, in this order. Everything is empty when it is as it shall be.
 *
 * @param support what the nodes need: Secrets, configuration, Services
 * @param nodes volumes and Pods of the queue nodes; when one fails, those after it must not be done
 * @param broker exchanges, queues, bindings and what belongs to them
 * @param consumers Deployments
 * @param nodeProblems what about the nodes cannot be done now, and why
 * @param topologyProblems what in the broker cannot be made as the resource says, or not yet
 * @param retained what the resource declares no more and that stays in the broker for now
 * @param departure the last node that went, or is going
 */
public record ReconcilePlan(
    List<KubernetesAction> support,
    List<KubernetesAction> nodes,
    List<BrokerAction> broker,
    List<KubernetesAction> consumers,
    List<Problem> nodeProblems,
    List<Problem> topologyProblems,
    List<Retained> retained,
    Optional<Departure> departure) {

  /** Copies the lists. */
  public ReconcilePlan {
    support = List.copyOf(support);
    nodes = List.copyOf(nodes);
    broker = List.copyOf(broker);
    consumers = List.copyOf(consumers);
    nodeProblems = List.copyOf(nodeProblems);
    topologyProblems = List.copyOf(topologyProblems);
    retained = List.copyOf(retained);
  }

  /**
   * The plan without what might contradict an action that goes on beside the passes: nothing is
   * done to the broker and its nodes until that has ended, as if this pass waited for it. What it
   * has changed is then seen, and planned by.
   */
  ReconcilePlan beside(Underway underway) {
    boolean aboutNodes = underway.action().concernsNodes();
    return new ReconcilePlan(
        support,
        List.of(),
        List.of(),
        consumers,
        aboutNodes ? with(nodeProblems, underway.problem()) : nodeProblems,
        aboutNodes ? topologyProblems : with(topologyProblems, underway.problem()),
        retained,
        departure);
  }

  private static List<Problem> with(List<Problem> problems, Problem another) {
    return Stream.concat(problems.stream(), Stream.of(another)).toList();
  }

  /** Everything that it does, in words and in its order. */
  public List<String> describe() {
    return Stream.of(
            Stream.concat(support.stream(), nodes.stream()).map(KubernetesAction::describe),
            broker.stream().map(BrokerAction::describe),
            consumers.stream().map(KubernetesAction::describe))
        .flatMap(Function.identity())
        .toList();
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return support.isEmpty() && nodes.isEmpty() && broker.isEmpty() && consumers.isEmpty();
  }
}
