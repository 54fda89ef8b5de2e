package dev.warren.operator.plan;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

/** With any spec, and wherever the operator is killed, the cluster converges to the spec. */
class ReconcilePlannerConvergenceTest {

  private InMemoryCluster cluster;

  @BeforeTry
  void anEmptyCluster() {
    cluster = new InMemoryCluster();
  }

  @Property(tries = 25)
  void plansConvergeToTheSpec(
      @ForAll("specs") MessageTopologySpec spec, @ForAll @IntRange(min = 1, max = 5) int speed) {
    cluster.startNodesSlowly(speed);
    cluster.converge(spec);

    assertDeclared(spec);
    cluster.advance(Duration.ofDays(1));
    assertThat(cluster.plan(spec).isEmpty()).isTrue();
  }

  @Property(tries = 60)
  void anOperatorThatIsKilledAnywhereContinues(
      @ForAll("specs") MessageTopologySpec spec,
      @ForAll @Size(max = 8) List<@IntRange(max = 20) Integer> killedAfter,
      @ForAll @IntRange(min = 1, max = 5) int speed) {
    cluster.startNodesSlowly(speed);
    interrupt(spec, killedAfter);
    cluster.converge(spec);

    assertDeclared(spec);
  }

  @Property(tries = 40)
  void aChangedSpecIsRolledOutWithoutLosingTheMajority(
      @ForAll("specs") MessageTopologySpec before,
      @ForAll("specs") MessageTopologySpec after,
      @ForAll @Size(max = 8) List<@IntRange(max = 6) Integer> killedAfter) {
    cluster.converge(before);
    cluster.startNodesSlowly(1);
    if (Math.min(before.nodes().replicas(), after.nodes().replicas()) >= 3) {
      cluster.guardMajority();
    }
    for (int actions : killedAfter) {
      cluster.carryOut(cluster.plan(after), actions);
      cluster.settle();
    }
    cluster.converge(after);

    assertNodes(holdsClassicQueues() ? cluster.brokerNodes().size() : after.nodes().replicas());
    assertThat(cluster.names("Deployment")).isEqualTo(deployments(after));
    assertThat(cluster.plan(after).isEmpty()).isTrue();
  }

