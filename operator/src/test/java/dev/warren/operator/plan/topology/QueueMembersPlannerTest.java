package dev.warren.operator.plan.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.AddStreamMember;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
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
  private Optional<String> leaving = Optional.empty();
  private int replicas = 3;

  @Test
  void newNodesGetMembersAndAQueueGetsOneAtATime() {
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
  void noMemberIsAddedWhileOneIsOffline() {
    nodes("a", "b", "c");
    queue("q", "a", "b");
    offline("q", "b");

    assertThat(plan(quorum("q", 3))).isEmpty();
  }

  @Test
  void aNodeThatIsDownGetsNoMember() {
    nodes("a", "b", "c");
    nodes.put("b", new Node("b", false, List.of(), Optional.empty()));
    queue("q", "a");

    assertThat(plan(quorum("q", 3))).containsExactly(new AddMember("q", "c"));
  }

  @Test
  void aQueueOfAnotherTypeIsLeftAlone() {
    nodes("a", "b", "c");
    queue("q", "a");
    queues.put("q", new Queue("q", "classic", Map.of()));

    assertThat(plan(quorum("q", 3))).isEmpty();
  }

  @Test
  void aMemberOnTheLeavingNodeIsReplacedFirstAndThenRemoved() {
    nodes("a", "b", "c", "d");
    leaving = Optional.of("c");
    queue("q", "a", "b", "c");
    assertThat(plan(quorum("q", null))).containsExactly(new AddMember("q", "d"));

    queue("q", "a", "b", "c", "d");
    assertThat(plan(quorum("q", null))).containsExactly(new RemoveMember("q", "c"));
  }

  @Test
  void aLeavingNodeKeepsItsMembersUntilItsReplacementRuns() {
    nodes("a", "b", "c");
    leaving = Optional.of("c");
    queue("q", "a", "b", "c");
    assertThat(plan(quorum("q", null))).as("three nodes must remain").isEmpty();

    replicas = 2;
    assertThat(plan(quorum("q", null))).containsExactly(new RemoveMember("q", "c"));
  }

  @Test
  void theLeavingNodeGetsNoMember() {
    nodes("a", "b", "c");
    replicas = 2;
    leaving = Optional.of("b");
    queue("q", "a");

    assertThat(plan(quorum("q", 3))).containsExactly(new AddMember("q", "c"));
  }

  @Test
  void theOnlyMemberIsNotRemovedAlthoughItsNodeLeaves() {
    nodes("a");
    replicas = 1;
    leaving = Optional.of("a");
    queue("q", "a");

    assertThat(plan(quorum("q", null))).isEmpty();
  }

  @Test
  void aNodeThatHasLeftIsIgnored() {
    nodes("a", "b", "c");
    leaving = Optional.of("gone");
    queue("q", "a", "b");

    assertThat(plan(quorum("q", null))).containsExactly(new AddMember("q", "c"));
  }

  @Test
  void noMemberIsRemovedWhileOneIsOffline() {
    nodes("a", "b", "c", "d");
    leaving = Optional.of("d");
    queue("q", "a", "b", "c", "d");
    offline("q", "a");

    assertThat(plan(quorum("q", null))).isEmpty();
  }

  @Test
  void surplusMembersAreRemovedOneAtATimeAndNeverTheLeader() {
    nodes("a", "b", "c", "d", "e");
    replicas = 5;
    queue("e", "e");
    queue("q", "a", "b", "c", "e");
    assertThat(plan(quorum("q", 3), quorum("e", 1)))
        .as("from the node with the most")
        .containsExactly(new RemoveMember("q", "e"));

    queue("q", "a", "b", "c");
    assertThat(plan(quorum("q", 1), quorum("e", 1))).containsExactly(new RemoveMember("q", "c"));
    queue("q", "a");
    assertThat(plan(quorum("q", 1), quorum("e", 1))).isEmpty();
  }

  @Test
  void aClientsQueueGetsThreeMembersOrItsDeclaredNumberAndKeepsMore() {
    nodes("a", "b", "c", "d", "e");
    replicas = 5;
    queue("own", "a");
    queue("wide", "a", "b", "c", "d");
    queue("five", "a", "b", "c");
    queues.put("five", new Queue("five", "quorum", Map.of("x-quorum-initial-group-size", 5)));

    assertThat(plan()).containsExactly(new AddMember("five", "e"), new AddMember("own", "d"));
  }

  @Test
  void aClientsQueueThatIsNotDurableIsLeftAlone() {
    nodes("a", "b", "c");
    queue("q", "a");
    queues.remove("q");

    assertThat(plan()).isEmpty();
  }

  @Test
  void aStreamGetsMembersAndKeepsSurplusOnes() {
    nodes("a", "b", "c", "d");
    replicas = 4;
    stream("s", "a");
    assertThat(plan(spec("s", QueueType.STREAM, 3))).containsExactly(new AddStreamMember("s", "b"));

    stream("s", "a", "b", "c", "d");
    assertThat(plan(spec("s", QueueType.STREAM, 3))).isEmpty();
  }

  @Test
  void aStreamsMemberOnTheLeavingNodeIsReplacedFirstAndThenRemoved() {
    nodes("a", "b", "c", "d");
    leaving = Optional.of("c");
    stream("s", "a", "b", "c");
    assertThat(plan(spec("s", QueueType.STREAM, null)))
        .containsExactly(new AddStreamMember("s", "d"));

    stream("s", "a", "b", "c", "d");
    assertThat(plan(spec("s", QueueType.STREAM, null)))
        .containsExactly(new RemoveStreamMember("s", "c"));
  }

  @Test
  void aClassicQueueHasNoMembersToKeep() {
    nodes("a", "b", "c");
    leaving = Optional.of("a");
    queue("q", "a");
    queues.put("q", new Queue("q", "classic", Map.of()));

    assertThat(plan(spec("q", QueueType.CLASSIC, null))).isEmpty();
  }

  private List<BrokerAction> plan(QueueSpec... specs) {
    return QueueMembersPlanner.plan(
        List.of(specs),
        new Reachable(
            new BrokerDefinitions(Map.of(), queues, Set.of(), Map.of(), Map.of()),
            nodes,
            states,
            OwnershipRecord.NOTHING,
            Map.of(),
            Set.of(),
            false,
            Set.of()),
        leaving,
        replicas,
        Set.of());
  }

  private void nodes(String... names) {
    Arrays.stream(names)
        .forEach(name -> nodes.put(name, new Node(name, true, List.of(), Optional.empty())));
  }

  private void queue(String name, String... members) {
    queues.put(name, new Queue(name, "quorum", Map.of()));
    states.put(
        name,
        new QueueState(name, Optional.of(members[0]), List.of(members), List.of(members), 0, 0, 0));
  }

  private void stream(String name, String... members) {
    queue(name, members);
    queues.put(name, new Queue(name, "stream", Map.of()));
  }

  private void offline(String queue, String member) {
    QueueState state = states.get(queue);
    List<String> online = state.online().stream().filter(node -> !node.equals(member)).toList();
    states.put(queue, new QueueState(queue, state.leader(), state.members(), online, 0, 0, 0));
  }

  private static QueueSpec quorum(String name, Integer members) {
    return spec(name, QueueType.QUORUM, members);
  }

  private static QueueSpec spec(String name, QueueType type, Integer members) {
    return new QueueSpec(
        name, null, type, members, null, null, null, null, null, null, null, null, null, null,
        null);
  }
}
