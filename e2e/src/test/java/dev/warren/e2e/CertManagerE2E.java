package dev.warren.e2e;

import static dev.warren.e2e.NodeCertificates.AMQPS;
import static dev.warren.e2e.TestBed.testbed;
import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** cert-manager issues what clients see: make test-cert-manager. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CertManagerE2E {

  private static final Duration SOON = Duration.ofSeconds(90);

  /** A self-signed authority, and an issuer that uses it. */
  private static final String ISSUERS =
      """
      apiVersion: cert-manager.io/v1
      kind: Issuer
      metadata: {name: self-signed}
      spec: {selfSigned: {}}
      ---
      apiVersion: cert-manager.io/v1
      kind: Certificate
      metadata: {name: company}
      spec:
        isCA: true
        commonName: company
        secretName: company
        privateKey: {algorithm: ECDSA, size: 256}
        issuerRef: {name: self-signed}
      ---
      apiVersion: cert-manager.io/v1
      kind: Issuer
      metadata: {name: company}
      spec: {ca: {secretName: company}}
      """;

  private static final String SPEC =
      ONE_NODE
          + """
          queues: [{name: work}, {name: events}]
          tls: {issuerRef: {name: company}}
          endpoints: {publish: {port: 8080, tls: {}}}
          """;

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-cert-manager");

  private static final Topology topology = namespace.topology("shop");
  private static final NodeCertificates certificates = NodeCertificates.of(topology, 8080);

  @BeforeAll
  static void start() {
    testbed("cert-manager");
    namespace.apply(ISSUERS);
    topology.apply(SPEC).awaitReady();
  }

  @Test
  @Order(1)
  void clientsSeeWhatCertManagerIssued() throws IOException {
    awaitPresented();
    List<X509Certificate> company = NamedTrust.certificates(secretOf("company", "ca.crt"));
    await("clients know its CA, and no other")
        .atMost(SOON)
        .untilAsserted(
            () ->
                assertThat(certificates.trusted("-connection")).containsExactlyElementsOf(company));
    assertThat(certificates.trusted("-nodes-ca")).doesNotContainAnyElementsOf(company);
    String ca = topology.secret("-connection").get("ca.crt");
    for (String name : certificates.serviceNames()) {
      assertThat(door().acceptsAmqp(NamedTrust.of(ca, name))).as(name).isTrue();
    }
    Traffic traffic = Traffic.startByTls(topology, "work");
    assertThat(traffic.stop().confirmed()).isPositive();
  }

  /** What {@code cmctl renew} does. */
  @Test
  @Order(2)
  void aRenewedCertificateIsPresentedWithoutADroppedConnection() {
    assertNotNoticed(
        () ->
            namespace.run(
                "patch",
                "certificate",
                "shop-door",
                "--subresource=status",
                "--type=merge",
                """
                --patch={"status": {"conditions": [{
                  "type": "Issuing", "status": "True", "reason": "ManuallyTriggered",
                  "message": "by a test", "lastTransitionTime": "%s"}]}}
                """
                    .formatted(Instant.now().truncatedTo(ChronoUnit.SECONDS))));
  }

  @Test
  @Order(3)
  void aRevokedCertificateIsReplaced() {
    assertNotNoticed(() -> namespace.run("delete", "secret", "shop-door"));
  }

  /** What clients see is another certificate afterwards, what nodes see is not. */
  private static void assertNotNoticed(Runnable change) {
    Traffic traffic = Traffic.startByTls(topology, "events");
    Set<String> pods = topology.podIds();
    X509Certificate before = door().certificate();
    Door management = new Door(door().address(), NodeCertificates.MANAGEMENT);
    X509Certificate inside = management.certificate();
    change.run();
    await("another certificate is presented")
        .atMost(SOON)
        .until(() -> !door().certificate().equals(before));
    awaitPresented();
    topology.awaitTrue("CertificatesReady");
    traffic.awaitMore(50);
    assertThat(traffic.stop().lostConnections()).isZero();
    assertThat(topology.podIds()).isEqualTo(pods);
    assertThat(management.certificate()).isEqualTo(inside);
  }

  /** Every door presents what is in cert-manager's Secret. */
  private static void awaitPresented() {
    await("every door presents the issued certificate")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              X509Certificate issued =
                  NamedTrust.certificates(secretOf("shop-door", "tls.crt")).getFirst();
              for (int port : List.of(AMQPS, 8080)) {
                assertThat(new Door(door().address(), port).certificate())
                    .as("port " + port)
                    .isEqualTo(issued);
              }
            });
  }

  private static Door door() {
    return certificates.doors(AMQPS).getFirst();
  }

  private static String secretOf(String name, String key) {
    return namespace.run(
        "get",
        "secret",
        name,
        "--output=go-template={{index .data \"%s\" | base64decode}}".formatted(key));
  }
}
