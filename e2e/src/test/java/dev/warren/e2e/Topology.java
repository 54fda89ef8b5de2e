package dev.warren.e2e;

import static dev.warren.e2e.TestBed.CLIENT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DriftStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeReplacement;
import dev.warren.api.v1alpha1.MessageTopologyStatus.RetainedStatus;
import dev.warren.e2e.TestBed.Printed;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A topology of a test's namespace, and what belongs to it, as its user sees them. */
final class Topology {

  /** One node, for tests that need no more. */
  static final String ONE_NODE = "nodes: {replicas: 1, storage: {size: 1Gi}}\n";

  static final String THREE_NODES = "nodes: {replicas: 3, storage: {size: 1Gi}}\n";

  /** Far more than needed, because several tests run at the same time. */
  private static final Duration READY = Duration.ofSeconds(180);

  private static final Duration REPORTED = Duration.ofSeconds(60);
  private static final Duration GONE = Duration.ofSeconds(90);

  /** For a replacement, which takes about replaceAfter + 20 s. */
  private static final Duration HEALED = Duration.ofSeconds(180);

  private static final Duration OFTEN = Duration.ofMillis(200);

  private static final List<Class<? extends HasMetadata>> OWNED_KINDS =
      List.of(
          Pod.class,
          PersistentVolumeClaim.class,
          Service.class,
          Secret.class,
          ConfigMap.class,
          Deployment.class,
          PodDisruptionBudget.class);

  private final TestNamespace namespace;
  private final String name;

