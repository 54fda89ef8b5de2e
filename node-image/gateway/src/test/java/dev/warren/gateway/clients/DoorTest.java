package dev.warren.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DoorTest {

  private static final ClientAddress ONE = new ClientAddress("10.0.0.1");
  private static final ClientAddress OTHER = new ClientAddress("10.0.0.2");
  private static final int BYTES = 10;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Clients clients = new Clients(100 * BYTES, 1000);
  private final List<String> displaced = new ArrayList<>();
  private long now;
  private final Door door = new Door(clients, new Refusals("echo", meters), BYTES, () -> now);

  @BeforeEach
  void limit() {
    door.limit(4, 3);
  }

  @Test
  void oneClientLeavesRoomForOthers() {
    admit(ONE, "a");
    admit(ONE, "b");
    Admission third = admit(ONE, "c");
    assertThat(third.isAdmitted()).isTrue();

    assertThat(admit(ONE, "d").isAdmitted()).isFalse();
    assertThat(admit(OTHER, "e").isAdmitted()).isTrue();
    assertThat(admit(OTHER, "f").isAdmitted()).isFalse();
    assertThat(refused("client-connections")).isEqualTo(1);
    assertThat(refused("connections")).isEqualTo(1);

    third.end();
    assertThat(admit(OTHER, "g").isAdmitted()).isTrue();
    assertThat(door.open()).isEqualTo(4);
  }

  @Test
  void aClientHasItsPartOfTheRequestsAndItsFewGoFirst() {
    Admission one = admit(ONE, "a");
    Admission second = admit(ONE, "b");
    Admission other = admit(OTHER, "c");

    assertThat(one.tryBegin(75, 100)).isTrue();
    assertThat(second.tryBegin(1, 100)).as("beside others of the same client").isFalse();
    assertThat(one.hasFewRequests()).isFalse();
    assertThat(other.tryBegin(1, 100)).isTrue();
    assertThat(other.hasFewRequests()).isTrue();

    one.finish(75);
    assertThat(second.tryBegin(100, 100)).as("more than there may be in all").isFalse();
    assertThat(second.tryBegin(99, 100)).as("more than its part, but alone").isTrue();
    assertThat(other.tryBegin(1, 100)).as("none is left").isFalse();
    assertThat(door.requests()).isEqualTo(100);
  }

  @Test
  void theConnectionThatHasWaitedLongestForItsClientMakesRoom() {
    Admission first = admit(ONE, "first");
    Admission second = admit(ONE, "second");
    admit(ONE, "third");
    first.isBusy();
    first.waits();
    now += Door.PATIENCE.toNanos();

    assertThat(admit(ONE, "fourth").isAdmitted()).isTrue();
    assertThat(displaced).containsExactly("second");
    assertThat(second.isAdmitted()).isFalse();
    assertThat(second.isAnswered()).isTrue();
    assertThat(door.open()).isEqualTo(3);
    assertThat(refused("displaced")).isEqualTo(1);

    second.waits();
    second.end();
    assertThat(door.open()).isEqualTo(3);
  }

  @Test
  void newConnectionsFindRoomInAFloodOfOthersOfTheSameClient() {
    Door large =
        new Door(new Clients(2000 * BYTES, 1), new Refusals("publish", meters), BYTES, () -> now);
    large.limit(1000, 750);
    List<Admission> leaving = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      now += Duration.ofSeconds(1).dividedBy(5000).toNanos();
      Admission[] mine = new Admission[1];
      mine[0] = large.admit(ONE, () -> leaving.add(mine[0]));
      assertThat(mine[0].isAdmitted()).isTrue();
      leaving.removeIf(
          gone -> {
            gone.end();
            return true;
          });
    }
    assertThat(large.open()).isEqualTo(750);
  }

  @Test
  void ofManyConnectionsThatMakeRoomSomeAreOnlyClosed() {
    door.limit(0, 0);
    for (int i = 0; i < Door.MOST_ANSWERED; i++) {
      assertThat(admit(OTHER, "a" + i).isAnswered()).isTrue();
    }
    door.limit(1, 1);
    Admission first = admit(ONE, "first");
    now += Door.PATIENCE.toNanos();

    assertThat(admit(ONE, "second").isAdmitted()).isTrue();
    assertThat(displaced).containsExactly("first");
    assertThat(first.isAnswered()).isFalse();
  }

  @Test
  void aConnectionThatItsClientWaitsForDoesNotMakeRoom() {
    for (String name : List.of("a", "b", "c")) {
      admit(ONE, name).isBusy();
    }
    now += Door.PATIENCE.toNanos();

    assertThat(admit(ONE, "d").isAdmitted()).isFalse();
    assertThat(displaced).isEmpty();
  }

  @Test
  void aNewClientDisplacesTheClientWithTheMostConnections() {
    door.limit(4, 4);
    admit(OTHER, "other");
    admit(ONE, "a");
    admit(ONE, "b");
    admit(ONE, "c");
    now += Door.PATIENCE.toNanos();

    assertThat(admit(new ClientAddress("10.0.0.3"), "new").isAdmitted()).isTrue();
    assertThat(displaced).containsExactly("a");
  }

  @Test
  void connectionsHaveMemoryAndOneClientGetsThreeQuartersOfItAtAllPorts() {
    door.limit(1000, 1000);
    Door second = new Door(clients, new Refusals("publish", meters), BYTES, () -> now);
    second.limit(1000, 1000);
    List<Admission> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(admit(ONE, "a" + i));
    }
    for (int i = 0; i < 20; i++) {
      all.add(second.admit(ONE, () -> {}));
    }
    assertThat(all).filteredOn(Admission::isAdmitted).hasSize(75);
    assertThat(admit(OTHER, "other").isAdmitted()).isTrue();
    assertThat(meters.counter("warren.gateway.refused", "endpoint", "publish", "reason", "memory"))
        .satisfies(counter -> assertThat(counter.count()).isEqualTo(5));

    all.forEach(Admission::end);
    all.forEach(Admission::end);
    assertThat(door.open()).isEqualTo(1);
    assertThat(admit(ONE, "again").isAdmitted()).isTrue();
  }

  @Test
  void someRefusedConnectionsGetAnAnswer() {
    door.limit(0, 0);
    List<Admission> all = new ArrayList<>();
    for (int i = 0; i < Door.MOST_ANSWERED + 1; i++) {
      all.add(admit(ONE, "a" + i));
    }
    assertThat(all.getLast().isAnswered()).isFalse();
    assertThat(all).filteredOn(Admission::isAnswered).hasSize(Door.MOST_ANSWERED);

    all.getFirst().end();
    assertThat(admit(ONE, "later").isAnswered()).isTrue();
  }

  @Test
  void aProxyIsNotAClient() {
    for (int i = 0; i < 4; i++) {
      assertThat(admit(ClientAddress.NOT_KNOWN_YET, "a" + i).isAdmitted()).isTrue();
    }
    assertThat(admit(ClientAddress.NOT_KNOWN_YET, "fifth").isAdmitted()).isFalse();
  }

  private Admission admit(ClientAddress client, String name) {
    return door.admit(client, () -> displaced.add(name));
  }

  private double refused(String reason) {
    return meters.counter("warren.gateway.refused", "endpoint", "echo", "reason", reason).count();
  }
}
