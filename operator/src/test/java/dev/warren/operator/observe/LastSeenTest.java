package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.KubernetesNode.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Since when a node may count as lost. */
class LastSeenTest {

  private static final ResourceNames NAMES = ResourceNames.of("shop", "orders");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  private final LastSeen lastSeen = new LastSeen();

  @Test
  void aNodeIsMissingSinceItLastRan() {
    lastSeen(true, Optional.empty(), 0);

    assertThat(lastSeen(false, Optional.empty(), 10)).isEqualTo(NOON);
    assertThat(lastSeen(false, Optional.of(machine(State.SILENT)), 50)).isEqualTo(NOON);
    assertThat(lastSeen(false, Optional.of(machine(State.GONE)), 60)).isEqualTo(NOON);
  }

  @Test
  void aNodeOnAReadyMachineIsNeverMissing() {
    lastSeen(true, Optional.empty(), 0);
    lastSeen(false, Optional.of(machine(State.READY)), 600);

    assertThat(lastSeen(false, Optional.of(machine(State.SILENT)), 610))
        .isEqualTo(NOON.plusSeconds(600));
  }

  @Test
  void aNodeThatNeverRanIsMissingSinceItsMachineFellSilent() {
    KubernetesNode silent =
        new KubernetesNode("m", State.SILENT, Optional.of(NOON.minusSeconds(30)));

    assertThat(lastSeen(false, Optional.of(silent), 0)).isEqualTo(NOON.minusSeconds(30));
  }

  @Test
  void withoutAnAnswerNothingChanges() {
    lastSeen(true, Optional.empty(), 0);

    assertThat(update(new Unreachable("no answer"), Map.of(), 20)).isEqualTo(Map.of(0, NOON));
  }

  private Instant lastSeen(boolean running, Optional<KubernetesNode> machine, int afterSeconds) {
    Node node = new Node(NAMES.brokerNode(0), running, List.of(), Optional.empty());
    Reachable broker =
        new Reachable(
            new BrokerDefinitions(Map.of(), Map.of(), Set.of(), Map.of(), Map.of()),
            Map.of(node.name(), node),
            Map.of(),
            OwnershipRecord.NOTHING,
            Map.of(),
            Set.of(),
            false,
            Set.of());
    return update(broker, machine.map(found -> Map.of(0, found)).orElse(Map.of()), afterSeconds)
        .get(0);
  }

  private Map<Integer, Instant> update(
      BrokerObservation said, Map<Integer, KubernetesNode> machines, int afterSeconds) {
    return lastSeen.update(
        "uid", NAMES, said, machines, NOON.plus(Duration.ofSeconds(afterSeconds)));
  }

  private static KubernetesNode machine(State state) {
    return new KubernetesNode("m", state);
  }
}
