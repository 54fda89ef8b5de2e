package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuspectedDeletionsTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "all members are online             | quorum  | a | a,b,c | true  | 0",
        "a majority is online               | quorum  | a | a,b   | true  | 0",
        "no member is online                | quorum  | - | -     | true  | 1",
        "only a terminating leader is there | quorum  | a | a     | true  | 1",
        "it is without a leader             | quorum  | - | a,b   | true  | 1",
        "a node is down                     | quorum  | - | -     | false | 0",
        "a classic queue is down            | classic | - | -     | true  | 0",
      })
  void aQueueThatLostItsMembersWhileAllNodesRunMayBeHalfDeleted(
      String when, String type, String leader, String online, boolean allRun, int suspects) {
    Reachable broker =
        new Reachable(
            new BrokerDefinitions(
                Map.of(),
                Map.of("flow", new Queue("flow", type, Map.of())),
                Set.of(),
                Map.of(),
                Map.of()),
            Map.of("a", node("a", true), "b", node("b", true), "c", node("c", allRun)),
            Map.of("flow", state(leader, online)),
            OwnershipRecord.NOTHING,
            Map.of(),
            Set.of(),
            false,
            Set.of());

    assertThat(SuspectedDeletions.of(broker)).hasSize(suspects).allMatch("flow"::equals);
  }

  private static QueueState state(String leader, String online) {
    return new QueueState(
        "flow",
        Optional.ofNullable(leader),
        List.of("a", "b", "c"),
        online == null ? List.of() : Arrays.asList(online.split(",")),
        0,
        0,
        0);
  }

  private static Node node(String name, boolean running) {
    return new Node(name, running, List.of(), Optional.empty());
  }
}
