package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.TestBed.testbed;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Random faults, one after the other, while messages flow. The seed is printed, and replays a run:
 * -De2e.seed; -De2e.faults says how many there are, -De2e.minutes after how long none begins.
 */
@Isolated("it takes machines away and kills the operator")
class FaultsSoak {

  private static final int FAULTS = Integer.getInteger("e2e.faults", 200);

  private static final Duration LIMIT = Duration.ofMinutes(Integer.getInteger("e2e.minutes", 600));

  private static final long SEED = Long.getLong("e2e.seed", System.currentTimeMillis());

  private static final int QUEUES = 10;

  /** The clients' machine, which is never taken away. */
  private static final String QUIET_MACHINE = "n1";

  /** The shortest that the API takes, so that much can happen in little time. */
  private static final String REPLACE_AFTER = "20s";

  private static final Duration RECOVERED = Duration.ofSeconds(240);

  /** One fault in so many is followed at once by the end of the operator. */
  private static final int OPERATOR_TOO = 2;

  /** One fault in so many is followed at once by another node's. */
  private static final int ANOTHER_TOO = 2;

  /** One fault in so many is the API server's. It takes a minute, which the others do not. */
  private static final int API_SERVER = 20;

  private static final Duration API_SERVER_AWAY = Duration.ofSeconds(60);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-faults");

  private final Topology topology = namespace.topology("orders");
  private final Random random = new Random(SEED);
  private final List<String> cutOff = new ArrayList<>();
  private final List<String> crashed = new ArrayList<>();
  private final List<Injection> injections = new ArrayList<>();
  private int faults;

  /**
   * @param before which Pod the node had, and how often its container had started
   */
  private record Injection(Fault fault, NodeStatus victim, String before) {
    String describe() {
      return "+ " + fault + (fault == Fault.OPERATOR_KILLED ? "" : " " + victim.name());
    }
  }

  /** What can happen. */
  private enum Fault {
    POD_DELETED,
    PROCESS_KILLED,
    MACHINE_CUT_OFF_FOR_A_MOMENT,
    MACHINE_CUT_OFF,
    MACHINE_CRASHED,
    VOLUME_EMPTIED,
    VOLUME_DELETED,
    GIVEN_UP_BY_HAND,
    OPERATOR_KILLED,
    API_SERVER_AWAY
  }

  private static final List<Fault> ANY_TIME =
      Stream.of(Fault.values()).filter(fault -> fault != Fault.API_SERVER_AWAY).toList();

  /** Faults that destroy nothing: they may happen while another node is away. */
  private static final List<Fault> PASSING = List.of(Fault.POD_DELETED, Fault.PROCESS_KILLED);

  @AfterEach
  void bringBackTheMachines() {
    bringBack();
  }

  @Test
  void noConfirmedMessageIsLostAndTheTopologyRecovers() {
    System.out.printf("%d faults by the seed -De2e.seed=%d%n", FAULTS, SEED);
    topology.apply(spec()).awaitReady();
    Traffic traffic = Traffic.start(QUIET_MACHINE, topology, "queue-0");

    long end = System.nanoTime() + LIMIT.toNanos();
    try {
      while (faults < FAULTS && System.nanoTime() < end) {
        Fault fault = possibleFault();
        String what = strikeAndAwait(fault, victim(fault));
        traffic.awaitMore(100);
        System.out.printf(
            "%3d  %s, longest pause so far %d ms%n", faults, what, traffic.longestPauseMs());
        bringBack();
      }
    } finally {
      // A topology that does not recover may still have lost nothing.
      bringBack();
      System.out.printf("%d faults: %s, lost=0%n", faults, traffic.stop());
    }
  }

  /**
   * Injects a fault, perhaps several, and waits until everything has recovered.
   *
   * @return what happened
   */
  private String strikeAndAwait(Fault fault, NodeStatus victim) {
    Operator.Lease operator = operator().lease();
    injections.clear();
    long begun = System.nanoTime();
    inject(fault, victim);
    if (random.nextInt(ANOTHER_TOO) == 0) {
      injectAnother(victim);
    }
    if (random.nextInt(OPERATOR_TOO) == 0 && fault != Fault.OPERATOR_KILLED) {
      inject(Fault.OPERATOR_KILLED, victim);
    }
    awaitRecovered();
    awaitOperator(operator);
    topology.awaitReady();
    String also = injections.stream().skip(1).map(Injection::describe).collect(joining(" "));
    return "%-28s %-10s %-42s whole again after %5.1f s"
        .formatted(fault, victim.name(), also, (System.nanoTime() - begun) / 1e9);
  }

  /** A temporary fault at another node, which has its Pod and is on another machine. */
  private void injectAnother(NodeStatus first) {
    Fault fault = PASSING.get(random.nextInt(PASSING.size()));
    List<NodeStatus> others =
        topology.get().getStatus().nodes().members().stream()
            .filter(node -> node.state().equals("Ready"))
            .filter(node -> !node.name().equals(first.name()))
            .filter(node -> !node.machine().equals(first.machine()))
            .toList();
    if (!others.isEmpty()) {
      inject(fault, others.get(random.nextInt(others.size())));
    }
  }

