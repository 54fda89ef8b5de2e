package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.warren.operator.broker.BrokerException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which servers get a request, and with it the operator's password. */
class NodeHttpTest {

  private static final TestAuthority ORDERS = new TestAuthority();
  private static final TestAuthority OTHERS = new TestAuthority();
  private static final NodeIdentity OTHER_TOPOLOGY =
      new NodeIdentity("shop/others", "others-0.others-nodes.shop.svc", OTHERS.pem());
  private static final ManagementApiRequest REQUEST = ManagementApiRequest.get("/api/overview");

  private final AtomicLong now = new AtomicLong();
  private final NodeHttp http = new NodeHttp(HttpClient.newBuilder(), now::get);
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<HttpsServer> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    http.close();
    servers.forEach(server -> server.stop(0));
  }

  @Test
  void aNodeWithItsNameByItsAuthorityIsAsked() {
    URI node = server(ORDERS.server());

    assertThat(send(node, ORDERS.identity())).isEqualTo("{}");
    assertThat(received).hasSize(1);
  }

  @Test
  void anotherNodeOfTheTopologyIsNot() {
    assertRefused(
        server(ORDERS.server("orders-1.orders-nodes.shop.svc")),
        ORDERS.identity(),
        "did not prove that it is orders-0.orders-nodes.shop.svc: the certificate is for"
            + " orders-1.orders-nodes.shop.svc and not for orders-0.orders-nodes.shop.svc");
  }

  @Test
  void aWildcardIsNotTheName() {
    assertRefused(
        server(ORDERS.server("*.orders-nodes.shop.svc")),
        ORDERS.identity(),
        "did not prove that it is");
  }

  @Test
  void aNodeOfAnotherTopologyIsNot() {
    assertRefused(
        server(OTHERS.server("others-0.others-nodes.shop.svc")),
        ORDERS.identity(),
        "did not prove that it is");
  }

  @Test
  void neitherIsTheRightNameByAnotherAuthority() {
    assertRefused(server(OTHERS.server()), ORDERS.identity(), "did not prove that it is");
  }

  @Test
  void neitherIsAnEndedCertificate() {
    assertRefused(server(ORDERS.expiredServer()), ORDERS.identity(), "did not prove that it is");
  }

  @Test
  void neitherIsTheCertificateOfAClient() {
    assertRefused(
        server(ORDERS.server(ORDERS.client("app"))), ORDERS.identity(), "did not prove that it is");
  }

  @Test
  void aChangedBundleCountsForTheNextConnection() {
    TestAuthority renewed = new TestAuthority();
    URI old = server(ORDERS.server());
    URI fresh = server(renewed.server());
    NodeIdentity both = identity(ORDERS.pem() + renewed.pem());

    assertRefused(fresh, ORDERS.identity(), "did not prove that it is");
    assertThat(send(old, both)).isEqualTo("{}");
    assertThat(send(fresh, both)).isEqualTo("{}");
    assertRefused(server(ORDERS.server()), identity(renewed.pem()), "did not prove that it is");
  }

  @Test
  void aBundleThatCannotBeReadIsReported() {
    assertThatThrownBy(() -> send(server(ORDERS.server()), identity("no certificate")))
        .isInstanceOf(BrokerException.class)
        .hasMessage("The CAs of the nodes of shop/orders cannot be read");
    assertThat(received).isEmpty();
  }

  /** The open connection would still lead to the node of before. */
  @Test
  void anAddressIsTakenOverOnlyWhenNoConnectionOfBeforeIsLeft() {
    URI node = server(ORDERS.server());
    send(node, ORDERS.identity());
    now.addAndGet(Duration.ofSeconds(30).toNanos());

    assertThatThrownBy(() -> send(node, OTHER_TOPOLOGY))
        .isInstanceOf(BrokerException.class)
        .hasMessage("127.0.0.1 was the address of a node of shop/orders until now");
    assertThat(received).hasSize(1);
    assertThat(send(node, ORDERS.identity())).as("the owner goes on").isEqualTo("{}");

    now.addAndGet(Duration.ofSeconds(36).toNanos());
    URI another = server(OTHERS.server("others-0.others-nodes.shop.svc"));
    assertThat(send(another, OTHER_TOPOLOGY)).isEqualTo("{}");
  }

  @Test
  void anAddressThatWasForgottenIsAskedAgain() {
    URI node = server(ORDERS.server());
    send(node, ORDERS.identity());
    now.addAndGet(Duration.ofMinutes(11).toNanos());
    URI another = server(OTHERS.server("others-0.others-nodes.shop.svc"));

    assertThat(send(another, OTHER_TOPOLOGY)).isEqualTo("{}");
    assertThat(send(node, ORDERS.identity())).isEqualTo("{}");
  }

  @Test
  void anAddressHasOneFormHoweverItIsWritten() {
    assertThat(ServerTrust.address("[fd00::1]", 15671))
        .isEqualTo(ServerTrust.address("fd00:0:0:0:0:0:0:1", 15671))
        .isNotEqualTo(ServerTrust.address("fd00::1", 5671));
    assertThat(ServerTrust.address("10.1.2.3", 15671)).isEqualTo("10.1.2.3 15671");
  }

  private static NodeIdentity identity(String authorities) {
    return new NodeIdentity(TestAuthority.TOPOLOGY, TestAuthority.HOST, authorities);
  }

  private void assertRefused(URI node, NodeIdentity identity, String why) {
    int before = received.size();
    BrokerException refused =
        catchThrowableOfType(BrokerException.class, () -> send(node, identity));

    assertThat(refused).isNotNull().hasMessageContaining(why);
    assertThat(refused.kind()).isEqualTo(Kind.UNAVAILABLE);
    assertThat(received).as("what the server received").hasSize(before);
  }

  private String send(URI url, NodeIdentity identity) {
    NodeAddress node = new NodeAddress("orders-0", url, identity);
    return new ManagementApiNode(http, node, "operator", "password", Duration.ofSeconds(10))
        .send(REQUEST);
  }

  private URI server(SSLContext tls) {
    try {
      HttpsServer server =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(tls));
      server.createContext(
          "/",
          exchange -> {
            received.add(exchange.getRequestURI().toString());
            FakeManagementApi.answer(exchange, 200, "{}");
          });
      server.start();
      servers.add(server);
      return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
