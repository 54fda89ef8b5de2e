package dev.warren.operator.plan.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.TlsSpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.certificates.BouncyCastleMaker;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.UserMetadata;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.CertificateObservation;
import dev.warren.operator.observation.GivenSecret;
import dev.warren.operator.observation.IssuedDoor;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.Places;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Nodes and clients that use certificates, read them late, and must trust each other always. */
final class CertificateWorld {

  static final Owner OWNER = new Owner("shop", "orders", "uid");
  static final ResourceNames NAMES = ResourceNames.of("shop", "orders");
  private static final CertificateMaker MAKER = new BouncyCastleMaker();

  /** What a node uses: what it has read of its Secret. */
  private static final class Node {
    Map<String, String> files;
    Instant readsAt = Instant.MAX;
    boolean reachable = true;
    String annotation = "";

    Node(Map<String, String> files) {
      this.files = files;
    }
  }

  private final Map<String, Secret> secrets = new TreeMap<>();
  private final SortedMap<Integer, Node> nodes = new TreeMap<>();
  final Map<String, GivenSecret> given = new HashMap<>();
  IssuedDoor issued = new IssuedDoor.NotRead();
  Optional<String> request = Optional.empty();
  TlsSpec tls;
  Instant now = Instant.parse("2030-01-01T00:00:00Z");

  /** What a client has read of the connection Secret. */
  Map<String, String> client = Map.of();

  private Instant clientReadsAt = Instant.MAX;

  CertificateWorld(TlsSpec tls) {
    this.tls = tls;
  }

  static TlsSpec shortLives(TlsSpec.Clients clients) {
    return new TlsSpec(
        clients, clients == TlsSpec.Clients.Mutual ? "ca" : null, null, null, "1h", "10h");
  }

  // The operator

  CertificatePlan plan(Collection<Integer> added) {
    return new CertificatePlanner(OWNER, NAMES, spec(), observe(), MAKER).plan(added);
  }

  private MessageTopologySpec spec() {
    return new MessageTopologySpec(null, null, null, null, null, null, null, tls);
  }

  /**
   * A pass of an operator that is killed after so many actions.
   *
   * @param delay how long a node needs to read what has changed
   */
  CertificatePlan pass(int limit, Duration delay, Integer... added) {
    CertificatePlan plan = plan(List.of(added));
    plan.actions().stream().limit(limit).forEach(action -> apply(action, delay));
    if (limit > plan.actions().size()) {
      writeConnection(plan.trust(), delay);
    }
    return plan;
  }

  CertificatePlan pass() {
    return pass(Integer.MAX_VALUE, Duration.ofSeconds(5));
  }

  private void apply(KubernetesAction action, Duration delay) {
    String name = action.object().getMetadata().getName();
    switch (action) {
      case KubernetesAction.Delete delete -> secrets.remove(name);
      case KubernetesAction.Mark mark -> {
        Node node = nodes.get(NAMES.numberOfPod(name).orElseThrow());
        node.annotation = mark.annotations().get(CertificateSecrets.ANNOTATION);
        node.readsAt = now.plus(delay);
      }
      default -> {
        if (action.object() instanceof Secret secret) {
          secrets.put(name, secret);
        }
      }
    }
  }

  private void writeConnection(ClientTrust trust, Duration delay) {
    Map<String, String> texts = new TreeMap<>();
    trust.ca().ifPresent(ca -> texts.put("ca.crt", ca));
    trust
        .client()
        .ifPresent(
            pair -> {
              texts.put("tls.crt", pair.certificate());
              texts.put("tls.key", pair.key());
            });
    Secret written =
        new CertificateSecrets(OWNER, UserMetadata.NONE).secret(NAMES.connectionSecret(), texts);
    Secret before = secrets.put(NAMES.connectionSecret(), written);
    if (before == null) {
      client = texts;
    } else if (!before.getData().equals(written.getData())) {
      clientReadsAt =
          now.plus(delay.compareTo(Duration.ofSeconds(90)) < 0 ? delay : Duration.ofSeconds(90));
    }
  }

  // What happens

