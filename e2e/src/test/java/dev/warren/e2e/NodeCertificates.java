package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The certificates that a topology's nodes present, and their renewal as its user asks for it.
 *
 * @param inside ports whose certificate is by the CA of the nodes
 * @param doors ports whose certificate is for clients
 */
record NodeCertificates(Topology topology, List<Integer> inside, List<Integer> doors) {

  static final int AMQP = 5672;
  static final int AMQPS = 5671;
  static final int MANAGEMENT = 15671;
  static final int METRICS = 15691;
  static final int DISTRIBUTION = 25672;

  private static final List<Integer> INSIDE = List.of(MANAGEMENT, DISTRIBUTION);

  /** By default each step of an authority's renewal lasts two minutes at least. */
  private static final Duration RENEWED = Duration.ofMinutes(8);

  private static final Duration TAKEN_BACK = Duration.ofSeconds(60);
  private static final Duration OFTEN = Duration.ofMillis(200);

  /** Of a topology whose endpoints at these ports are by TLS. */
  static NodeCertificates of(Topology topology, Integer... endpoints) {
    return new NodeCertificates(
        topology, INSIDE, Stream.concat(Stream.of(AMQPS, METRICS), Stream.of(endpoints)).toList());
  }

  /** What each port of each node presents now. */
  Map<Door, X509Certificate> presented() {
    return Stream.concat(inside.stream(), doors.stream())
        .flatMap(port -> doors(port).stream())
        .collect(
            Collectors.toMap(
                door -> door, Door::certificate, (a, b) -> a, () -> new TreeMap<>(Door.ORDER)));
  }

  /** This port of each node. */
  List<Door> doors(int port) {
    return topology.nodes().stream()
        .map(pod -> new Door(pod.getStatus().getPodIP(), port))
        .toList();
  }

  /**
   * Asks for new ones: {@code leaves}, or {@code ca} for new authorities too. The last request was
   * carried out, and has to be taken back before the same is asked for again.
   */
  void renew(String what) {
    topology.namespace().run("annotate", "mtop", topology.name(), "warren.dev/renew-certificates-");
    await("the last request is taken back")
        .atMost(TAKEN_BACK)
        .untilAsserted(
            () -> {
              for (String authority : List.of("-nodes-ca", "-clients-ca")) {
                assertThat(topology.secret(authority).getOrDefault("renewed", "")).isEmpty();
              }
            });
    topology
        .namespace()
        .run(
            "annotate",
            "mtop",
            topology.name(),
            "--overwrite",
            "warren.dev/renew-certificates=" + what);
  }

  /** Waits until each port of each node presents another certificate than before. */
  void awaitOthersThan(Map<Door, X509Certificate> before) {
    await("every port of every node presents a new certificate")
        .atMost(RENEWED)
        .untilAsserted(
            () ->
                assertThat(presented())
                    .hasSameSizeAs(before)
                    .allSatisfy(
                        (door, now) ->
                            assertThat(now.getSerialNumber())
                                .as(door.toString())
                                .isNotEqualTo(before.get(door).getSerialNumber())));
    topology.awaitTrue("CertificatesReady");
  }

  /** The CAs that clients, or nodes, are told to trust. */
  Set<X509Certificate> trusted(String secretEnd) {
    return Set.copyOf(NamedTrust.certificates(topology.secret(secretEnd).get("ca.crt")));
  }

  /** Waits until the renewal of a CA has begun: the next one is there, and signs nothing yet. */
  void awaitNextAuthority() {
    await("there is the next CA")
        .atMost(RENEWED)
        .pollInterval(OFTEN)
        .until(() -> topology.secret("-nodes-ca").containsKey("next.crt"));
  }

  /**
   * Waits until nobody trusts any of the CAs of before, and every port presents a certificate by
   * the new one.
   */
  void awaitAuthoritiesOtherThan(Set<X509Certificate> nodes, Set<X509Certificate> clients) {
    await("the old CAs are trusted no more")
        .atMost(RENEWED)
        .untilAsserted(
            () -> {
              assertThat(trusted("-nodes-ca")).hasSize(1).doesNotContainAnyElementsOf(nodes);
              assertThat(trusted("-connection")).hasSize(1).doesNotContainAnyElementsOf(clients);
              for (Pod node : topology.nodes()) {
                assertThat(trusted(node.getMetadata().getName() + "-tls"))
                    .as("what %s trusts", node.getMetadata().getName())
                    .isEqualTo(trusted("-nodes-ca"));
              }
              assertSigned(inside, trusted("-nodes-ca"));
              assertSigned(doors, trusted("-connection"));
            });
    topology.awaitTrue("CertificatesReady");
  }

  private void assertSigned(List<Integer> ports, Set<X509Certificate> authorities) {
    PublicKey key = authorities.iterator().next().getPublicKey();
    for (int port : ports) {
      for (Door door : doors(port)) {
        assertThat(isSigned(door.certificate(), key)).as(door.toString()).isTrue();
      }
    }
  }

  private static boolean isSigned(X509Certificate certificate, PublicKey authority) {
    try {
      certificate.verify(authority);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /**
   * Cuts the connections between the nodes, so that they need their certificates again, and waits
   * until there is one cluster. Without this, a wrong certificate would not show for long.
   */
  void reconnectNodes() {
    for (Pod node : topology.nodes()) {
      String answers =
          topology
              .namespace()
              .run(
                  "exec",
                  node.getMetadata().getName(),
                  "--container=rabbitmq",
                  "--",
                  "rabbitmqctl",
                  "--quiet",
                  "eval",
                  "[begin erlang:disconnect_node(N), timer:sleep(300), net_kernel:connect_node(N)"
                      + " end || N <- nodes()].");
      assertThat(answers.strip()).isEqualTo("[true,true]");
    }
    await("there is one cluster")
        .atMost(RENEWED)
        .ignoreExceptionsInstanceOf(UncheckedIOException.class)
        .untilAsserted(topology::assertOneCluster);
  }

  /** The names of the Service by which clients connect. */
  String[] serviceNames() {
    String name = topology.name() + "." + topology.namespace().name();
    return new String[] {topology.name(), name, name + ".svc", name + ".svc.cluster.local"};
  }
}
