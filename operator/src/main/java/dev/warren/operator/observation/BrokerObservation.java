package dev.warren.operator.observation;

import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the broker last reported. No answer is not the same as an empty broker. */
public sealed interface BrokerObservation {

  /** Nothing is known: no node answered in time, or none runs. */
  record Unreachable(String reason) implements BrokerObservation {}

  /**
   * What a node answered.
   *
   * @param nodes every member of the cluster by its node name (rabbit@host), running or not
   * @param queues the state of each queue of the virtual host, by name
   * @param declared the record of what the topology has declared
   * @param moves from which queue to which messages are being moved, by the move's name
   * @param runningMoves names of those moves that are carried out now
   * @param closed whether no client may connect
   * @param halfDeleted queues of which every member is deleted, although the queue is still known
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

    /** The same, with what was found out of the suspects. */
    public Reachable halfDeleted(Set<String> found) {
      return new Reachable(
          definitions, nodes, queues, declared, moves, runningMoves, closed, found);
    }

    /** The member of that node name. */
    public Optional<Node> member(String brokerNode) {
      return Optional.ofNullable(nodes.get(brokerNode));
    }

    /** Whether that node is a member and runs. */
    public boolean runs(String brokerNode) {
      return member(brokerNode).map(Node::running).orElse(false);
    }

    /** Whether a queue holds nothing, as far as is known; false if it is not there. */
    public boolean seemsEmpty(String queue) {
      return Optional.ofNullable(queues.get(queue)).filter(QueueState::seemsEmpty).isPresent();
    }

    /** Whether all members run. */
    public boolean allRun() {
      return nodes.values().stream().allMatch(Node::running);
    }
  }

  /**
   * A member of the cluster.
   *
   * @param alarms resources that it has run out of: memory, disk
   * @param plugins its enabled plugins; unknown while it does not run, and for some seconds after
   *     its start
   */
  record Node(String name, boolean running, List<String> alarms, Optional<Set<String>> plugins) {}

  /**
   * The policies that RabbitMQ applies to a queue: at most one of each kind.
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
   * A queue at this moment.
   *
   * @param leader the node that leads it; empty when none does
   * @param members node names of all its members; for a classic queue its one node
   * @param online those of the members that run
   * @param ready messages that wait for a consumer
   * @param unacknowledged messages that consumers hold
   * @param deadLetters dead letters that are not delivered to their destination yet
   * @param policies what RabbitMQ applies to it
   */
  record QueueState(
      String name,
      Optional<String> leader,
      List<String> members,
      List<String> online,
      long ready,
      long unacknowledged,
      long deadLetters,
      AppliedPolicies policies) {

    /** A queue of whose policies nothing is known. */
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
          ready,
          unacknowledged,
          deadLetters,
          AppliedPolicies.UNKNOWN);
    }

    /** The same, with the operator policy that applies to it. */
    public QueueState withOperatorPolicy(Optional<Policy> operatorPolicy) {
      return new QueueState(
          name,
          leader,
          members,
          online,
          ready,
          unacknowledged,
          deadLetters,
          new AppliedPolicies(policies.policy(), operatorPolicy));
    }

    /** All messages. */
    public long messages() {
      return ready + unacknowledged + deadLetters;
    }

    /**
     * Whether it seems to hold nothing. That may be some seconds old: enough to plan a deletion,
     * which is refused if the queue is not empty. Without a leader it is unknown.
     */
    public boolean seemsEmpty() {
      return leader.isPresent() && messages() == 0;
    }
  }
}
