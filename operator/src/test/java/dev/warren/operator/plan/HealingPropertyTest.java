package dev.warren.operator.plan;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.Spread;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import dev.warren.operator.plan.topology.MemberCount;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * After any faults that leave a majority of the nodes and of each queue's members, the cluster ends
 * with the wanted number of nodes, spread evenly over the machines that are left, and every queue
 * has its members and its messages. The cluster itself checks what must not happen on the way.
 */
class HealingPropertyTest {

  /** What happens to the cluster. */
  enum Fault {
    MACHINE_SILENT,
    MACHINE_BACK,
    MACHINE_GONE,
    MACHINE_ADDED,
    MACHINE_CORDONED,
    MACHINE_UNCORDONED,
    NODE_CRASHES,
    POD_DELETED,
    POD_EVICTED,
    VOLUME_DELETED,
    VOLUME_EMPTIED,
    GIVEN_UP,
    REPLICAS,
    CHANGED_SPEC,
    OPERATOR_KILLED,
    BROKER_UNREACHABLE,
    QUEUE_SHRUNK,
    CLIENT_DECLARES,
    RECORD_DELETED,
    RECORD_REFUSED,
    TIME
  }

  /** What happens to machines while no node is given up, so that nothing may be lost. */
  private static final Set<Fault> OF_MACHINES =
      EnumSet.of(
          Fault.MACHINE_SILENT,
          Fault.MACHINE_BACK,
          Fault.MACHINE_GONE,
          Fault.MACHINE_ADDED,
          Fault.MACHINE_CORDONED,
          Fault.MACHINE_UNCORDONED,
          Fault.OPERATOR_KILLED,
          Fault.TIME);

  private static final long MESSAGES = 100;

  /**
   * @param target on which node, machine or queue; or how many nodes
   * @param passes how many passes the operator makes until the next fault
   * @param killedAfter how many actions of the last one it carries out
   */
  record Event(Fault fault, int target, int passes, int killedAfter) {}

  private InMemoryCluster cluster;
  private int replicas;
  private boolean changed;
  private boolean hasClassic;
  private boolean gaveUp;

  @BeforeTry
  void anEmptyCluster() {
    changed = false;
    gaveUp = false;
  }

  @Property(tries = 300)
  void theClusterHeals(
      @ForAll @IntRange(min = 1, max = 5) int first,
      @ForAll boolean classic,
      @ForAll @IntRange(min = 3, max = 7) int machines,
      @ForAll @IntRange(min = 1, max = 3) int speed,
      @ForAll("events") @Size(max = 12) List<Event> events) {
    begin(first, classic, machines, speed);
    happen(events);
    recover();
    assertHealed();
  }

  /** Machines come and go, and no majority is ever lost. */
  @Property(tries = 40)
  void nodesSpreadAgainOverTheMachinesThatAreLeft(
      @ForAll @IntRange(min = 3, max = 5) int first,
      @ForAll @IntRange(min = 3, max = 7) int machines,
      @ForAll("eventsOfMachines") @Size(max = 16) List<Event> events) {
    begin(first, false, machines, 5);
    cluster.guardMajority();
    happen(events);
    recover();
    assertHealed();
    assertNoMessageIsLost();
  }

  private void begin(int first, boolean classic, int machines, int speed) {
    cluster = new InMemoryCluster(machines);
    replicas = first;
    hasClassic = classic;
    cluster.converge(spec());
    cluster.broker().setMessages("q", MESSAGES);
    cluster.broker().setMessages("s", MESSAGES);
    cluster.startNodesSlowly(speed);
  }

  private void happen(List<Event> events) {
    for (Event event : events) {
      inject(event);
      for (int i = 0; i < event.passes(); i++) {
        cluster.step(spec());
      }
      cluster.carryOut(cluster.plan(spec()), event.killedAfter());
      if (event.killedAfter() % 3 != 0) {
        cluster.settle();
      }
    }
  }

