package dev.warren.operator.plan.topology;

import static java.util.stream.Collectors.toMap;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.Move;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Plans the moves from queues with former names to the queues that are renamed from them. A move
 * lasts as long as the field is set, because clients may still publish to the former name: RabbitMQ
 * drops and confirms messages to a queue that does not exist.
 */
public final class RenamePlanner {

  /** The prefix of the name of a move; the former name follows. */
  private static final String MOVE = "warren.renamed.";

  /** The queues by their former names. */
  private final Map<String, String> renamed;

  private final Reachable broker;
  private final Set<String> recreated;
  private final Set<String> stalledMoves;
  private final List<BrokerAction> actions = new ArrayList<>();

  /**
   * @param formerNames queues that must not be removed
   * @param actions in their order, before queues are recreated or removed
   */
  public record RenamePlan(
      Set<String> formerNames, List<BrokerAction> actions, List<Retained> retained) {}

  private RenamePlanner(
      List<QueueSpec> specs, Reachable broker, Set<String> migrating, Set<String> stalledMoves) {
    this.renamed =
        specs.stream()
            .filter(spec -> spec.renamedFrom() != null)
            .collect(
                toMap(QueueSpec::renamedFrom, QueueSpec::name, (one, other) -> one, TreeMap::new));
    this.broker = broker;
    this.recreated = new HashSet<>(migrating);
    this.recreated.addAll(MigrationPlanner.sheltered(broker));
    this.stalledMoves = stalledMoves;
  }

  /**
   * The plan.
   *
   * @param migrating queues that are about to be recreated: nothing may arrive in them while they
   *     are deleted
   * @param stalledMoves the names of moves that must be restarted
   */
  public static RenamePlan plan(
      List<QueueSpec> specs, Reachable broker, Set<String> migrating, Set<String> stalledMoves) {
    return new RenamePlanner(specs, broker, migrating, stalledMoves).plan();
  }

  /** Whether a move is from a queue with a former name, by the move's name. */
  public static boolean isRename(String move) {
    return move.startsWith(MOVE);
  }

  private RenamePlan plan() {
    broker.moves().keySet().stream()
        .filter(RenamePlanner::isRename)
        .filter(move -> !mayMove(move.substring(MOVE.length())))
        .sorted()
        .map(EndMove::new)
        .forEach(actions::add);
    renamed.keySet().stream().filter(this::mayMove).forEach(this::move);
    return new RenamePlan(
        Set.copyOf(renamed.keySet()),
        List.copyOf(actions),
        renamed.keySet().stream().filter(this::exists).map(this::retained).toList());
  }

  /** A move from a queue that does not exist would declare it. */
  private boolean mayMove(String former) {
    String queue = renamed.get(former);
    return queue != null
        && exists(queue)
        && exists(former)
        && isOurs(former)
        && !isStream(former)
        && !broker.halfDeleted().contains(former)
        && !recreated.contains(queue);
  }

  private void move(String former) {
    StartMove start = new StartMove(MOVE + former, new Move(former, renamed.get(former)));
    if (stalledMoves.contains(start.name())) {
      actions.add(new EndMove(start.name()));
      actions.add(start);
    } else if (!start.move().equals(broker.moves().get(start.name()))) {
      actions.add(start);
    }
  }

  private Retained retained(String former) {
    return new Retained(Retained.QUEUE, former, because(former).formatted(renamed.get(former)));
  }

  private String because(String former) {
    if (!isOurs(former)) {
      return "Queue '%s' is renamedFrom it, but this resource never declared it, so its messages"
          + " stay";
    }
    if (isStream(former)) {
      return "Queue '%s' is renamedFrom it, but it is a stream, whose messages cannot be moved";
    }
    return "Its messages are moved to queue '%s'; remove renamedFrom there when nobody publishes to"
        + " the former name any more";
  }

  private boolean exists(String queue) {
    return broker.definitions().queues().containsKey(queue);
  }

  private boolean isOurs(String queue) {
    return broker.declared().queues().containsKey(queue);
  }

  private boolean isStream(String queue) {
    return broker.definitions().queues().get(queue).type().equals("stream");
  }
}