  private void inject(Fault fault, NodeStatus victim) {
    faults++;
    injections.add(new Injection(fault, victim, incarnation(victim)));
    switch (fault) {
      case POD_DELETED ->
          namespace.run("delete", "pod", victim.name(), "--wait=false", "--ignore-not-found");
      case PROCESS_KILLED -> PodProcess.rabbit(namespace, victim.name()).kill();
      case MACHINE_CUT_OFF_FOR_A_MOMENT -> {
        cutOff(victim.machine());
        await("a moment").pollDelay(Duration.ofSeconds(5)).until(() -> true);
        bringBack();
      }
      case MACHINE_CUT_OFF -> cutOff(victim.machine());
      case MACHINE_CRASHED -> {
        crashed.add(victim.machine());
        testbed("machine-kill", victim.machine().substring(1));
      }
      case VOLUME_EMPTIED -> {
        topology.awaitJoined(victim.name());
        testbed("wipe-volume", namespace.name(), "data-" + victim.name());
        namespace.run("delete", "pod", victim.name(), "--wait=false");
      }
      case VOLUME_DELETED -> {
        namespace.run("delete", "pvc", "data-" + victim.name(), "--wait=false");
        namespace.run("delete", "pod", victim.name(), "--wait=false");
      }
      case GIVEN_UP_BY_HAND ->
          namespace.run("annotate", "pod", victim.name(), "warren.dev/replace=true");
      case OPERATOR_KILLED -> operator().kill();
      case API_SERVER_AWAY -> {
        testbed("api-down");
        await("the API server is away for a while")
            .pollDelay(API_SERVER_AWAY)
            .atMost(API_SERVER_AWAY.multipliedBy(2))
            .until(() -> true);
        testbed("api-up");
      }
    }
  }

  /** Not a fault that could only hit the clients' or the operator's machine. */
  private Fault possibleFault() {
    if (random.nextInt(API_SERVER) == 0) {
      return Fault.API_SERVER_AWAY;
    }
    Fault fault = ANY_TIME.get(random.nextInt(ANY_TIME.size()));
    return candidates(fault).isEmpty() ? Fault.OPERATOR_KILLED : fault;
  }

  private NodeStatus victim(Fault fault) {
    List<NodeStatus> candidates = candidates(fault);
    return candidates.get(random.nextInt(candidates.size()));
  }

  /**
   * Not the machine of the clients or the operator, and not one with two nodes, because then the
   * majority would be lost.
   */
  private List<NodeStatus> candidates(Fault fault) {
    List<NodeStatus> nodes = topology.get().getStatus().nodes().members();
    if (!fault.name().startsWith("MACHINE")) {
      return nodes;
    }
    Map<String, Long> byMachine =
        nodes.stream().collect(groupingBy(NodeStatus::machine, counting()));
    List<String> spared = List.of(QUIET_MACHINE, operator().machine());
    return nodes.stream()
        .filter(node -> !spared.contains(node.machine()))
        .filter(node -> byMachine.get(node.machine()) == 1)
        .toList();
  }

  /** Which Pod of a node it is, and how often its container has started. */
  private String incarnation(NodeStatus node) {
    return topology.nodes().stream()
        .filter(pod -> pod.getMetadata().getName().equals(node.name()))
        .map(
            pod ->
                pod.getMetadata().getUid()
                    + pod.getStatus().getContainerStatuses().stream()
                        .map(ContainerStatus::getRestartCount)
                        .toList())
        .findFirst()
        .orElse("none");
  }

  /** Whether the fault is visible at the node: it has restarted, or is removed. */
  private void assertShows(Injection injection) {
    switch (injection.fault()) {
      case POD_DELETED, PROCESS_KILLED ->
          assertThat(incarnation(injection.victim())).isNotEqualTo(injection.before());
      case MACHINE_CUT_OFF, MACHINE_CRASHED, VOLUME_EMPTIED, VOLUME_DELETED, GIVEN_UP_BY_HAND ->
          assertThat(topology.get().getStatus().nodes().members())
              .extracting(NodeStatus::name)
              .doesNotContain(injection.victim().name());
      case MACHINE_CUT_OFF_FOR_A_MOMENT, OPERATOR_KILLED, API_SERVER_AWAY -> {}
    }
  }

  private void awaitRecovered() {
    await("three nodes run and every queue has its members")
        .atMost(RECOVERED)
        .pollInterval(Duration.ofMillis(500))
        // A node may not answer shortly after a fault.
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(
            () -> {
              injections.forEach(this::assertShows);
              List<Broker> brokers = topology.brokers();
              assertThat(brokers).hasSize(3);
              for (Broker broker : brokers) {
                assertThat(broker.runningNodes()).hasSize(3);
              }
              assertThat(brokers.getFirst().onlineMembers().values())
                  .hasSize(QUEUES)
                  .containsOnly(3);
            });
  }

  /** What the status says must not be what the one said that is gone, or could not be reached. */
  private void awaitOperator(Operator.Lease before) {
    if (injections.stream().anyMatch(injection -> injection.fault() == Fault.OPERATOR_KILLED)) {
      operator().awaitAnother(before);
    }
    Instant now = Instant.now();
    await("the operator works")
        .atMost(RECOVERED)
        .until(() -> operator().lease().renewedAt().isAfter(now));
  }

  private static Operator operator() {
    return namespace.operator();
  }

  private void cutOff(String machine) {
    cutOff.add(machine);
    testbed("machine-down", machine.substring(1));
  }

  private void bringBack() {
    cutOff.forEach(machine -> testbed("machine-up", machine.substring(1)));
    crashed.forEach(machine -> testbed("machine-start", machine.substring(1)));
    cutOff.clear();
    crashed.clear();
    kubectl("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=90s");
  }

  private static String spec() {
    return "nodes: {replicas: 3, replaceAfter: %s, storage: {size: 1Gi}}\n".formatted(REPLACE_AFTER)
        + IntStream.range(0, QUEUES)
            .mapToObj("{name: queue-%d}"::formatted)
            .collect(joining(", ", "queues: [", "]\n"));
  }
}