  private void inject(Event event) {
    List<Integer> nodes =
        List.copyOf(cluster.brokerNodes().keySet()).stream()
            .map(node -> NAMES.number(node).orElseThrow())
            .toList();
    int n = nodes.isEmpty() ? 0 : nodes.get(event.target() % nodes.size());
    String pod = NAMES.node(n);
    boolean hasPod = cluster.names("Pod").contains(pod);
    switch (event.fault()) {
      case MACHINE_SILENT ->
          onMachineOf(n).filter(m -> canDoWithout(n, m)).ifPresent(cluster.faults()::silence);
      case MACHINE_BACK -> silent(event.target()).ifPresent(cluster.faults()::bringBack);
      case MACHINE_GONE ->
          onMachineOf(n).filter(m -> canDoWithout(n, m)).ifPresent(cluster.faults()::destroy);
      case MACHINE_ADDED -> cluster.kubernetesNodes().add("m" + cluster.machines().size());
      case MACHINE_CORDONED ->
          cluster.kubernetesNodes().cordon("m" + event.target() % cluster.machines().size());
      case MACHINE_UNCORDONED -> cluster.kubernetesNodes().uncordonAll();
      case NODE_CRASHES -> {
        if (hasPod && isOnReadyMachine(n)) {
          cluster.faults().crash(pod);
        }
      }
      case POD_DELETED -> {
        if (hasPod && isOnReadyMachine(n)) {
          cluster.delete("Pod", pod);
        }
      }
      case POD_EVICTED -> {
        if (hasPod && isOnReadyMachine(n)) {
          cluster.faults().evict(pod);
        }
      }
      case VOLUME_DELETED -> {
        if (isMember(n) && isOnReadyMachine(n) && canDoWithout(n, null)) {
          cluster.faults().deleteClaim(n);
          if (hasPod) {
            cluster.delete("Pod", pod);
          }
        }
      }
      case VOLUME_EMPTIED -> {
        if (isMember(n)
            && hasPod
            && isOnReadyMachine(n)
            && canDoWithout(n, null)
            && cluster.observe().nodes().get(n).knowsThatItHasJoined()) {
          cluster.faults().emptyVolume(n);
        }
      }
      case GIVEN_UP -> {
        if (hasPod) {
          gaveUp = true;
          cluster.giveUp(pod);
        }
      }
      case REPLICAS -> replicas = 1 + event.target() % 5;
      case CHANGED_SPEC -> changed = !changed;
      case OPERATOR_KILLED -> cluster.restartOperator();
      case BROKER_UNREACHABLE -> {
        cluster.setReachable(false);
        for (int i = 0; i <= event.target(); i++) {
          cluster.step(spec());
          cluster.advance(Duration.ofSeconds(20));
        }
        cluster.setReachable(true);
      }
      case QUEUE_SHRUNK -> cluster.queueMembers().shrinkByHand("q");
      case CLIENT_DECLARES -> {
        if (cluster.queueMembers().hasMajority(cluster.brokerNodes().keySet())) {
          cluster
              .broker()
              .declareByClient("own", event.target() % 2 == 0 ? "quorum" : "stream", Map.of());
        }
      }
      case RECORD_DELETED -> {
        // Without the record, a number without any object would be reused.
        if (cluster.names("ConfigMap").contains(NAMES.membership())
            && cluster.api().highestNumberEver() == cluster.observe().highestNumber()) {
          cluster.delete("ConfigMap", NAMES.membership());
        }
      }
      case RECORD_REFUSED -> {
        cluster.refuseRecord(true);
        for (int i = 0; i <= event.target(); i++) {
          cluster.step(spec());
        }
        cluster.refuseRecord(false);
      }
      case TIME -> {
        cluster.plan(spec());
        cluster.advance(Duration.ofSeconds(30L * event.target()));
      }
    }
  }

  private Optional<String> onMachineOf(int n) {
    return Optional.ofNullable(cluster.machineOf(n)).filter(m -> isOnReadyMachine(n));
  }

  private boolean isOnReadyMachine(int n) {
    String machine = cluster.machineOf(n);
    return machine != null && cluster.machines().get(machine) == KubernetesNode.State.READY;
  }

  private Optional<String> silent(int target) {
    List<String> silent =
        cluster.machines().keySet().stream()
            .filter(name -> cluster.machines().get(name) == KubernetesNode.State.SILENT)
            .toList();
    return silent.isEmpty() ? Optional.empty() : Optional.of(silent.get(target % silent.size()));
  }

  private boolean isMember(int n) {
    QueueNode node = cluster.observe().nodes().get(n);
    return node != null && node.hasVolume();
  }

  /** Whether a majority remains without the nodes on that machine, and machines remain. */
  private boolean canDoWithout(int n, String machine) {
    Set<String> lost = cluster.onMachine(machine);
    lost.add(NAMES.brokerNode(n));
    boolean majorities =
        cluster.queueMembers().hasMajorityWithout(cluster.brokerNodes().keySet(), lost)
            && cluster.members().values().stream()
                .filter(members -> members.size() > 1 || !hasClassic)
                .allMatch(members -> cluster.queueMembers().hasMajorityWithout(members, lost));
    long ready =
        cluster.machines().values().stream().filter(KubernetesNode.State.READY::equals).count();
    return majorities && ready > 2;
  }

  /** What a user does who reads the status when a removal waits. */
  private void recover() {
    List<String> silent =
        new ArrayList<>(
            cluster.machines().keySet().stream()
                .filter(name -> cluster.machines().get(name) == KubernetesNode.State.SILENT)
                .toList());
    silent.stream().skip(1).forEach(cluster.faults()::bringBack);
    cluster.kubernetesNodes().uncordonAll();
    cluster.startNodesSlowly(5);
    for (int attempt = 0; attempt < 12; attempt++) {
      cluster.converge(spec());
      Optional<Integer> held = heldNode();
      if (held.isPresent()) {
        gaveUp = true;
        cluster.giveUp(NAMES.node(held.get()));
      } else {
        // A move that failed is tried again later.
        cluster.advance(Duration.ofDays(1));
        if (cluster.plan(spec()).isEmpty()) {
          return;
        }
      }
    }
    throw new AssertionError("still held: " + cluster.plan(spec()).nodeProblems());
  }

