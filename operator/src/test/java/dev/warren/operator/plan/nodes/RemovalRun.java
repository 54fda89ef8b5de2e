package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.PlannedActions.inShort;
import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** A cluster from which nodes are removed, and what the operator did in it, action by action. */
final class RemovalRun {

  static final String QUEUES =
      "queues: [{name: q, type: quorum}, {name: r, type: quorum}, {name: s, type: stream}]";

  private final InMemoryCluster cluster;
  private final List<String> done = new ArrayList<>();

  /** Of seven machines. */
  RemovalRun() {
    this(7);
  }

  RemovalRun(int machines) {
    cluster = new InMemoryCluster(machines);
  }

  InMemoryCluster cluster() {
    return cluster;
  }

  List<String> done() {
    return done;
  }

  void lose(int n) {
    cluster.observe();
    cluster.faults().silence(cluster.machineOf(n));
    cluster.observe();
    cluster.advance(Duration.ofSeconds(61));
  }

  boolean listed(int n) {
    return cluster.brokerNodes().containsKey(NAMES.brokerNode(n));
  }

  void until(MessageTopologySpec spec, BooleanSupplier reached) {
    for (int i = 0; i < 200 && !reached.getAsBoolean(); i++) {
      step(spec);
    }
    assertThat(reached.getAsBoolean()).as("after %s", done).isTrue();
  }

  void converge(MessageTopologySpec spec) {
    int quiet = 0;
    for (int i = 0; i < 400 && quiet < 3; i++) {
      quiet = step(spec).isEmpty() ? quiet + 1 : 0;
      if (quiet == 1) {
        cluster.advance(Duration.ofMinutes(2));
      }
    }
    assertThat(quiet).as("it ends: %s", done).isEqualTo(3);
  }

  ReconcilePlan step(MessageTopologySpec spec) {
    Optional<NodeRemoval> before = recorded();
    ReconcilePlan plan = cluster.step(spec);
    recorded()
        .filter(after -> before.filter(last -> last.node() == after.node()).isEmpty())
        .ifPresent(after -> done.add("record " + after.kind() + " " + after.node()));
    plan.nodes().forEach(action -> done.add(inShort(action)));
    plan.broker().forEach(action -> what(action).ifPresent(done::add));
    return plan;
  }

  private static Optional<String> what(BrokerAction action) {
    Optional<String> node =
        switch (action) {
          case StopNode stop -> Optional.of(stop.node());
          case ForgetNode forget -> Optional.of(forget.node());
          case RemoveMember remove -> Optional.of(remove.node());
          case BrokerAction.AddMember add -> Optional.of(add.node());
          default -> Optional.empty();
        };
    return node.map(
        name -> action.getClass().getSimpleName() + " " + NAMES.number(name).orElseThrow());
  }

  Optional<NodeRemoval> recorded() {
    return cluster.recordedRemoval();
  }

  NodeRemoval removal() {
    return recorded().orElseThrow();
  }

  void assertHeld(MessageTopologySpec spec, String message) {
    ReconcilePlan plan = cluster.plan(spec);
    assertThat(plan.nodes()).isEmpty();
    assertThat(plan.nodeProblems())
        .extracting(Problem::message)
        .anySatisfy(text -> assertThat(text).contains(message));
  }

  void assertNodes(Set<Integer> numbers) {
    Set<Integer> present = new TreeSet<>();
    cluster.brokerNodes().keySet().forEach(node -> present.add(NAMES.number(node).orElseThrow()));
    assertThat(present).isEqualTo(numbers);
    assertThat(cluster.brokerNodes()).doesNotContainValue(false);
    cluster
        .members()
        .values()
        .forEach(nodes -> assertThat(cluster.brokerNodes().keySet()).containsAll(nodes));
  }

  static MessageTopologySpec nodes(int replicas) {
    return Specs.of(replicas, "", QUEUES);
  }
}
