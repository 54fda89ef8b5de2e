package dev.warren.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.plan.BrokerAction.AddMember;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class QueueMembersPlannerTest {

  private final Map<String, Node> nodes = new TreeMap<>();
  private final Map<String, Queue> queues = new TreeMap<>();
  private final Map<String, QueueState> states = new TreeMap<>();

  @Test
  void newNodesGetTheirShareAndNoQueueMoreThanOneMemberAtATime() {
    nodes("a", "b", "c", "d", "e");
    for (String queue : List.of("q1", "q2", "q3", "q4")) {
      queue(queue, "a");
    }

    assertThat(plan(quorum("q1", 3), quorum("q2", 3), quorum("q3", 3), quorum("q4", 3)))
        .containsExactly(
            new AddMember("q1", "b"),
            new AddMember("q2", "c"),
            new AddMember("q3", "d"),
            new AddMember("q4", "e"));
  }

  @Test
  void aQueueWithItsMembersIsLeftAlone() {
    nodes("a", "b", "c", "d");
    queue("three", "a", "b", "c");
    queue("one", "a");

    assertThat(plan(quorum("three", null), quorum("one", 1))).isEmpty();
  }

  @Test
  void thereAreNoMoreMembersThanNodes() {
    nodes("a", "b");
    queue("q", "a", "b");

    assertThat(plan(quorum("q", 5))).isEmpty();
  }

  @Test
  void whileAMemberIsOfflineNoneIsAdded() {
    nodes("a", "b", "c");
    queue("q", "a", "b");
    offline("q", "b");

    assertThat(plan(quorum("q", 3))).isEmpty();
  }

  @Test
  void aNodeThatIsDownGetsNone() {
    nodes("a", "b", "c");
    nodes.put("b", new Node("b", false, List.of()));
    queue("q", "a");

    assertThat(plan(quorum("q", 3))).containsExactly(new AddMember("q", "c"));
  }

  @Test
  void aQueueThatIsOfAnotherTypeThanItShallBeIsLeftAlone() {
    nodes("a", "b", "c");
    queue("q", "a");
    queues.put("q", new Queue("q", "classic", Map.of()));

    assertThat(plan(quorum("q", 3))).isEmpty();
  }

  private List<BrokerAction> plan(QueueSpec... specs) {
    return QueueMembersPlanner.plan(
        List.of(specs),
        new Reachable(
            new BrokerDefinitions(Map.of(), queues, Set.of(), Map.of(), Map.of()), nodes, states));
  }

  private void nodes(String... names) {
    Arrays.stream(names).forEach(name -> nodes.put(name, new Node(name, true, List.of())));
  }

  private void queue(String name, String... members) {
    queues.put(name, new Queue(name, "quorum", Map.of()));
    states.put(
        name,
        new QueueState(name, Optional.of(members[0]), List.of(members), List.of(members), 0, 0));
  }

  private void offline(String queue, String member) {
    QueueState state = states.get(queue);
    List<String> online = state.online().stream().filter(node -> !node.equals(member)).toList();
    states.put(queue, new QueueState(queue, state.leader(), state.members(), online, 0, 0));
  }

  private static QueueSpec quorum(String name, Integer members) {
    return new QueueSpec(
        name, QueueType.QUORUM, members, null, null, null, null, null, null, null, null, null);
  }
}