  /** A lost node that is not replaced until somebody gives it up. */
  private Optional<Integer> heldNode() {
    boolean held =
        cluster.plan(spec()).nodeProblems().stream()
            .anyMatch(
                problem ->
                    problem.reason() == Reason.SEVERAL_NODES_LOST
                        || problem.reason() == Reason.NODE_LOST);
    return held
        ? cluster.brokerNodes().keySet().stream()
            .filter(node -> !cluster.brokerNodes().get(node))
            .map(node -> NAMES.number(node).orElseThrow())
            .filter(n -> cluster.names("Pod").contains(NAMES.node(n)))
            .filter(n -> !cluster.observe().nodes().get(n).isGivenUp())
            .findFirst()
        : Optional.empty();
  }

  private void assertHealed() {
    cluster.advance(Duration.ofDays(1));
    ReconcilePlan plan = cluster.plan(spec());
    assertThat(plan.isEmpty()).as("%s", plan).isTrue();
    assertThat(plan.nodeProblems())
        .filteredOn(problem -> problem.reason() != Reason.MACHINE_SHARED)
        .isEmpty();
    assertThat(cluster.brokerNodes()).hasSize(replicas).doesNotContainValue(false);
    Observation seen = cluster.observe();
    assertThat(seen.nodes().values().stream().filter(node -> !node.isTerminating()))
        .hasSize(replicas)
        .allMatch(QueueNode::isReady)
        .allMatch(QueueNode::isInService)
        .allMatch(QueueNode::hasVolume)
        .allMatch(QueueNode::hasJoined)
        .allMatch(QueueNode::knowsThatItHasJoined);
    assertThat(plan.removal().filter(removal -> !removal.isDone())).isEmpty();
    Reachable broker = seen.reachable().orElseThrow();
    MemberCount.all(spec().queues(), broker)
        .forEach((queue, members) -> assertQueue(queue, members, broker));
    assertEvenlySpread(seen);
    if (!gaveUp) {
      assertNoMessageIsLost();
    }
  }

  private void assertNoMessageIsLost() {
    assertThat(cluster.broker().messages("q")).isEqualTo(MESSAGES);
    assertThat(cluster.broker().messages("s")).isEqualTo(MESSAGES);
  }

  /** No node that can move is on a machine with two more nodes than another. */
  private void assertEvenlySpread(Observation seen) {
    Spread spread = Spread.of(seen.nodes().values().stream().filter(node -> !node.isTerminating()));
    for (String machine : spread.shared()) {
      if (spread.byMachine().get(machine).stream().anyMatch(this::canMove)) {
        assertThat(cluster.machines().keySet())
            .filteredOn(other -> cluster.machines().get(other) == KubernetesNode.State.READY)
            .allSatisfy(
                other ->
                    assertThat(spread.on(other))
                        .as("on %s, while %s", other, spread.describe(NAMES))
                        .isGreaterThanOrEqualTo(spread.on(machine) - 1));
      }
    }
  }

  private boolean canMove(QueueNode node) {
    String broker = NAMES.brokerNode(node.number());
    return cluster.broker().queues().values().stream()
        .filter(queue -> queue.type().equals("classic"))
        .noneMatch(queue -> cluster.members().get(queue.name()).contains(broker));
  }

  private void assertQueue(String name, int members, Reachable broker) {
    QueueState queue = broker.queues().get(name);
    assertThat(queue.online()).as(name).containsExactlyInAnyOrderElementsOf(queue.members());
    assertThat(queue.members()).as(name).hasSizeGreaterThanOrEqualTo(Math.min(members, replicas));
    if (spec().queues().stream()
        .anyMatch(spec -> spec.name().equals(name) && spec.type() == QueueType.QUORUM)) {
      assertThat(queue.members()).as(name).hasSize(Math.min(members, replicas));
    }
  }

  private MessageTopologySpec spec() {
    return Specs.of(
        replicas,
        changed ? "config: log.console.level = debug" : "",
        "queues: [{name: q, type: quorum}, {name: one, type: quorum, members: 1},"
            + " {name: five, type: quorum, members: 5}, {name: s, type: stream}"
            + (hasClassic ? ", {name: c, type: classic}]" : "]"));
  }

  @Provide
  Arbitrary<List<Event>> events() {
    return events(EnumSet.allOf(Fault.class));
  }

  @Provide
  Arbitrary<List<Event>> eventsOfMachines() {
    return events(OF_MACHINES);
  }

  private static Arbitrary<List<Event>> events(Set<Fault> faults) {
    return Combinators.combine(
            Arbitraries.of(faults),
            Arbitraries.integers().between(0, 6),
            Arbitraries.integers().between(0, 12),
            Arbitraries.integers().between(0, 12))
        .as(Event::new)
        .list();
  }
}
