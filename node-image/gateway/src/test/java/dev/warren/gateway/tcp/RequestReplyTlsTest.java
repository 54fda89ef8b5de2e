package dev.warren.gateway.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.broker.Requester;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.config.Framing;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.config.TlsFiles;
import dev.warren.gateway.tls.TestAuthority;
import dev.warren.gateway.tls.TestAuthority.Leaf;
import dev.warren.gateway.tls.TestSecret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over TCP with TLS. There is no broker, which is an answer too. */
class RequestReplyTlsTest {

  private static final TestAuthority ROOT = TestAuthority.root("root");
  private static final String NO_BROKER = "!error unavailable ";

  @TempDir Path folder;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final EventLoopGroup events = new NioEventLoopGroup(1);
  private final Publisher publisher = new Publisher(new NoBroker(), "test");
  private final Requester requester = new Requester(new NoBroker(), publisher, meters);
  private TestSecret secret;
  private RequestReplyEndpoint endpoint;
  private RequestReplyServer server;

  @BeforeEach
  void listen() throws IOException {
    secret = new TestSecret(folder);
    present(ROOT.leaf("localhost"));
    endpoint =
        new RequestReplyEndpoint(
            "echo",
            0,
            "q",
            Framing.LINE,
            5000,
            60_000,
            100,
            75,
            1000,
            60_000,
            false,
            Optional.of(new TlsFiles(folder.resolve("door.crt"), folder.resolve("door.key"))));
    server =
        new RequestReplyServer(events, endpoint, requester, new Clients(1 << 22, 1 << 22), meters);
  }

  @AfterEach
  void close() {
    server.close();
    requester.close();
    publisher.close();
    events.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private void present(Leaf leaf) {
    secret.write(Map.of("door.crt", leaf.chain(), "door.key", leaf.key()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void requestsAreAnswered(String version) throws Exception {
    try (SSLSocket socket = socket(version)) {
      for (String size : new String[] {"a", "b".repeat(50_000)}) {
        assertThat(answer(socket, size + "\n")).startsWith(NO_BROKER);
      }
      // What is said before the connection is closed by the gateway.
      assertThat(answer(socket, "c".repeat(70_000))).startsWith("!error too-large");
      assertThat(socket.getInputStream().read()).isNegative();
    }
  }

  /** It says that it sends nothing more, and reads on. */
  @Test
  void aClientThatHasFinishedGetsItsAnswer() throws Exception {
    try (SSLSocket socket = socket("TLSv1.3")) {
      socket.getOutputStream().write("hello\n".getBytes(US_ASCII));
      socket.shutdownOutput();

      assertThat(line(socket)).startsWith(NO_BROKER);
      assertThat(socket.getInputStream().read()).as("the end, said by TLS").isNegative();
    }
  }

  @Test
  void aRenewalInPlaceEndsNoConnection() throws Exception {
    try (SSLSocket kept = socket("TLSv1.3")) {
      for (int i = 0; i < 10; i++) {
        Leaf next = ROOT.leaf("localhost");
        present(next);
        server.change(endpoint);

        try (SSLSocket socket = socket("TLSv1.3")) {
          assertThat(((X509Certificate) socket.getSession().getPeerCertificates()[0]))
              .isEqualTo(next.certificate());
          assertThat(answer(socket, "a\n")).startsWith(NO_BROKER);
        }
        assertThat(answer(kept, "a\n")).startsWith(NO_BROKER);
      }
    }
  }

  @Test
  void aPlainClientIsClosed() throws Exception {
    try (Socket socket = new Socket("localhost", server.port())) {
      socket.setSoTimeout(5000);
      socket.getOutputStream().write("hello\n".getBytes(US_ASCII));

      assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
          .doesNotContain("error");
    }
    await()
        .untilAsserted(
            () ->
                assertThat(
                        meters
                            .get("warren.gateway.refused")
                            .tag("reason", "handshake")
                            .counter()
                            .count())
                    .isOne());
  }

  private SSLSocket socket(String version) throws IOException {
    SSLSocket socket =
        (SSLSocket) ROOT.trusting().getSocketFactory().createSocket("localhost", server.port());
    socket.setEnabledProtocols(new String[] {version});
    socket.setSoTimeout(10_000);
    socket.startHandshake();
    return socket;
  }

  private static String answer(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    return line(socket);
  }

  private static String line(Socket socket) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = socket.getInputStream().read(); next != '\n'; ) {
      assertThat(next).as(line.toString()).isNotNegative();
      line.append((char) next);
      next = socket.getInputStream().read();
    }
    return line.toString();
  }

  private static final class NoBroker extends ConnectionFactory {

    @Override
    public Connection newConnection(ExecutorService callbacks, String name) throws IOException {
      throw new IOException("there is no broker");
    }
  }
}
