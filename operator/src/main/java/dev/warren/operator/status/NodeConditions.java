package dev.warren.operator.status;

import static dev.warren.operator.model.ConditionType.NODES_READY;
import static dev.warren.operator.model.ConditionType.NODES_SPREAD;
import static dev.warren.operator.status.Conditions.TRUE;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodesStatus;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.Reason;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The conditions of the queue nodes: whether they are ready, and how they are spread. */
final class NodeConditions {

  private final NodesStatus nodes;
  private final NodeStatuses statuses;
  private final List<Problem> problems;

  NodeConditions(NodesStatus nodes, NodeStatuses statuses, List<Problem> problems) {
    this.nodes = nodes;
    this.statuses = statuses;
    this.problems = problems;
  }

  void addTo(Conditions conditions) {
    addReady(conditions);
    addSpread(conditions);
  }

  private void addReady(Conditions conditions) {
    String count = "%d of %d nodes are ready".formatted(nodes.ready(), nodes.desired());
    boolean all =
        nodes.ready().equals(nodes.desired()) && statuses.serving().count() == nodes.desired();
    Optional<Problem> worst = statuses.worstProblem();
    Optional<Problem> problem = about(NODES_READY).min(Problem.WORST_FIRST).or(() -> worst);
    if (problem.isPresent()) {
      // For example a waiting change, and the node that it waits for.
      String also =
          worst
              .filter(one -> !problem.get().message().contains(one.message()))
              .map(one -> "; " + one.message())
              .orElse("");
      conditions.add(
          NODES_READY,
          new Problem(problem.get().reason(), count + "; " + problem.get().message() + also));
    } else if (!all) {
      conditions.add(NODES_READY, new Problem(Reason.STARTING, count));
    } else {
      conditions.add(NODES_READY, TRUE, Reason.ALL_READY, count);
    }
  }

  private void addSpread(Conditions conditions) {
    about(NODES_SPREAD)
        .findFirst()
        .map(this::withNewNode)
        .or(this::move)
        .or(statuses::sharedMachine)
        .ifPresentOrElse(
            problem -> conditions.add(NODES_SPREAD, problem),
            () ->
                conditions.add(
                    NODES_SPREAD, TRUE, Reason.SPREAD, "Every node has a machine of its own"));
  }

  /** A step that waits for nothing has no problem of its own. */
  private Optional<Problem> move() {
    return Optional.ofNullable(nodes.removal())
        .filter(removal -> removal.kind().equals(NodeRemoval.Kind.MOVED.wire()))
        .map(
            removal ->
                new Problem(
                    Reason.NODE_MOVING,
                    "%s is removed (%s)".formatted(removal.node(), removal.because())));
  }

  /** The new node of a move does not count for the other condition. */
  private Problem withNewNode(Problem problem) {
    return statuses
        .problemOfNewNode()
        .map(why -> new Problem(problem.reason(), problem.message() + "; " + why.message()))
        .orElse(problem);
  }

  private Stream<Problem> about(ConditionType condition) {
    return problems.stream()
        .filter(
            problem ->
                problem.reason().conditions().contains(NODES_SPREAD)
                    == (condition == NODES_SPREAD));
  }
}