  Topology(TestNamespace namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  String name() {
    return name;
  }

  TestNamespace namespace() {
    return namespace;
  }

  /** Applies the spec, which must be accepted. */
  Topology apply(String spec) {
    namespace.apply(yaml(spec));
    return this;
  }

  /** Applies the spec, which must be refused, and returns kubectl's output. */
  String refusalOf(String spec) {
    Printed printed = namespace.tryApply(yaml(spec));
    assertThat(printed.exitCode()).as(printed.text()).isNotZero();
    return printed.text();
  }

  private String yaml(String spec) {
    return """
        apiVersion: warren.dev/v1alpha1
        kind: MessageTopology
        metadata: {name: %s, labels: {%s}}
        spec:
        """
            .formatted(name, namespace.operator().isShared() ? "" : Operator.OWN_LABEL + ": own")
        + spec.indent(2);
  }

  void deleteWithoutWaiting() {
    namespace.run("delete", "mtop", name, "--wait=false");
  }

  /** Returns when the resource is gone; what belongs to it may still be there. */
  void delete() {
    namespace.run("delete", "mtop", name, "--timeout=60s");
  }

  MessageTopology get() {
    return CLIENT
        .resources(MessageTopology.class)
        .inNamespace(namespace.name())
        .withName(name)
        .get();
  }

  Topology awaitReady() {
    return awaitReady(READY);
  }

  Topology awaitReady(Duration limit) {
    awaitCondition("Ready", "True", limit);
    return this;
  }

  /** Waits until the condition is True. */
  void awaitTrue(String condition) {
    awaitCondition(condition, "True", REPORTED);
  }

  /** Waits until the condition is False and its reason and message have these words. */
  void awaitFalse(String condition, String... words) {
    awaitCondition(condition, "False", REPORTED, words);
  }

  /**
   * Waits until the condition is False and its reason and message have these words, and the
   * topology is not Ready: False, or Unknown if it is not known what is declared.
   */
  void awaitTrouble(String condition, String... words) {
    awaitCondition(condition, "False", REPORTED, words);
    await(name + " is not Ready")
        .atMost(REPORTED)
        .pollInterval(OFTEN)
        .until(
            () -> condition("Ready").map(Condition::getStatus).orElse("True"),
            status -> !status.equals("True"));
  }

  private void awaitCondition(String type, String status, Duration limit, String... words) {
    await("%s is %s=%s".formatted(name, type, status))
        .atMost(limit)
        .pollInterval(OFTEN)
        .untilAsserted(
            () -> {
              Condition condition = condition(type).orElse(null);
              assertThat(condition).as("the newest generation's condition").isNotNull();
              assertThat(condition.getStatus()).as(condition.getMessage()).isEqualTo(status);
              String shown = condition.getReason() + ": " + condition.getMessage();
              assertThat(List.of(words)).as(shown).allMatch(shown::contains);
            });
  }

  /** How often something was restored, by its status. */
  int timesRestored(String kind, String name) {
    return Optional.ofNullable(get().getStatus().drift()).stream()
        .flatMap(List::stream)
        .filter(drift -> drift.kind().equals(kind) && drift.name().equals(name))
        .mapToInt(DriftStatus::count)
        .sum();
  }

  /** The names of retained objects, by its status. */
  List<String> retained() {
    return Optional.ofNullable(get().getStatus().retained()).stream()
        .flatMap(List::stream)
        .map(RetainedStatus::name)
        .toList();
  }

  /** The plan, by its status. */
  List<String> plan() {
    return Optional.ofNullable(get().getStatus().plan()).orElse(List.of());
  }

  /** The condition, if it is about the current generation. */
  Optional<Condition> condition(String type) {
    MessageTopology topology = get();
    return Optional.ofNullable(topology.getStatus()).stream()
        .filter(
            status -> topology.getMetadata().getGeneration().equals(status.observedGeneration()))
        .flatMap(status -> status.conditions().stream())
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }

  /** The Pods of its queue nodes. */
  List<Pod> nodes() {
    return pods("queue-node");
  }

  /** The Pods of all its consumers. */
  List<Pod> consumers() {
    return pods("consumer");
  }

  private List<Pod> pods(String component) {
    return owned(Pod.class)
        .filter(
            pod ->
                component.equals(pod.getMetadata().getLabels().get("app.kubernetes.io/component")))
        .toList();
  }

  /** The UIDs of all its Pods: as long as they stay the same, nothing was disturbed. */
  Set<String> podIds() {
    return owned(Pod.class).map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
  }

  /** How often each container of its nodes was restarted; a Pod that is replaced is another. */
  Map<String, Integer> restarts() {
    return nodes().stream()
        .flatMap(
            pod ->
                pod.getStatus().getContainerStatuses().stream()
                    .map(
                        container ->
                            Map.entry(
                                pod.getMetadata().getUid() + " " + container.getName(),
                                container.getRestartCount())))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** The UIDs of its nodes' volume claims: as long as they stay the same, no data is gone. */
  Set<String> volumeIds() {
    return owned(PersistentVolumeClaim.class)
        .map(claim -> claim.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  /** Waits until a node is recorded as a member: then it does not start on an emptied volume. */
  void awaitJoined(String node) {
    await(node + " is recorded as a member")
        .atMost(Duration.ofSeconds(120))
        .until(
            () ->
                namespace
                    .run("get", "pvc", "data-" + node, "--output=yaml")
                    .contains("warren.dev/joined"));
  }

  /** The names of its nodes, without those that are removed. */
  Set<String> nodeNames() {
    return nodes().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .map(pod -> pod.getMetadata().getName())
        .collect(Collectors.toSet());
  }

  /** Waits until a node is replaced, and every queue has its members. */
  void awaitReplacementOf(String lost) {
    await(lost + " is replaced")
        .atMost(HEALED)
        .pollInterval(OFTEN)
        // A node may not answer shortly after a fault.
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(
            () -> {
              NodeReplacement last = get().getStatus().nodes().lastReplacement();
              assertThat(last).isNotNull();
              assertThat(last.node()).isEqualTo(lost);
              assertThat(last.replacedBy()).isNotNull();
              assertThat(last.completedAt()).isNotNull();
              assertThat(nodeNames()).hasSize(3).doesNotContain(lost);
              assertThat(broker().onlineMembers().values()).containsOnly(3);
            });
    awaitReady();
  }

  /** Each of three nodes names the same three. */
  void assertOneCluster() {
    List<Broker> brokers = brokers();
    assertThat(brokers).hasSize(3);
    assertThat(brokers.stream().map(Broker::runningNodes).collect(Collectors.toSet()))
        .hasSize(1)
        .first()
        .satisfies(nodes -> assertThat(nodes).hasSize(3));
  }

  /** Everything that has its label. */
  List<HasMetadata> owned() {
    return OWNED_KINDS.stream().<HasMetadata>flatMap(this::owned).toList();
  }

  <T extends HasMetadata> Stream<T> owned(Class<T> kind) {
    return CLIENT
        .resources(kind)
        .inNamespace(namespace.name())
        .withLabels(Map.of("app.kubernetes.io/managed-by", "warren", "warren.dev/topology", name))
        .list()
        .getItems()
        .stream();
  }

  /** Waits until nothing of it is left. */
  void awaitGone() {
    awaitOnly(List.of());
  }

  /** Deletes it, waits until nothing is left, and prints how long that took. */
  void timeDeletion(String how, Runnable deletion) {
    long start = System.nanoTime();
    deletion.run();
    awaitGone();
    System.out.printf("deleted %s: %.1f s%n", how, (System.nanoTime() - start) / 1e9);
  }

  /** Waits until nothing of it is left but these, each a kind and a name. */
  void awaitOnly(List<String> left) {
    await(name + " is gone")
        .atMost(GONE)
        .untilAsserted(
            () ->
                assertThat(owned())
                    .map(object -> object.getKind() + " " + object.getMetadata().getName())
                    .containsExactlyElementsOf(left));
  }

  /** The brokers of its ready nodes. */
  List<Broker> brokers() {
    return nodes().stream().filter(Topology::isReady).map(this::broker).toList();
  }

  Broker broker() {
    return brokers().stream()
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(name + " has no ready node"));
  }

  private Broker broker(Pod node) {
    Map<String, String> admin = secret("-admin");
    return new Broker(
        node.getStatus().getPodIP(),
        NamedTrust.of(secret("-nodes-ca").get("ca.crt"), host(node)),
        admin.get("username"),
        admin.get("password"));
  }

  /** The name of a node, as it is in its certificate. */
  String host(Pod node) {
    return "%s.%s.%s.svc"
        .formatted(node.getSpec().getHostname(), node.getSpec().getSubdomain(), namespace.name());
  }

  /** What is in its Secret whose name ends so. */
  Map<String, String> secret(String end) {
    return owned(Secret.class)
        .filter(secret -> secret.getMetadata().getName().endsWith(end))
        .map(Secret::getData)
        .findFirst()
        .orElseThrow()
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> decoded(entry.getValue())));
  }

  private static String decoded(String base64) {
    return new String(Base64.getDecoder().decode(base64), UTF_8);
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(
            condition ->
                condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }
}
