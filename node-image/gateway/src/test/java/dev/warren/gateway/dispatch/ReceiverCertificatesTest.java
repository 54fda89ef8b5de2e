package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import dev.warren.gateway.dispatch.HttpDelivery.Tls;
import dev.warren.gateway.dispatch.MessageDelivery.Settlement;
import dev.warren.gateway.dispatch.Outcome.Delivered;
import dev.warren.gateway.dispatch.Outcome.NotSent;
import dev.warren.gateway.dispatch.Outcome.Retriable;
import dev.warren.gateway.tls.TestAuthority;
import dev.warren.gateway.tls.TestAuthority.Leaf;
import dev.warren.gateway.tls.TestSecret;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers with authorities and client certificates of Secrets, which change. */
class ReceiverCertificatesTest {

  private static final TestAuthority ROOT = TestAuthority.root("root");
  private static final TestAuthority OTHER = TestAuthority.root("other");
  private static final Duration TO_BE_READ_AGAIN = Duration.ofSeconds(5);

  @TempDir Path folder;

  private final Vertx vertx = Vertx.vertx();
  private final List<X509Certificate> clients = new CopyOnWriteArrayList<>();
  private TestSecret ca;
  private TestSecret certificate;

  @BeforeEach
  void makeFolders() throws IOException {
    ca = new TestSecret(Files.createDirectory(folder.resolve("ca")));
    certificate = new TestSecret(Files.createDirectory(folder.resolve("certificate")));
    ca.write("ca.crt", TestAuthority.pem(ROOT));
  }

  @AfterEach
  void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReceiverOfTheAuthorityIsTrusted(boolean isIntermediate) throws Exception {
    TestAuthority signer = isIntermediate ? ROOT.intermediate("below") : ROOT;

    assertThat(sendTo(signer.leaf("localhost"))).isInstanceOf(Delivered.class);
  }

  @Test
  void oneOfSeveralAuthoritiesIsEnough() throws Exception {
    ca.write("ca.crt", TestAuthority.pem(OTHER, ROOT));

    assertThat(sendTo(ROOT.leaf("localhost"))).isInstanceOf(Delivered.class);
  }

  @Test
  void anotherAuthorityIsNotTrusted() throws Exception {
    assertNoTls(sendTo(OTHER.leaf("localhost")), "unable to find valid certification path");
  }

  @Test
  void theNameOfTheHostIsVerified() throws Exception {
    assertNoTls(sendTo(ROOT.leaf("elsewhere.example")), "localhost");
    // The common name does not count, and neither does a name for an address.
    assertNoTls(sendTo(ROOT.leaf()), "localhost");
    assertNoTls(send("127.0.0.1", ROOT.leaf("localhost")), "127.0.0.1");
    assertThat(send("127.0.0.1", ROOT.leaf("127.0.0.1"))).isInstanceOf(Delivered.class);
  }

