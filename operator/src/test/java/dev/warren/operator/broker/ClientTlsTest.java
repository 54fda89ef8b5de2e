package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.PemKeyPair;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** The clients' port, reached by the address of a node, as the operator reaches it by AMQP. */
class ClientTlsTest {

  private static final TestAuthority AUTHORITY = new TestAuthority();
  private static final String HOST = "orders.shop.svc";

  @Test
  void theNameOfTheServiceIsVerifiedWhateverTheAddress() throws IOException {
    assertThat(connect(AUTHORITY.server("orders", HOST), trust(AUTHORITY))).isEqualTo("nobody");
    assertThatThrownBy(() -> connect(AUTHORITY.server("others.shop.svc"), trust(AUTHORITY)))
        .isInstanceOf(SSLHandshakeException.class)
        .hasMessageContaining("the certificate is for others.shop.svc and not for " + HOST);
  }

  @Test
  void anotherAuthorityIsRefused() {
    assertThatThrownBy(() -> connect(new TestAuthority().server(HOST), trust(AUTHORITY)))
        .isInstanceOf(SSLHandshakeException.class);
  }

  /** The system's own CAs do not know the test's. */
  @Test
  void withoutAnAuthorityOnlyThoseOfTheSystemCount() {
    assertThatThrownBy(() -> connect(AUTHORITY.server(HOST), ClientTrust.NONE))
        .isInstanceOf(SSLHandshakeException.class);
  }

  @Test
  void aServerThatAsksForACertificateGetsThatOfTheConnection() throws IOException {
    ClientTrust mutual =
        new ClientTrust(Optional.of(AUTHORITY.pem()), Optional.of(AUTHORITY.client("app")));

    assertThat(connect(AUTHORITY.server(HOST), mutual)).isEqualTo("CN=app");
  }

  @Test
  void whatCannotBeReadIsReported() {
    ClientTrust broken = new ClientTrust(Optional.of("no certificate"), Optional.empty());
    ClientTrust brokenKey =
        new ClientTrust(
            Optional.of(AUTHORITY.pem()),
            Optional.of(new PemKeyPair(AUTHORITY.client("app").certificate(), "no key")));

    for (ClientTrust trust : new ClientTrust[] {broken, brokenKey}) {
      assertThatThrownBy(() -> new ClientTls(trust, HOST).context())
          .isInstanceOf(BrokerException.class)
          .hasMessage("The certificates of clients of orders.shop.svc cannot be read");
    }
  }

  private static ClientTrust trust(TestAuthority authority) {
    return new ClientTrust(Optional.of(authority.pem()), Optional.empty());
  }

  /** Connects to a server of that kind; returns whom the server saw. */
  private static String connect(SSLContext server, ClientTrust trust) throws IOException {
    try (SSLServerSocket listener =
        (SSLServerSocket)
            server
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listener.setWantClientAuth(true);
      Thread.ofVirtual().start(() -> answer(listener));
      try (SSLSocket socket =
          (SSLSocket)
              new ClientTls(trust, HOST)
                  .context()
                  .getSocketFactory()
                  .createSocket(listener.getInetAddress(), listener.getLocalPort())) {
        return new String(socket.getInputStream().readAllBytes());
      }
    }
  }

  private static void answer(SSLServerSocket listener) {
    try (SSLSocket connection = (SSLSocket) listener.accept()) {
      connection.startHandshake();
      connection.getOutputStream().write(peer(connection).getBytes());
    } catch (IOException e) {
      // The client refused the server.
    }
  }

  private static String peer(SSLSocket connection) {
    try {
      return connection.getSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return "nobody";
    }
  }
}
