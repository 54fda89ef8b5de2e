package dev.warren.e2e;

import static dev.warren.e2e.NodeCertificates.AMQPS;
import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Certificates are renewed again and again under load, while the operator is killed; and they end
 * while there is no operator. The seed is printed, and replays the moments: -De2e.seed; how often
 * leaves, and authorities, are renewed: -De2e.renewals.
 */
class CertificatesSoak {

  private static final int RENEWALS = Integer.getInteger("e2e.renewals", 3);
  private static final long SEED = Long.getLong("e2e.seed", System.currentTimeMillis());

  /** So many of the renewals lose the operator. */
  private static final int KILLS = 5;

  /** In which time the operator is killed after a request, in ms: about as long as it takes. */
  private static final Map<String, Integer> SPAN_MS = Map.of("leaves", 10_000, "ca", 250_000);

  /** The shortest that the API takes. */
  private static final String SHORT_LIVES =
      "tls: {certificateDuration: 2m, authorityDuration: 6m}\n";

  private static final Duration LEAF = Duration.ofMinutes(2);
  private static final Duration AUTHORITY = Duration.ofMinutes(6);
  private static final Duration RECOVERED = Duration.ofMinutes(5);

  private static final String QUEUES = "queues: [{name: work}, {name: events}, {name: requests}]\n";

  private static final String ENDPOINTS =
      """
      endpoints:
        publish: {port: 8080, tls: {}}
        requestReply: [{name: echo, port: 10000, queue: requests, framing: Line, tls: {}}]
      """
          + "consumers: [%s]\n".formatted(ClientPod.asPairOfConsumers("responder", "requests", 10));

  @RegisterExtension
  static final TestNamespace namespace = TestNamespace.withOperator("e2e-certificates-soak");

  private final Topology topology = namespace.topology("orders");
  private final NodeCertificates certificates = NodeCertificates.of(topology, 8080, 10000);
  private final Random random = new Random(SEED);

  @AfterEach
  void remove() {
    namespace.operator().start();
    namespace.run("delete", "pods", "publisher", "consumer", "neighbour", "--ignore-not-found");
    topology.delete();
    topology.awaitGone();
  }

  @Test
  void renewalsAgainAndAgainWhileTheOperatorIsKilled() throws InterruptedException {
    System.out.printf("the operator is killed by the seed -De2e.seed=%d%n", SEED);
    topology.apply(THREE_NODES + QUEUES + ENDPOINTS).awaitReady();
    Traffic traffic = Traffic.startByTls(topology, "work");
    ClientPod sockets = ClientPod.startByTls("neighbour", topology, "events");
    sockets.awaitAnswers(20);
    Set<String> pods = topology.podIds();
    Map<String, Integer> restarts = topology.restarts();
    List<Boolean> killed = killed(2 * RENEWALS);

    for (int i = 0; i < 2 * RENEWALS; i++) {
      long begun = System.nanoTime();
      Map<Door, X509Certificate> before = certificates.presented();
      Set<X509Certificate> nodes = certificates.trusted("-nodes-ca");
      Set<X509Certificate> clients = certificates.trusted("-connection");
      String what = i < RENEWALS ? "leaves" : "ca";
      certificates.renew(what);
      String how =
          killed.get(i) ? ", the operator killed after " + kill(SPAN_MS.get(what)) + " ms" : "";
      if (what.equals("ca")) {
        certificates.awaitAuthoritiesOtherThan(nodes, clients);
      }
      certificates.awaitOthersThan(before);
      traffic.awaitMore(50);
      System.out.printf(
          "%d: %s renewed in %.1f s%s%n", i, what, (System.nanoTime() - begun) / 1e9, how);
    }

    sockets.awaitAnswers(sockets.report().path("answered").asInt() + 20);
    Traffic.Count count = traffic.stop();
    System.out.printf("%d renewals: %s, %s, lost=0%n", 2 * RENEWALS, count, sockets.report());
    assertThat(count.lostConnections()).isZero();
    assertThat(sockets.stop().path("failed").asInt()).as("of kept connections").isZero();
    certificates.reconnectNodes();
    assertThat(topology.podIds()).isEqualTo(pods);
    assertThat(topology.restarts()).isEqualTo(restarts);
  }

  /** Which of the renewals lose the operator. */
  private List<Boolean> killed(int renewals) {
    List<Boolean> killed = new ArrayList<>(Collections.nCopies(renewals, false));
    Collections.fill(killed.subList(0, Math.min(KILLS, renewals)), true);
    Collections.shuffle(killed, random);
    return killed;
  }

  private int kill(int spanMs) throws InterruptedException {
    int moment = random.nextInt(spanMs);
    Thread.sleep(moment);
    Operator.Lease lease = namespace.operator().lease();
    namespace.operator().kill();
    namespace.operator().awaitAnother(lease);
    return moment;
  }

  /** Also the authorities end, and a node restarts that then cannot join the others. */
  @Test
  void aTopologyWhoseCertificatesHaveEndedComesBackWithTheOperator() throws IOException {
    topology.apply(THREE_NODES + SHORT_LIVES + QUEUES + ENDPOINTS).awaitReady();
    Map<Door, X509Certificate> first = certificates.presented();
    assertThat(first.values())
        .allSatisfy(
            leaf ->
                assertThat(lifeLeft(leaf)).isLessThanOrEqualTo(LEAF.plus(Duration.ofSeconds(1))));
    await("they are renewed before they end")
        .atMost(LEAF)
        .untilAsserted(
            () -> {
              Map<Door, X509Certificate> now = certificates.presented();
              assertThat(now).hasSameSizeAs(first);
              assertThat(now.values()).doesNotContainAnyElementsOf(first.values());
            });
    Traffic before = Traffic.startByTls(topology, "work");
    before.awaitMore(50);
    before.stop();

    namespace.operator().stop();
    Instant end =
        Stream.of(certificates.trusted("-nodes-ca"), certificates.trusted("-connection"))
            .flatMap(Collection::stream)
            .map(X509Certificate::getNotAfter)
            .map(Date::toInstant)
            .max(Instant::compareTo)
            .orElseThrow();
    await("everything has ended")
        .atMost(AUTHORITY.plusMinutes(1))
        .until(() -> Instant.now().isAfter(end.plusSeconds(5)));
    Door door = certificates.doors(AMQPS).getFirst();
    String host = topology.host(topology.nodes().getFirst());
    String ca = topology.secret("-connection").get("ca.crt");
    assertThatThrownBy(() -> door.acceptsAmqp(NamedTrust.of(ca, host)))
        .isInstanceOf(SSLHandshakeException.class);
    PodProcess.rabbit(namespace, "orders-2").kill();

    long begun = System.nanoTime();
    namespace.operator().start();
    await("nothing that has ended is presented")
        .atMost(RECOVERED)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(certificates.presented())
                    .hasSize(first.size())
                    .allSatisfy((where, leaf) -> assertThat(lifeLeft(leaf)).isPositive()));
    topology.awaitReady(RECOVERED);
    certificates.reconnectNodes();
    Traffic after = Traffic.startByTls(topology, "events");
    after.awaitMore(50);
    System.out.printf(
        "all certificates had ended: Ready again %.1f s after the operator came back, %s%n",
        (System.nanoTime() - begun) / 1e9, after.stop());
  }

  private static Duration lifeLeft(X509Certificate certificate) {
    return Duration.between(Instant.now(), certificate.getNotAfter().toInstant());
  }
}