  @Test
  void anExpiredCertificateIsNotTrusted() throws Exception {
    assertNoTls(sendTo(ROOT.expired("localhost")), "validity check failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aReceiverThatAsksGetsTheCertificate(String version) throws Exception {
    HttpServer server = server(ROOT.leaf("localhost"), ClientAuth.REQUIRED, version);
    Leaf own = ROOT.intermediate("clients").leaf("client");
    certificate.write(own);

    try (Receiver receiver = receiver(server, withCertificate())) {
      assertThat(send(receiver)).isInstanceOf(Delivered.class);
    }
    assertThat(clients).containsExactly(own.certificate());
    try (Receiver receiver = receiver(server, withoutCertificate())) {
      assertRefused(send(receiver));
    }
    certificate.write(OTHER.leaf("client"));
    try (Receiver receiver = receiver(server, withCertificate())) {
      assertRefused(send(receiver));
    }
  }

  @Test
  void aRenewedCertificateIsUsedWithoutARestart() throws Exception {
    HttpServer server = server(ROOT.leaf("localhost"), ClientAuth.REQUIRED, "TLSv1.3");
    Leaf first = ROOT.leaf("client");
    Leaf second = ROOT.leaf("client");
    certificate.write(first);
    try (Receiver receiver = receiver(server, withCertificate())) {
      assertThat(send(receiver)).isInstanceOf(Delivered.class);
      certificate.write(second);

      await()
          .atMost(TO_BE_READ_AGAIN)
          .untilAsserted(
              () -> {
                assertThat(send(receiver)).isInstanceOf(Delivered.class);
                assertThat(clients).contains(second.certificate());
              });
      assertThat(clients).contains(first.certificate());
    }
  }

  @Test
  void aChangedAuthorityIsUsedWithoutARestart() throws Exception {
    HttpServer server = server(ROOT.leaf("localhost"), ClientAuth.NONE, "TLSv1.3");
    try (Receiver receiver = receiver(server, withoutCertificate())) {
      assertThat(send(receiver)).isInstanceOf(Delivered.class);
      ca.write("ca.crt", TestAuthority.pem(OTHER));

      await().atMost(TO_BE_READ_AGAIN).until(() -> send(receiver) instanceof Retriable);
      // A session that was begun with the former authority would be resumed without a check.
      assertNoTls(send(receiver), "unable to find valid certification path");
      ca.write("ca.crt", TestAuthority.pem(ROOT));
      await().atMost(TO_BE_READ_AGAIN).until(() -> send(receiver) instanceof Delivered);
    }
  }

  /** Requests that are under way when the files change are answered. */
  @Test
  void aChangeEndsNoRequest() throws Exception {
    HttpServer server = server(ROOT.leaf("localhost"), ClientAuth.NONE, "TLSv1.3");
    try (Receiver receiver = receiver(server, withoutCertificate())) {
      List<Outcome> outcomes = new CopyOnWriteArrayList<>();
      List<Thread> senders = new ArrayList<>();
      long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
      for (int i = 0; i < 4; i++) {
        senders.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (System.nanoTime() < end) {
                        outcomes.add(send(receiver));
                      }
                    }));
      }
      while (System.nanoTime() < end) {
        ca.write("ca.crt", TestAuthority.pem(ROOT, OTHER));
        Thread.sleep(300);
        ca.write("ca.crt", TestAuthority.pem(ROOT));
        Thread.sleep(300);
      }
      for (Thread sender : senders) {
        sender.join();
      }
      assertThat(outcomes).hasSizeGreaterThan(20).hasOnlyElementsOfType(Delivered.class);
    }
  }

  @Test
  void aFileThatCannotBeUsedIsReportedWithItsField() throws Exception {
    HttpServer server = server(ROOT.leaf("localhost"), ClientAuth.NONE, "TLSv1.3");
    try (Receiver receiver = receiver(server, withCertificate())) {
      assertNotSent(send(receiver), "http.clientCertificateSecret: tls.crt is missing");
      certificate.write("tls.crt", ROOT.leaf().chain());
      assertNotSent(send(receiver), "http.clientCertificateSecret: tls.key is missing");
      certificate.write(ROOT.leaf());
      ca.write("ca.crt", "nothing".getBytes());
      assertNotSent(send(receiver), "http.caSecret: ca.crt has no certificate");
      ca.write("other", new byte[0]);
      assertNotSent(send(receiver), "http.caSecret: ca.crt is missing");
      ca.write("ca.crt", TestAuthority.pem(ROOT));
      assertThat(send(receiver)).isInstanceOf(Delivered.class);
    }
  }

  /** More than the three attempts that a message has. */
  @Test
  void aMessageWaitsUntilTheFilesAreRight() throws Exception {
    HttpServer server = server(ROOT.leaf("localhost"), ClientAuth.NONE, "TLSv1.3");
    ca.write("ca.crt", new byte[0]);
    LastAttempts attempts = new LastAttempts();
    HttpDelivery delivery = delivery("localhost", server, withoutCertificate());
    try (Receiver receiver = new Receiver(delivery, Clock.systemUTC())) {
      MessageDelivery deliveries =
          new MessageDelivery(
              delivery,
              new EventFactory(EventFactory.source("/", "hooks"), ContentMode.BINARY),
              receiver,
              new Backoff(delivery.retry(), RandomGenerator.getDefault()),
              new DeadLetter("notify", "hooks"),
              null,
              new DeliveryMetrics(new SimpleMeterRegistry(), "notify"),
              attempts,
              Clock.systemUTC());
      CompletableFuture<Settlement> settled = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  settled.complete(
                      deliveries.deliver(
                          new QueuedMessage("key", false, new BasicProperties(), new byte[0]),
                          () -> true));
                } catch (InterruptedException e) {
                  settled.completeExceptionally(e);
                }
              });
      await().atMost(Duration.ofSeconds(20)).until(() -> attempts.summary().failures() > 4);
      assertThat(attempts.summary().lastAnswer())
          .contains("no connection with TLS: http.caSecret: ca.crt has no certificate");
      assertThat(settled).isNotDone();
      ca.write("ca.crt", TestAuthority.pem(ROOT));

      assertThat(settled).succeedsWithin(TO_BE_READ_AGAIN).isEqualTo(Settlement.ACKNOWLEDGE);
    }
  }

  private static void assertNoTls(Outcome outcome, String reason) {
    assertThat(outcome).isInstanceOf(Retriable.class);
    assertThat(((Retriable) outcome).failure().reason())
        .startsWith("no connection with TLS: ")
        .contains(reason);
  }

  /** In which of its two ways depends on the version of TLS and of HTTP. */
  private static void assertRefused(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Retriable.class);
    assertThat(((Retriable) outcome).failure().reason())
        .containsAnyOf(
            "no connection with TLS: (handshake_failure)",
            "no connection with TLS: (certificate_required)",
            "no answer: the receiver closed the connection, perhaps because it wants another"
                + " certificate (http.clientCertificateSecret)");
  }

  private static void assertNotSent(Outcome outcome, String reason) {
    assertThat(outcome).isInstanceOf(NotSent.class);
    assertThat(((NotSent) outcome).failure().reason())
        .isEqualTo("no connection with TLS: " + reason);
  }

  private Tls withCertificate() {
    return new Tls(ca.folder(), certificate.folder());
  }

  private Tls withoutCertificate() {
    return new Tls(ca.folder(), null);
  }

  private Outcome sendTo(Leaf receivers) throws Exception {
    return send("localhost", receivers);
  }

  private Outcome send(String host, Leaf receivers) throws Exception {
    HttpServer server = server(receivers, ClientAuth.NONE, "TLSv1.3");
    try (Receiver receiver =
        new Receiver(delivery(host, server, withoutCertificate()), Clock.systemUTC())) {
      return send(receiver);
    }
  }

  private static Outcome send(Receiver receiver) {
    try {
      return receiver.send(ReceiverTlsTest.EVENT, Answer.EXCERPT);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private Receiver receiver(HttpServer server, Tls tls) {
    return new Receiver(delivery("localhost", server, tls), Clock.systemUTC());
  }

  private static HttpDelivery delivery(String host, HttpServer server, Tls tls) {
    return new HttpDelivery(
        "notify",
        URI.create("https://%s:%d/a".formatted(host, server.actualPort())),
        Method.POST,
        10_000,
        8,
        false,
        ContentMode.BINARY,
        Redirects.REFUSE,
        new Retry(3, 1, 1),
        null,
        tls);
  }

  private HttpServer server(Leaf leaf, ClientAuth asks, String version) {
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setEnabledSecureTransportProtocols(Set.of(version))
                .setClientAuth(asks)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .setCertValue(Buffer.buffer(leaf.chain()))
                        .setKeyValue(Buffer.buffer(leaf.pkcs8())))
                .setTrustOptions(
                    new PemTrustOptions().addCertValue(Buffer.buffer(TestAuthority.pem(ROOT)))))
        .requestHandler(this::answer)
        .listen(0)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  private void answer(HttpServerRequest request) {
    if (request.connection().isSsl() && request.sslSession() != null) {
      try {
        X509Certificate client = (X509Certificate) request.sslSession().getPeerCertificates()[0];
        if (!clients.contains(client)) {
          clients.add(client);
        }
      } catch (SSLPeerUnverifiedException e) {
        // Most of these servers do not ask.
      }
    }
    request.endHandler(whole -> request.response().setStatusCode(204).end());
  }
}
