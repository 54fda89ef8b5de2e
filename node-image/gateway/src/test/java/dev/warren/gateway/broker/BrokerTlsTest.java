package dev.warren.gateway.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.config.BrokerAddress;
import dev.warren.gateway.tls.TestAuthority;
import dev.warren.gateway.tls.TestAuthority.Leaf;
import dev.warren.gateway.tls.TestSecret;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to a broker with TLS, by both ways in which the client library makes them. */
class BrokerTlsTest {

  private static final TestAuthority ROOT = TestAuthority.root("root");
  private static final TestAuthority OTHER = TestAuthority.root("other");

  @TempDir Path folder;

  private final BlockingQueue<Object> handshakes = new LinkedBlockingQueue<>();
  private SSLServerSocket listener;

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theAuthorityAndTheNameAreVerified(boolean isNio) throws Exception {
    TestSecret secret = new TestSecret(folder);
    secret.write("ca.crt", TestAuthority.pem(ROOT));
    listen(ROOT.leaf("localhost"), false);
    ConnectionFactory factory = factory(isNio, false);

    assertConnects(factory);
    secret.write("ca.crt", TestAuthority.pem(OTHER));
    assertRefused(factory, "unable to find valid certification path");
    secret.write("ca.crt", TestAuthority.pem(OTHER, ROOT));
    assertConnects(factory);
    secret.write("ca.crt", new byte[0]);
    assertRefused(factory, "ca.crt has no certificate");
    listener.close();
    secret.write("ca.crt", TestAuthority.pem(ROOT));
    listen(ROOT.leaf("elsewhere"), false);
    assertRefused(factory(isNio, false), "localhost");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBrokerThatAsksGetsTheCertificate(boolean isNio) throws Exception {
    TestSecret secret = new TestSecret(folder);
    Leaf own = ROOT.leaf("app");
    listen(ROOT.leaf("localhost"), true);
    ConnectionFactory factory = factory(isNio, true);
    for (Leaf next : new Leaf[] {own, ROOT.leaf("app")}) {
      secret.write(
          Map.of(
              "ca.crt", TestAuthority.pem(ROOT), "tls.crt", next.chain(), "tls.key", next.key()));
      connect(factory);
      assertThat(handshakes.poll(10, TimeUnit.SECONDS)).isEqualTo(next.certificate());
    }
  }

  @Test
  void aBrokerOfTheSamePodHasNoTls() throws IOException {
    listener =
        (SSLServerSocket) ROOT.leaf("a").context().getServerSocketFactory().createServerSocket(0);
    assertThat(
            BrokerTls.of(new Address(5672, Optional.empty(), Optional.empty(), Optional.empty())))
        .isEmpty();
    assertThat(
            BrokerTls.of(new Address(5671, Optional.empty(), Optional.empty(), Optional.empty())))
        .isPresent();
  }

  private void assertConnects(ConnectionFactory factory) throws Exception {
    connect(factory);
    assertThat(handshakes.poll(10, TimeUnit.SECONDS)).isEqualTo("");
  }

  private void assertRefused(ConnectionFactory factory, String why) throws Exception {
    assertThatThrownBy(() -> factory.newConnection("test"))
        .isInstanceOf(IOException.class)
        .hasStackTraceContaining(why);
    // The client's alert, or that it is gone.
    assertThat(handshakes.poll(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
  }

  /** The broker of this test speaks TLS only, and no AMQP. */
  private static void connect(ConnectionFactory factory) {
    assertThatThrownBy(() -> factory.newConnection("test"))
        .isInstanceOf(Exception.class)
        .isNotInstanceOf(SSLHandshakeException.class);
  }

  /** The consumer's library still uses what is deprecated. */
  @SuppressWarnings("deprecation")
  private ConnectionFactory factory(boolean isNio, boolean hasCertificate) {
    ConnectionFactory factory =
        Connections.to(
            new Address(
                listener.getLocalPort(),
                Optional.of(folder.resolve("ca.crt")),
                hasCertificate ? Optional.of(folder.resolve("tls.crt")) : Optional.empty(),
                hasCertificate ? Optional.of(folder.resolve("tls.key")) : Optional.empty()));
    if (isNio) {
      factory.useNio();
    }
    return factory;
  }

  private void listen(Leaf leaf, boolean asks) throws IOException {
    listener = (SSLServerSocket) leaf.context(ROOT).getServerSocketFactory().createServerSocket(0);
    listener.setNeedClientAuth(asks);
    ServerSocket mine = listener;
    Thread.ofVirtual()
        .start(
            () -> {
              while (!mine.isClosed()) {
                try (SSLSocket socket = (SSLSocket) mine.accept()) {
                  socket.startHandshake();
                  // TLS 1.3: the client may refuse after that.
                  socket.getInputStream().read();
                  handshakes.add(asks ? socket.getSession().getPeerCertificates()[0] : "");
                } catch (SSLException e) {
                  handshakes.add(e);
                } catch (IOException e) {
                  if (!mine.isClosed()) {
                    handshakes.add(e);
                  }
                }
              }
            });
  }

  private record Address(
      int port, Optional<Path> caFile, Optional<Path> certificateFile, Optional<Path> keyFile)
      implements BrokerAddress {

    @Override
    public String host() {
      return "localhost";
    }

    @Override
    public String vhost() {
      return "/";
    }

    @Override
    public String username() {
      return "guest";
    }

    @Override
    public String password() {
      return "guest";
    }
  }
}
