package dev.warren.e2e;

import static dev.warren.e2e.NodeCertificates.AMQP;
import static dev.warren.e2e.NodeCertificates.AMQPS;
import static dev.warren.e2e.Topology.ONE_NODE;
import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.CertificateStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.TlsStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Clients connect by TLS, and verify whom they reach. Certificates and authorities are renewed
 * while they are connected, and nobody notices.
 */
@Order(3)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CertificatesE2E {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** What works at the doors is connected all the time. */
  private static final String DOORS =
      THREE_NODES
          // A step of an authority's renewal waits for clients for a twentieth of its life.
          + "tls: {certificateDuration: 2m, authorityDuration: 6m}\n"
          + """
          queues: [{name: work}, {name: events}, {name: requests}]
          endpoints:
            publish: {port: 8080, tls: {}}
            requestReply: [{name: echo, port: 10000, queue: requests, framing: Line, tls: {}}]
          """
          + "consumers: [%s]\n".formatted(ClientPod.asPairOfConsumers("responder", "requests", 10));

  private static final String CLOSED =
      ONE_NODE + "queues: [{name: work}]\ntls: {clients: Required%s}\n";

  private static final String MUTUAL =
      ONE_NODE
          + """
          queues: [{name: work}]
          tls: {clients: Mutual, clientCASecret: staff}
          """;

  @RegisterExtension
  static final TestNamespace namespace = TestNamespace.withOperator("e2e-certificates");

  private static final Topology doors = namespace.topology("doors");
  private static final Topology closed = namespace.topology("closed");
  private static final Topology mutual = namespace.topology("mutual");
  private static final TestCertificate staff = TestCertificate.root("staff");

  @BeforeAll
  static void start() {
    namespace.apply(staff.asCaSecret("staff"));
    doors.apply(DOORS);
    closed.apply(CLOSED.formatted(""));
    mutual.apply(MUTUAL);
    doors.awaitReady();
    closed.awaitReady();
    mutual.awaitReady();
  }

  @Test
  @Order(1)
  void leavesAndAuthoritiesAreRenewedWithoutADroppedConnection() {
    NodeCertificates certificates = NodeCertificates.of(doors, 8080, 10000);
    Traffic traffic = Traffic.startByTls(doors, "work");
    ClientPod sockets = ClientPod.startByTls("neighbour", doors, "events");
    sockets.awaitAnswers(20);
    Set<String> pods = doors.podIds();
    Map<String, Integer> restarts = doors.restarts();

    Map<Door, X509Certificate> before = certificates.presented();
    assertThat(before).hasSize(3 * 6);
    certificates.renew("leaves");
    certificates.awaitOthersThan(before);
    traffic.awaitMore(50);

    Map<Door, X509Certificate> renewed = certificates.presented();
    Set<X509Certificate> nodes = certificates.trusted("-nodes-ca");
    Set<X509Certificate> clients = certificates.trusted("-connection");
    certificates.renew("ca");
    certificates.awaitNextAuthority();
    await("the status has the step")
        .atMost(SOON)
        .until(() -> String.valueOf(doors.get().getStatus().tls().renewal()).contains("Trust"));
    Operator.Lease killed = namespace.operator().lease();
    namespace.operator().kill();
    namespace.operator().awaitAnother(killed);
    certificates.awaitAuthoritiesOtherThan(nodes, clients);
    certificates.awaitOthersThan(renewed);

    traffic.awaitMore(50);
    sockets.awaitAnswers(sockets.report().path("answered").asInt() + 20);
    Traffic.Count count = traffic.stop();
    System.out.printf("leaves and CAs renewed: %s, %s, lost=0%n", count, sockets.report());
    assertThat(count.lostConnections()).isZero();
    assertThat(sockets.stop().path("failed").asInt()).as("of kept connections").isZero();
    certificates.reconnectNodes();
    assertThat(doors.podIds()).isEqualTo(pods);
    assertThat(doors.restarts()).isEqualTo(restarts);
    assertThat(events())
        .contains("is renewed, until")
        .contains("The renewal of the CA is complete");
    doors.awaitReady();
    TlsStatus status = doors.get().getStatus().tls();
    assertThat(status.renewal()).isNull();
    assertThat(status.certificates())
        .extracting(CertificateStatus::name)
        .contains("doors-nodes-ca/tls.crt", "doors-clients-ca/tls.crt", "doors-0-tls/tls.crt");
  }

  /** A user's certificate takes the place of the operator's, if it is a good one. */
  @Test
  @Order(2)
  void aBrokenCertificateIsReportedAndDisturbsNothing() throws IOException {
    NodeCertificates certificates = NodeCertificates.of(closed);
    String[] names = certificates.serviceNames();
    TestCertificate root = TestCertificate.root("company");
    TestCertificate branch = root.intermediate("branch");
    TestCertificate other = branch.leaf("other", names);
    Set<String> pods = closed.podIds();
    X509Certificate before = door(closed).certificate();

    closed.apply(CLOSED.formatted(", secretName: given"));
    closed.awaitFalse("CertificatesReady", "spec.tls.secretName", "given", "does not exist");
    givenIsBroken(branch.expiredLeaf("closed", names).asSecret("given"), "expired");
    givenIsBroken(
        branch.leaf("x", "x.example").asSecret("given"), "closed." + namespace.name() + ".svc");
    givenIsBroken(branch.leaf("closed", names).with(other.key()).asSecret("given"), "tls.key");
    givenIsBroken(
        branch.leaf("closed", names).withoutChain().asSecret("given", root), "incomplete");
    assertThat(door(closed).certificate()).as("it is still there").isEqualTo(before);
    assertThat(Traffic.startByTls(closed, "work").stop().confirmed()).isPositive();

    TestCertificate good = branch.leaf("closed", names);
    namespace.apply(good.asSecret("given", root));
    await("it is presented, and clients know its CA")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(door(closed).certificate()).isEqualTo(good.certificate());
              assertThat(certificates.trusted("-connection")).containsExactly(root.certificate());
            });
    closed.awaitTrue("CertificatesReady");
    closed.awaitReady();
    assertThat(closed.podIds()).isEqualTo(pods);
  }

  private static void givenIsBroken(String secret, String word) {
    namespace.apply(secret);
    closed.awaitFalse("CertificatesReady", "spec.tls.secretName", "given", word);
  }

  @Test
  @Order(3)
  void whereTlsIsRequiredThePlainDoorIsClosed() throws IOException {
    Door plain = new Door(door(closed).address(), AMQP);
    assertThat(plain.isOpen()).isFalse();
    assertThat(door(closed).isOpen()).isTrue();
    assertThat(new Door(door(doors).address(), AMQP).isOpen()).as("by default").isTrue();
    assertThat(closed.secret("-connection").get("uri")).startsWith("amqps://");
    String ca = closed.secret("-connection").get("ca.crt");
    for (String name : NodeCertificates.of(closed).serviceNames()) {
      assertThat(door(closed).acceptsAmqp(NamedTrust.of(ca, name))).as(name).isTrue();
    }
    assertThatThrownBy(() -> door(closed).acceptsAmqp(NamedTrust.of(ca, "another.example")))
        .isInstanceOf(SSLHandshakeException.class);
    for (int port : List.of(15672, 15692)) {
      assertThat(new Door(door(doors).address(), port).isOpen()).as("port " + port).isFalse();
    }
  }

  @Test
  @Order(4)
  void onlyCertificatesOfExactlyTheGivenAuthorityAreAccepted() throws IOException {
    TestCertificate sibling = TestCertificate.root("staff");
    assertThat(accepts(staff.leaf("app"))).as("its own").isTrue();
    assertThat(accepts(staff.intermediate("branch").leaf("app"))).as("an intermediate's").isFalse();
    assertThat(accepts(sibling.leaf("app"))).as("of another CA of that name").isFalse();
    assertThat(accepts(staff.expiredLeaf("app"))).as("expired").isFalse();
    assertThat(accepts(TestCertificate.selfSigned("app"))).as("self-signed").isFalse();
    Pod node = mutual.nodes().getFirst();
    assertThat(
            door(mutual)
                .acceptsAmqp(
                    NamedTrust.of(mutual.secret("-connection").get("ca.crt"), mutual.host(node))))
        .as("none")
        .isFalse();
    assertThat(new Door(door(mutual).address(), AMQP).isOpen()).isFalse();

    // The user is the certificate's name.
    assertThat(Traffic.startByTls(mutual, "work").stop().confirmed()).isPositive();
  }

  private static boolean accepts(TestCertificate client) throws IOException {
    String ca = mutual.secret("-connection").get("ca.crt");
    String host = mutual.host(mutual.nodes().getFirst());
    return door(mutual).acceptsAmqp(NamedTrust.of(ca, host, client.insisting()));
  }

  /** AMQPS at the first node. */
  private static Door door(Topology topology) {
    return new Door(topology.nodes().getFirst().getStatus().getPodIP(), AMQPS);
  }

  private static String events() {
    return namespace.run(
        "get",
        "events",
        "--field-selector=involvedObject.name=doors",
        "--output=jsonpath={.items[*].message}");
  }
}
