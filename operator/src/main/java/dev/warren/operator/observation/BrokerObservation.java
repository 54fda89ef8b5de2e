package dev.warren.operator.observation;

import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the broker last reported. A missing answer does not mean an empty broker. */
public sealed interface BrokerObservation {

  /**
   * The state is unknown: no node answered in time, none runs, or they refuse the operator.
   *
   * @param refused whether nodes answer, but the operator may not log in or not read everything
   */
  record Unreachable(String reason, boolean refused) implements BrokerObservation {

    /** No answer. */
    public Unreachable(String reason) {
      this(reason, false);
    }
  }

  /**
   * What a node answered.
   *
   * @param nodes every member of the cluster by its node name (rabbit@host), running or not
   * @param queues the state of each queue of the virtual host, by name
   * @param declared the record of what the topology has declared
   * @param moves the source and destination queue of each move of messages, by the move's name
   * @param runningMoves the names of the moves that run now
   * @param closed whether no client may connect
   * @param halfDeleted queues whose members are all deleted, although the queue is still known
   */
  record Reachable(
      BrokerDefinitions definitions,
      Map<String, Node> nodes,
      Map<String, QueueState> queues,
      OwnershipRecord declared,
      Map<String, Move> moves,
      Set<String> runningMoves,
      boolean closed,
      Set<String> halfDeleted)
      implements BrokerObservation {

    /** The same, with the half-deleted queues that were found. */
    public Reachable halfDeleted(Set<String> found) {
      return new Reachable(
          definitions, nodes, queues, declared, moves, runningMoves, closed, found);
    }

    /** The member with that node name. */
    public Optional<Node> member(String brokerNode) {
      return Optional.ofNullable(nodes.get(brokerNode));
    }

    /** Whether that node is a member and runs. */
    public boolean runs(String brokerNode) {
      return member(brokerNode).map(Node::running).orElse(false);
    }

    /** Whether a queue seems empty; false if it does not exist. */
    public boolean seemsEmpty(String queue) {
      return Optional.ofNullable(queues.get(queue)).filter(QueueState::seemsEmpty).isPresent();
    }

    /** Whether a move takes messages out of a queue, as another consumer of it. */
    public boolean movesFrom(String queue) {
      return moves.values().stream().anyMatch(move -> move.from().equals(queue));
    }

    /** Whether all members of the cluster run. */
    public boolean allRun() {
      return nodes.values().stream().allMatch(Node::running);
    }
  }

  /**
   * A member of the cluster.
   *
   * @param alarms the resources that it has exhausted: memory, disk
   * @param plugins its enabled plugins; unknown while it does not run and some seconds after its
   *     start
   */
  record Node(String name, boolean running, List<String> alarms, Optional<Set<String>> plugins) {}

  /**
   * The policies that RabbitMQ applies to a queue, at most one of each kind.
   *
   * @param policy the name of its policy; empty if it has none, or if that is unknown
   * @param operatorPolicy its operator policy, with those settings that take precedence over the
   *     policy's; empty if it has none, or if that is unknown
   */
  record AppliedPolicies(Optional<String> policy, Optional<Policy> operatorPolicy) {

    /** Nothing is known. */
    public static final AppliedPolicies UNKNOWN =
        new AppliedPolicies(Optional.empty(), Optional.empty());
  }

  /**
   * The messages of a queue.
   *
   * @param ready messages that wait for a consumer; in a stream, all messages
   * @param unacknowledged messages that consumers hold
   * @param deadLetters dead letters that are not delivered to their destination yet
   */
  record Messages(long ready, long unacknowledged, long deadLetters) {

    /** All of them. */
    public long all() {
      return ready + unacknowledged + deadLetters;
    }
  }

  /**
   * A queue at this moment.
   *
   * @param leader the node that leads it; empty when there is no leader
   * @param members node names of all its members; for a classic queue its one node
   * @param online the members that run
   * @param messages its messages; empty when their number is unknown, which is never zero
   * @param policies the policies that RabbitMQ applies to it
   */
  record QueueState(
      String name,
      Optional<String> leader,
      List<String> members,
      List<String> online,
      Optional<Messages> messages,
      AppliedPolicies policies) {

    /** A queue whose messages are known, and whose policies are not. */
    public QueueState(
        String name,
        Optional<String> leader,
        List<String> members,
        List<String> online,
        long ready,
        long unacknowledged,
        long deadLetters) {
      this(
          name,
          leader,
          members,
          online,
          Optional.of(new Messages(ready, unacknowledged, deadLetters)),
          AppliedPolicies.UNKNOWN);
    }

    /** The same queue with the operator policy that applies to it. */
    public QueueState withOperatorPolicy(Optional<Policy> operatorPolicy) {
      return new QueueState(
          name,
          leader,
          members,
          online,
          messages,
          new AppliedPolicies(policies.policy(), operatorPolicy));
    }

    /**
     * Whether it seems to be empty. This may be some seconds old. It is enough to plan a deletion,
     * which fails if the queue is not empty. It is unknown without a leader or a count, and then
     * the queue does not seem empty.
     */
    public boolean seemsEmpty() {
      return leader.isPresent() && messages.filter(known -> known.all() == 0).isPresent();
    }
  }
}
