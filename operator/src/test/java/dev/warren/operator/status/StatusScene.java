package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.CertificateObservation;
import dev.warren.operator.observation.ConsumerDelivery;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.Places;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.plan.certificates.CertificatePlan;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the operator observed and found wrong. At first there are three healthy nodes and one
 * healthy queue.
 */
final class StatusScene {

  static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  static final ResourceNames NAMES = ResourceNames.of("shop", "orders");
  static final String READY = "{conditions: [{type: Ready, status: 'True'}]}";

  Instant now = NOON;
  final MessageTopology topology = new MessageTopology();
  final Map<Integer, String> podStatus = new TreeMap<>();
  final Map<Integer, String> machines = new TreeMap<>();
  Optional<Integer> leftOver = Optional.empty();
  final List<Service> services = new ArrayList<>();
  String containers = "[{name: rabbitmq}]";
  String gatewayRevision = "";
  final Map<String, QueueState> queues = new LinkedHashMap<>();
  final List<Deployment> deployments = new ArrayList<>();
  final List<Pod> consumerPods = new ArrayList<>();
  final Map<String, String> refusedDeclarations = new TreeMap<>();
  final List<Violation> violations = new ArrayList<>();
  final List<Problem> nodeProblems = new ArrayList<>();
  final List<Problem> topologyProblems = new ArrayList<>();
  final List<Problem> consumerProblems = new ArrayList<>();
  final Map<Integer, Node> brokerNodes = new TreeMap<>();
  ScalingObservation scaling = ScalingObservation.NONE;
  final Map<String, QueueConsumers> queueConsumers = new LinkedHashMap<>();
  final Map<String, ConsumerDelivery> deliveries = new TreeMap<>();
  BrokerObservation unreachable;
  AppliedActions applied = AppliedActions.NONE;
  Optional<NodeRemoval> removal = Optional.empty();
  OwnershipRecord declared = OwnershipRecord.NOTHING;
  BrokerDefinitions definitions =
      new BrokerDefinitions(Map.of(), Map.of(), Set.of(), Map.of(), Map.of());

  StatusScene() {
    topology.getMetadata().setNamespace("shop");
    topology.getMetadata().setName("orders");
    topology.getMetadata().setUid("uid");
    topology.getMetadata().setGeneration(1L);
    spec("queues: [{name: hello, type: quorum}]");
    for (int n = 0; n < 3; n++) {
      podStatus.put(n, READY);
      brokerNodes.put(n, node(n, true));
    }
    queues.put("hello", queue("hello", 0, 3, 3, 0));
  }

  MessageTopologyStatus build() {
    Observation observed = observation();
    return StatusBuilder.build(
        topology,
        violations.isEmpty()
            ? new ReconcileResult(
                observed,
                List.of(),
                nodeProblems,
                topologyProblems,
                consumerProblems,
                removal,
                applied,
                Optional.of(CertificatePlan.NOTHING))
            : ReconcileResult.invalid(Mode.ACT, observed, violations));
  }

  Observation observation() {
    SortedMap<Integer, QueueNode> nodes = new TreeMap<>();
    podStatus.forEach((n, status) -> nodes.put(n, queueNode(n, status)));
    leftOver.ifPresent(
        n ->
            nodes.put(
                n,
                new QueueNode(
                    n,
                    Optional.empty(),
                    Optional.of(
                        pod(
                            "{name: %s, deletionTimestamp: '2026-01-01T11:00:00Z', labels: {app.kubernetes.io/component: lost-queue-node}}"
                                .formatted(NAMES.node(n)),
                            "{nodeName: n9}",
                            READY)))));
    Map<String, Node> byName =
        brokerNodes.values().stream().collect(Collectors.toMap(Node::name, node -> node));
    BrokerObservation broker =
        unreachable != null
            ? unreachable
            : new Reachable(
                definitions, byName, queues, declared, Map.of(), Set.of(), false, Set.of());
    return new Observation(
        new ObservedObjects(Stream.concat(deployments.stream(), services.stream()).toList()),
        nodes,
        2,
        consumerPods,
        broker,
        Map.of(),
        Places.NOT_READ,
        Map.of(),
        Set.of(),
        Map.of(),
        scaling,
        queueConsumers,
        deliveries,
        BrokerWork.NONE,
        refusedDeclarations,
        CertificateObservation.NONE,
        now);
  }

