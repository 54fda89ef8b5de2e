package dev.warren.gateway.dispatch;

import static dev.warren.gateway.dispatch.RawReceiver.ok;
import static dev.warren.gateway.dispatch.RawReceiver.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import dev.warren.gateway.dispatch.Outcome.Delivered;
import dev.warren.gateway.dispatch.Outcome.Permanent;
import dev.warren.gateway.dispatch.Outcome.Retriable;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to receivers as they are. */
class ReceiverConnectionTest {

  private static final OutgoingEvent EVENT =
      new OutgoingEvent(
          CloudEventBuilder.v1()
              .withId("e")
              .withSource(URI.create("/s"))
              .withType("t")
              .withData(new byte[] {'x'})
              .build(),
          Optional.empty(),
          Optional.empty(),
          MessageHeaders.of(
              new QueuedMessage("", false, new BasicProperties(), new byte[0]), header -> true));

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aConnectionThatTheReceiverHasClosedCostsNoAttempt(boolean byReset) throws Exception {
    try (RawReceiver server =
            new RawReceiver(
                (socket, connection, request) -> {
                  if (request == 1) {
                    ok(socket);
                  } else if (byReset) {
                    RawReceiver.reset(socket);
                  } else {
                    socket.close();
                  }
                });
        Receiver receiver = receiver("http://localhost:" + server.port())) {
      for (int i = 0; i < 20; i++) {
        assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Delivered.class);
      }
    }
  }

  @Test
  void aNewConnectionThatEndsWithoutAnAnswerIsAFailure() throws Exception {
    try (RawReceiver server =
            new RawReceiver((socket, connection, request) -> RawReceiver.reset(socket));
        Receiver receiver = receiver("http://localhost:" + server.port())) {
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Retriable.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @Test
  void anAnswerThatEndsTooEarlyIsAFailure() throws Exception {
    try (RawReceiver server =
            new RawReceiver(
                (socket, connection, request) -> {
                  if (connection == 1 && request == 1) {
                    ok(socket);
                  } else {
                    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok");
                    socket.close();
                  }
                });
        Receiver receiver = receiver("http://localhost:" + server.port())) {
      receiver.send(EVENT, Answer.EXCERPT);

      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Retriable.class);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void aConnectionThatIsInUseIsRenewed() throws Exception {
    try (RawReceiver server = new RawReceiver((socket, connection, request) -> ok(socket));
        Receiver receiver = receiver("http://localhost:" + server.port())) {
      long end = System.nanoTime() + Duration.ofMillis(4_500).toNanos();
      int sent = 0;
      while (System.nanoTime() < end) {
        receiver.send(EVENT, Answer.EXCERPT);
        sent++;
      }
      // A connection may not have been given back yet when the next message is sent.
      assertThat(server.connections()).isBetween(2, 20).isLessThan(sent);
    }
  }

  @Test
  void aConnectionIsUsedAgain() throws Exception {
    try (RawReceiver server = new RawReceiver((socket, connection, request) -> ok(socket));
        Receiver receiver = receiver("http://localhost:" + server.port())) {
      for (int i = 0; i < 10; i++) {
        receiver.send(EVENT, Answer.EXCERPT);
      }
      assertThat(server.connections()).isLessThan(10);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "3, 2", "5, 4", "600, 4", ", 4", "0, 0"})
  void aConnectionIsGivenUpBeforeTheReceiverDoes(Integer announced, int seconds) {
    var response = new BasicHttpResponse(200);
    if (announced != null) {
      response.setHeader("Keep-Alive", "timeout=" + announced);
    }
    HttpClientContext context = HttpClientContext.create();

    long idle = DeliveryClient.idle(response, context).toMilliseconds();

    assertThat(idle).isEqualTo(Math.max(1, 1000L * seconds));
  }

  @Test
  void eachAddressOfAHostGetsItsTurn() throws Exception {
    InetAddress[] three = {
      InetAddress.getByName("10.0.0.1"),
      InetAddress.getByName("10.0.0.2"),
      InetAddress.getByName("10.0.0.3")
    };
    Addresses addresses = new Addresses();
    List<InetAddress> first = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      InetAddress[] turn = addresses.rotated(three);
      assertThat(turn).containsExactlyInAnyOrder(three);
      first.add(turn[0]);
    }
    assertThat(first).containsExactly(three[0], three[1], three[2], three[0], three[1], three[2]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n"
      })
  void theAnswerMayComeLater(String before) throws Exception {
    try (RawReceiver server =
            new RawReceiver(
                (socket, connection, request) -> {
                  write(socket, before);
                  ok(socket);
                });
        Receiver receiver = receiver("http://localhost:" + server.port())) {
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Delivered.class);
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Delivered.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nTrailer: a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=none\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"
      })
  void anyAnswerIsRead(String answer) throws Exception {
    try (RawReceiver server =
            new RawReceiver(
                (socket, connection, request) -> {
                  write(socket, answer);
                  if (answer.startsWith("HTTP/1.0")) {
                    socket.close();
                  }
                });
        Receiver receiver = receiver("http://localhost:" + server.port())) {
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Delivered.class);
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Delivered.class);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/a%2Fb/c;v=1?x=%20y&z=1+2&q=a%26b&e=,/a%2Fb/c;v=1?x=%20y&z=1+2&q=a%26b&e=",
    "?x=1,/?x=1",
    "'',/",
    "//a/../b,//a/../b"
  })
  void theUrlIsSentAsItIsWritten(String written, String sent) throws Exception {
    try (RawReceiver server = new RawReceiver((socket, connection, request) -> ok(socket));
        Receiver receiver = receiver("http://localhost:" + server.port() + written)) {
      receiver.send(EVENT, Answer.EXCERPT);

      assertThat(server.requests().getFirst())
          .startsWith("POST " + sent + " HTTP/1.1\r\n")
          .contains("\r\nHost: localhost:" + server.port() + "\r\n")
          .contains("\r\nContent-Length: 1\r\n")
          .doesNotContain("Accept-Encoding", "Upgrade", "Expect", "Cookie");
    }
  }

  @Test
  void anAddressOfIpv6IsAHost() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "this machine has IPv6");
    InetAddress loopback = InetAddress.getByName("::1");
    try (RawReceiver server =
            new RawReceiver(loopback, 0, (socket, connection, request) -> ok(socket));
        Receiver receiver = receiver("http://[::1]:" + server.port() + "/a")) {
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Delivered.class);
      assertThat(server.requests().getFirst())
          .contains("\r\nHost: [::1]:" + server.port() + "\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"no_such_host", "receiver.7gw", "receiver.7gw."})
  void aHostThatDoesNotExistIsReportedAndMayComeLater(String host) throws Exception {
    try (Receiver receiver = receiver("http://" + host + ":8080/a")) {
      Retriable outcome = (Retriable) receiver.send(EVENT, Answer.EXCERPT);

      assertThat(outcome.failure().reason()).isEqualTo("no such host: " + host);
    }
  }

  @Test
  void aPortThatNobodyListensOnIsAFailure() throws Exception {
    try (Receiver receiver = receiver("http://localhost:" + TestReceiver.freePort())) {
      Retriable outcome = (Retriable) receiver.send(EVENT, Answer.EXCERPT);

      assertThat(outcome.failure().reason()).startsWith("no connection: ").contains("refused");
    }
  }

  @Test
  void anAttemptEndsAfterItsTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        Receiver receiver = receiver("http://127.0.0.1:" + silent.getLocalPort())) {
      Retriable outcome = (Retriable) receiver.send(EVENT, Answer.EXCERPT);

      assertThat(outcome.failure().reason()).isEqualTo("no answer within 2000 ms");
    }
  }

  @ParameterizedTest
  @CsvSource({"307, true", "308, true", "301, false", "302, false", "303, false"})
  void aRedirectIsFollowedIfItAsksForTheSameRequest(int status, boolean isFollowed)
      throws Exception {
    try (RawReceiver target = new RawReceiver((socket, connection, request) -> ok(socket));
        RawReceiver server = redirecting(status, "http://127.0.0.1:" + target.port() + "/to");
        Receiver receiver = following("http://localhost:" + server.port())) {
      Outcome outcome = receiver.send(EVENT, Answer.EXCERPT);

      if (isFollowed) {
        assertThat(outcome).isInstanceOf(Delivered.class);
        assertThat(target.requests().getFirst())
            .startsWith("POST /to HTTP/1.1\r\n")
            .contains("\r\nce-id: e\r\n", "\r\nContent-Length: 1\r\n");
      } else {
        assertThat(((Permanent) outcome).failure().status()).contains(status);
        assertThat(target.requests()).isEmpty();
      }
    }
  }

  @Test
  void redirectsWithoutAnEndAreAFailure() throws Exception {
    try (RawReceiver server = redirecting(307, "/again");
        Receiver receiver = following("http://localhost:" + server.port())) {
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isNotInstanceOf(Delivered.class);
      assertThat(server.requests()).hasSize(6);
    }
  }

  @Test
  void noRedirectIsFollowedUnlessTheConsumerSaysSo() throws Exception {
    try (RawReceiver server = redirecting(307, "/again");
        Receiver receiver = receiver("http://localhost:" + server.port())) {
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Permanent.class);
      assertThat(server.requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a: b\r\n"})
  void theHeadOfAnAnswerHasALimit(String again) throws Exception {
    try (RawReceiver server =
            new RawReceiver(
                (socket, connection, request) -> {
                  write(socket, "HTTP/1.1 200 OK\r\nX: ");
                  writeForever(socket, again.repeat(1000), Duration.ZERO);
                });
        Receiver receiver =
            receiver("http://localhost:" + server.port(), Redirects.REFUSE, 10_000)) {
      assertThat(receiver.send(EVENT, Answer.EXCERPT))
          .isInstanceOfSatisfying(
              Retriable.class,
              failed -> assertThat(failed.failure().reason()).startsWith("no answer: "));
    }
  }

  @ParameterizedTest
  @CsvSource({"a, 50", "a, 0"})
  void anAnswerThatDoesNotEndDoesNotDelayOthers(String again, int pauseMillis) throws Exception {
    try (RawReceiver server =
            new RawReceiver(
                (socket, connection, request) -> {
                  if (connection == 1) {
                    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 900000000000\r\n\r\n");
                    writeForever(
                        socket,
                        again.repeat(pauseMillis == 0 ? 100_000 : 1),
                        Duration.ofMillis(pauseMillis));
                  } else {
                    ok(socket);
                  }
                });
        Receiver receiver = receiver("http://localhost:" + server.port(), Redirects.REFUSE, 5_000);
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<Outcome> endless = thread.submit(() -> receiver.send(EVENT, Answer.EXCERPT));
      await().until(() -> server.connections() == 1);
      assertThat(receiver.send(EVENT, Answer.EXCERPT)).isInstanceOf(Delivered.class);
      assertThat(endless.get())
          .isInstanceOfSatisfying(
              Retriable.class,
              failed ->
                  assertThat(failed.failure().reason()).isEqualTo("no answer within 5000 ms"));
    }
  }

  /** Until the other side closes the connection. */
  private static void writeForever(Socket socket, String text, Duration pause) throws IOException {
    try {
      while (true) {
        write(socket, text);
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static RawReceiver redirecting(int status, String location) throws IOException {
    return new RawReceiver(
        (socket, connection, request) ->
            write(
                socket,
                "HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
                    .formatted(status, location)));
  }

  private static Receiver receiver(String url) {
    return receiver(url, Redirects.REFUSE);
  }

  private static Receiver following(String url) {
    return receiver(url, Redirects.FOLLOW);
  }

  private static Receiver receiver(String url, Redirects redirects) {
    return receiver(url, redirects, 2_000);
  }

  private static Receiver receiver(String url, Redirects redirects, long timeoutMillis) {
    return new Receiver(
        new HttpDelivery(
            "notify",
            URI.create(url),
            Method.POST,
            timeoutMillis,
            8,
            false,
            ContentMode.BINARY,
            redirects,
            new Retry(1, 1, 1),
            null,
            null),
        Clock.systemUTC());
  }
}