  @Property(tries = 25)
  void deletedPodsReturnAsTheSameNodes(
      @ForAll("specs") MessageTopologySpec spec,
      @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 4) Integer> deleted) {
    cluster.startNodesSlowly(1);
    cluster.converge(spec);
    Set<String> nodes = Set.copyOf(cluster.brokerNodes().keySet());
    for (int n : deleted) {
      if (cluster.names("Pod").contains(NAMES.node(n))) {
        cluster.delete("Pod", NAMES.node(n));
      }
      cluster.carryOut(cluster.plan(spec), 1);
      cluster.settle();
    }
    cluster.converge(spec);

    assertThat(cluster.brokerNodes().keySet()).isEqualTo(nodes);
    assertDeclared(spec);
  }

  /** With a classic queue not every node can be removed. */
  private boolean holdsClassicQueues() {
    return cluster.observe().reachable().orElseThrow().definitions().queues().values().stream()
        .anyMatch(queue -> queue.type().equals("classic"));
  }

  private void interrupt(MessageTopologySpec spec, List<Integer> killedAfter) {
    for (int actions : killedAfter) {
      cluster.carryOut(cluster.plan(spec), actions);
      // Sometimes the operator is back before anything has happened.
      if (actions % 3 != 0) {
        cluster.settle();
      }
    }
  }

  private void assertDeclared(MessageTopologySpec spec) {
    assertNodes(spec.nodes().replicas());
    Set<String> secrets =
        cluster.names("Pod").stream().map(pod -> pod + "-tls").collect(toCollection(TreeSet::new));
    secrets.addAll(
        List.of(
            "orders-admin",
            "orders-clients-ca",
            "orders-connection",
            "orders-erlang-cookie",
            "orders-nodes-ca"));
    assertThat(cluster.names("Secret")).isEqualTo(secrets);
    assertThat(cluster.names("ConfigMap"))
        .containsExactlyElementsOf(
            spec.endpoints() == null
                ? List.of("orders-config", "orders-membership")
                : List.of("orders-config", "orders-gateway", "orders-membership"));
    assertThat(cluster.names("Service"))
        .containsExactly("orders", "orders-management", "orders-nodes");
    assertThat(cluster.names("PodDisruptionBudget")).containsExactly("orders");
    assertThat(cluster.names("Deployment")).isEqualTo(deployments(spec));
    assertQueues(spec);
  }

  private void assertNodes(int replicas) {
    assertThat(cluster.names("Pod")).hasSize(replicas);
    Set<String> volumes =
        cluster.names("Pod").stream().map(pod -> "data-" + pod).collect(toCollection(TreeSet::new));
    assertThat(cluster.names("PersistentVolumeClaim")).isEqualTo(volumes);
    assertThat(cluster.brokerNodes()).hasSize(replicas).doesNotContainValue(false);
    assertThat(cluster.observe().nodes().values()).allMatch(QueueNode::isReady);
  }

  private void assertQueues(MessageTopologySpec spec) {
    BrokerDefinitions desired = DesiredDefinitions.of(spec);
    Reachable broker = cluster.observe().reachable().orElseThrow();
    assertThat(broker.definitions().exchanges()).isEqualTo(desired.exchanges());
    assertThat(broker.definitions().queues()).isEqualTo(desired.queues());
    assertThat(broker.definitions().policies()).isEqualTo(desired.policies());
    assertThat(broker.definitions().bindings()).isEqualTo(desired.bindings());
    assertThat(broker.definitions().users().keySet())
        .containsExactlyInAnyOrder("app", "warren-admin");
    spec.queues().stream()
        .filter(queue -> queue.type() == QueueType.QUORUM)
        .forEach(
            queue ->
                assertThat(cluster.members().get(queue.name()))
                    .hasSizeGreaterThanOrEqualTo(
                        Math.min(
                            queue.members() == null ? 3 : queue.members(),
                            spec.nodes().replicas())));
  }

  private static Set<String> deployments(MessageTopologySpec spec) {
    return spec.consumers().stream().map(ConsumerSpec::name).map(NAMES::consumer).collect(toSet());
  }

  @Provide
  Arbitrary<MessageTopologySpec> specs() {
    Arbitrary<String> queues =
        Arbitraries.of(
                "type: quorum",
                "type: quorum, members: 1",
                "type: quorum, members: 5, deliveryLimit: 3",
                "type: classic, messageTTL: 1h")
            .list()
            .ofMaxSize(4)
            .map(list -> named("queues", "q", list));
    Arbitrary<String> nodes =
        Arbitraries.of(
            "",
            "config: log.console.level = debug",
            "plugins: [rabbitmq_stream]",
            "resources: {limits: {memory: 1024Mi, cpu: 1000m}}",
            "podTemplate: {spec: {containers: [{name: proxy, image: p, tty: false}]}}");
    Arbitrary<String> more =
        Arbitraries.of(
            "",
            "objectMetadata: {labels: {team: shop}, annotations: {note: 'yes'}}\n",
            "tls: {clients: Required, certificateDuration: 30d}\n",
            "endpoints: {publish: {port: 8080, timeout: 10s, maxMessageSize: 1Mi, maxInFlight: 10,"
                + " maxConnections: 10, idleTimeout: 60s}}\n",
            "endpoints: {service: {type: NodePort}, requestReply: [{name: echo, port: 10000,"
                + " queue: q0, framing: Raw, timeout: 5s, maxMessageSize: 64Ki, maxConnections: 1,"
                + " maxInFlight: 1, idleTimeout: 60s}]}\n");
    return Combinators.combine(
            Arbitraries.integers().between(1, 5), nodes, queues, consumers(), more)
        .as(ReconcilePlannerConvergenceTest::spec);
  }

  /** Templates with fields that the API server normalizes or omits. */
  private static Arbitrary<List<String>> consumers() {
    return Arbitraries.of(
            "{}",
            "{spec: {containers: [{name: app, image: a}]}}",
            "{spec: {hostNetwork: false, containers: [{name: app, tty: false, env: [{name: A, value: ''}],"
                + " resources: {limits: {cpu: 1000m, memory: 0.5Gi}}}]}}",
            "{spec: {tolerations: [{key: a, operator: Exists}], volumes: [{name: v, emptyDir: {}}],"
                + " containers: [{name: app, volumeMounts: [{name: v, mountPath: /a},"
                + " {name: v, mountPath: /b, readOnly: false}],"
                + " ports: [{name: a, containerPort: 1}, {containerPort: 2}, {containerPort: 3}]}]}}")
        .list()
        .ofMaxSize(3);
  }

  private static MessageTopologySpec spec(
      int replicas, String nodes, String queues, List<String> templates, String more) {
    boolean hasQueue = queues.contains("name: q0");
    List<String> consumers =
        templates.stream()
            .map(template -> "queue: q0, replicas: 0, prefetch: 1, template: " + template)
            .toList();
    return Specs.of(
        replicas,
        nodes,
        "exchanges: [{name: events, type: topic}]\n"
            + queues
            + (hasQueue ? "bindings: [{exchange: events, queue: q0, routingKey: '#'}]\n" : "")
            + (hasQueue ? named("consumers", "c", consumers) : "")
            + (hasQueue ? more : ""));
  }

  private static String named(String field, String prefix, List<String> items) {
    return field
        + ": "
        + IntStream.range(0, items.size())
            .mapToObj(i -> "{name: " + prefix + i + ", " + items.get(i) + "}")
            .toList()
        + "\n";
  }
}