  void advance(Duration time) {
    now = now.plus(time);
    nodes.forEach(
        (n, node) -> {
          if (node.reachable && !node.readsAt.isAfter(now)) {
            node.files = texts(NAMES.certificateSecret(n));
            node.readsAt = Instant.MAX;
          }
        });
    if (!clientReadsAt.isAfter(now)) {
      client = texts(NAMES.connectionSecret());
      clientReadsAt = Instant.MAX;
    }
  }

  void start(int n) {
    assertThat(texts(NAMES.certificateSecret(n))).as("the Secret is there first").isNotEmpty();
    Node node = new Node(texts(NAMES.certificateSecret(n)));
    node.annotation = CertificateSecrets.digest(secrets.get(NAMES.certificateSecret(n)));
    nodes.put(n, node);
  }

  void restart(int n) {
    nodes.get(n).files = texts(NAMES.certificateSecret(n));
  }

  void remove(int n) {
    nodes.remove(n);
  }

  void setReachable(int n, boolean reachable) {
    Node node = nodes.get(n);
    node.reachable = reachable;
    if (reachable) {
      node.readsAt = now.plusSeconds(60);
    }
  }

  void deleteSecret(String name) {
    assertThat(secrets.remove(name)).isNotNull();
  }

  Set<Integer> numbers() {
    return nodes.keySet();
  }

  Map<String, String> texts(String secret) {
    return CertificateSecrets.texts(Optional.ofNullable(secrets.get(secret)));
  }

  Map<String, String> files(int n) {
    return nodes.get(n).files;
  }

  Set<String> secretNames() {
    return secrets.keySet();
  }

  // What must hold

  /** Each node would accept each other, and each client each node, if it connected now. */
  void assertTrust() {
    nodes.forEach(
        (n, node) -> {
          nodes.forEach((m, other) -> assertTrusted("node " + n, node.files, "tls.crt", m, other));
          if (!client.isEmpty()) {
            assertVerified(
                client.get("ca.crt"), node.files.get("door.crt"), "a client of node " + n);
          }
          if (client.containsKey("tls.crt")) {
            assertVerified(
                node.files.get("clients.crt"), client.get("tls.crt"), "node " + n + " of a client");
          }
        });
  }

  private void assertTrusted(String who, Map<String, String> files, String key, int m, Node other) {
    assertVerified(files.get("ca.crt"), other.files.get(key), who + " of node " + m);
  }

  private void assertVerified(String trusted, String leaf, String what) {
    assertThat(CertificateReader.first(leaf).orElseThrow().notAfter()).as(what).isAfter(now);
    assertThat(
            CertificateReader.split(trusted).stream()
                .anyMatch(ca -> CertificateReader.isSignedBy(leaf, ca)))
        .as("%s at %s", what, now)
        .isTrue();
  }

  private Observation observe() {
    SortedMap<Integer, QueueNode> seen = new TreeMap<>();
    Map<Integer, String> served = new TreeMap<>();
    nodes.forEach(
        (n, node) -> {
          seen.put(n, new QueueNode(n, Optional.empty(), Optional.of(pod(n, node))));
          if (node.reachable) {
            served.put(
                n,
                CertificateSecrets.digest(
                    new CertificateSecrets(OWNER, UserMetadata.NONE).secret("x", node.files)));
          }
        });
    return new Observation(
        new ObservedObjects(secrets.values()),
        seen,
        9,
        List.of(),
        new Unreachable("no"),
        Map.of(),
        Places.NOT_READ,
        Map.of(),
        Set.of(),
        Map.of(),
        ScalingObservation.NONE,
        Map.of(),
        Map.of(),
        BrokerWork.NONE,
        Map.of(),
        new CertificateObservation(Map.copyOf(given), issued, served, request),
        now);
  }

  private static Pod pod(int n, Node node) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(NAMES.node(n))
        .withUid("pod-" + n)
        .withCreationTimestamp("2029-01-01T00:00:00Z")
        .addToAnnotations(CertificateSecrets.ANNOTATION, node.annotation)
        .endMetadata()
        .withNewStatus()
        .addNewContainerStatus()
        .withName(QueueNodePod.CONTAINER)
        .withState(
            new ContainerStateBuilder()
                .withNewRunning()
                .withStartedAt("2029-01-01T00:00:00Z")
                .endRunning()
                .build())
        .endContainerStatus()
        .endStatus()
        .build();
  }
}