  /** Node 2 moves, and node 3 takes its place. */
  void removal(Phase phase) {
    removal =
        Optional.of(
            NodeRemoval.decided(2, Kind.MOVED, "two nodes share a machine", NOON.toString())
                .replacedBy(3)
                .enter(phase, NOON.toString()));
  }

  void brokerIsSilent(String reason) {
    unreachable = new Unreachable(reason);
    topologyProblems.add(new Problem(Reason.BROKER_UNREACHABLE, reason));
  }

  void manyQueues(int number) {
    List<String> names = IntStream.range(0, number).mapToObj("q%04d"::formatted).toList();
    spec(
        "queues: ["
            + names.stream()
                .map("{name: %s, type: quorum}"::formatted)
                .collect(Collectors.joining(", "))
            + "]");
    queues.clear();
    names.forEach(name -> queues.put(name, queue(name, 0, 3, 3, 0)));
  }

  void changeSpec(String... sections) {
    topology.getMetadata().setGeneration(topology.getMetadata().getGeneration() + 1);
    spec(sections);
  }

  void spec(String... sections) {
    String text = String.join("\n", sections);
    topology.setSpec(
        Serialization.unmarshal(
            (text.startsWith("nodes:") ? "" : "nodes: {replicas: 3}\n") + text,
            MessageTopologySpec.class));
  }

  static QueueState queue(String name, Integer leader, int members, int online, long messages) {
    List<String> nodes = IntStream.range(0, members).mapToObj(NAMES::brokerNode).toList();
    return new QueueState(
        name,
        Optional.ofNullable(leader).map(NAMES::brokerNode),
        nodes,
        nodes.subList(0, online),
        messages,
        0,
        0);
  }

  /** The same queue, before RabbitMQ has counted its messages. */
  static QueueState uncounted(QueueState queue) {
    return new QueueState(
        queue.name(),
        queue.leader(),
        queue.members(),
        queue.online(),
        Optional.empty(),
        queue.policies());
  }

  static Node node(int n, boolean running) {
    return new Node(NAMES.brokerNode(n), running, List.of(), Optional.empty());
  }

  QueueNode queueNode(int n, String status) {
    return new QueueNode(
        n,
        Optional.of(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(NAMES.volume(n))
                .endMetadata()
                .build()),
        Optional.of(
            pod(
                """
                {name: %s, labels: {app.kubernetes.io/component: queue-node, warren.dev/in-service: 'true'},
                 annotations: {warren.dev/gateway-config-revision: '%s'}}"""
                    .formatted(NAMES.node(n), gatewayRevision),
                "{nodeName: %s, containers: %s}"
                    .formatted(machines.getOrDefault(n, "n" + n), containers),
                status)));
  }

  void consumerPod(String name, String consumer, String status) {
    consumerPods.add(
        pod(
            "{name: %s, labels: {warren.dev/consumer: %s}}".formatted(name, consumer),
            "{}",
            status));
  }

  static Pod pod(String metadata, String spec, String status) {
    return Serialization.unmarshal(
        "kind: Pod\napiVersion: v1\nmetadata: %s\nspec: %s\nstatus: %s"
            .formatted(metadata, spec, status),
        Pod.class);
  }

  void deployment(String status) {
    deployment("orders-worker", 2, status);
  }

  /** Of generation 4. */
  void deployment(String name, int replicas, String status) {
    deployments.add(
        Serialization.unmarshal(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %s, generation: 4}
            spec: {replicas: %d}
            status: %s
            """
                .formatted(name, replicas, status),
            Deployment.class));
  }

  static List<String> conditions(MessageTopologyStatus status) {
    return status.conditions().stream()
        .map(c -> "%s=%s/%s".formatted(c.getType(), c.getStatus(), c.getReason()))
        .toList();
  }

  static Condition condition(MessageTopologyStatus status, String type) {
    return Conditions.find(status, ConditionType.of(type).orElseThrow()).orElseThrow();
  }

  static String message(MessageTopologyStatus status, String type) {
    return condition(status, type).getMessage();
  }

  static String ready(MessageTopologyStatus status) {
    Condition ready = condition(status, "Ready");
    return "%s/%s: %s".formatted(ready.getStatus(), ready.getReason(), ready.getMessage());
  }

  String since(String type) {
    return condition(topology.getStatus(), type).getLastTransitionTime();
  }
}
