package dev.warren.operator.broker;

import static dev.warren.operator.broker.FakeManagementApi.PASSWORD;
import static dev.warren.operator.broker.FakeManagementApi.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.ApiAction;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which nodes are asked, and how their failures are reported. */
@Timeout(20)
class ManagementApiBrokerClientTest {

  private static final ApiAction ACTION = new BrokerAction.AddMember("q", "rabbit@b");

  @RegisterExtension final FakeManagementApi api = new FakeManagementApi();

  @Test
  void skipsNodesThatAreDownOrFail() throws IOException {
    URI failing = api.server(503, "{\"error\":\"service_unavailable\",\"reason\":\"booting\"}");
    URI nonsense = api.server(200, "<html>");

    assertThat(api.client(api.closed(), failing, nonsense, api.broker("quorum")).observe())
        .isInstanceOf(Reachable.class);
  }

  @Test
  void skipsASilentNodeAfterItsTimeout() throws IOException {
    long start = System.nanoTime();

    assertThat(api.client(api.silent(""), api.broker("quorum")).observe())
        .isInstanceOf(Reachable.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void skipsANodeThatFallsSilentAfterItsHeaders() throws IOException {
    URI stalling = api.silent("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{");

    assertThat(api.client(stalling, api.broker("quorum")).observe()).isInstanceOf(Reachable.class);
  }

  @Test
  void isUnreachableWhenNoNodeAnswers() throws IOException {
    assertThat(api.client(api.closed()).observe())
        .isEqualTo(
            new Unreachable(
                "127.0.0.1:" + api.closed().getPort() + " did not accept a connection"));
    assertThat(api.client().observe())
        .isEqualTo(new Unreachable("The broker has no node to query"));
  }

  @Test
  void anEndlessAnswerIsNotReadToTheEnd() throws IOException {
    AtomicLong sent = new AtomicLong();
    URI endless = api.server(exchange -> answerForEver(exchange, sent));

    assertThat(api.client(endless).observe())
        .isEqualTo(
            new Unreachable(
                name(endless)
                    + " of Pod orders-0 answered with more than 8 MiB, which is not read"));
    assertThat(sent.get()).isLessThan(100 << 20);
  }

  @Test
  void anAnswerAtTheLimitIsRead() throws IOException {
    String padding = " ".repeat((8 << 20) - 2);
    URI atTheLimit = api.server(200, "[" + padding + "]");
    URI aboveTheLimit = api.server(200, "[ " + padding + "]");

    assertThat(api.client(atTheLimit).workByAddress()).isEmpty();
    assertThatThrownBy(() -> api.client(aboveTheLimit).workByAddress())
        .hasMessageContaining("more than 8 MiB");
  }

  private static void answerForEver(HttpExchange exchange, AtomicLong sent) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] part = "[".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
    while (true) {
      exchange.getResponseBody().write(part);
      sent.addAndGet(part.length);
    }
  }

  @Test
  void stopsAtANodeThatKnowsOtherCredentials() throws IOException {
    URI stranger = api.server(401, "{\"error\":\"not_authorized\",\"reason\":\"Not_Authorized\"}");

    assertThat(api.client(stranger, api.broker("quorum")).observe())
        .isEqualTo(
            new Unreachable(name(stranger) + " does not accept the operator's credentials", true));
    assertThat(api.requests()).hasSize(1);
  }

  @Test
  void reportsThatItMayNotReadEverything() throws IOException {
    URI narrow = api.server(401, "{\"error\":\"not_authorised\",\"reason\":\"Not administrator\"}");

    assertThat(refused(narrow, api.closed())).isTrue();
    assertThat(refused(api.closed())).isFalse();
  }

  private boolean refused(URI... nodes) {
    return ((Unreachable) api.client(nodes).observe()).refused();
  }

  private static String name(URI node) {
    return node.getHost() + ":" + node.getPort();
  }

  @ParameterizedTest
  @CsvSource({
    "400, bad_request, REFUSED",
    "404, not_found, REFUSED",
    "405, method_not_allowed, REFUSED",
    "409, conflict, REFUSED",
    "413, too_large, REFUSED",
    "401, not_authorised, REFUSED",
    "401, not_authorized, UNAUTHORIZED",
    "500, internal, FAILED",
    "503, service_unavailable, UNAVAILABLE"
  })
  void distinguishesKindsOfFailure(int status, String error, Kind kind) throws IOException {
    URI broker = api.server(status, "{\"error\":\"" + error + "\",\"reason\":\" because \\n\"}");

    BrokerException failure = failure(api.client(broker), ACTION);

    assertThat(failure.kind()).isEqualTo(kind);
    if (kind == Kind.REFUSED) {
      assertThat(failure).hasMessage("because");
    }
  }

  @Test
  void aRequestThatFailsAtEveryReachableNodeHasFailed() throws IOException {
    URI failing = api.server(500, "");

    assertThat(failure(api.client(failing, api.closed()), ACTION).kind()).isEqualTo(Kind.FAILED);
    assertThat(failure(api.client(api.closed(), failing), ACTION).kind()).isEqualTo(Kind.FAILED);
  }

  @Test
  void aRequestThatANodeMayStillCarryOutHasNotFailed() throws IOException {
    // Its deadline is shorter than a member's.
    ApiAction action = new BrokerAction.PutUser("app", PASSWORD);

    assertThat(failure(api.client(api.silent(""), api.server(500, "")), action).kind())
        .isEqualTo(Kind.UNAVAILABLE);
  }

  @Test
  void forbiddenIsNotAWrongPassword() throws IOException {
    URI broker = api.server(401, "{\"error\":\"not_authorized\",\"reason\":\"Access refused.\"}");

    assertThat(failure(api.client(broker), ACTION).kind()).isEqualTo(Kind.REFUSED);
  }

  @Test
  void aRefusedRequestIsNotSentToAnotherNode() throws IOException {
    URI refusing = api.server(400, "{\"error\":\"bad_request\",\"reason\":\"no\"}");

    assertThat(failure(api.client(refusing, api.broker("quorum")), ACTION)).hasMessage("no");
    assertThat(api.requests()).hasSize(1);
  }

  @Test
  void actsThroughTheNextNodeWhenOneIsDown() throws IOException {
    ManagementApiBrokerClient client = api.client(api.closed(), api.server(204, ""));

    assertThatCode(() -> client.apply(ACTION)).doesNotThrowAnyException();
  }

  @Test
  void failuresDoNotContainPasswords() throws IOException {
    BrokerException failure =
        failure(
            api.client(api.closed(), api.server(500, "")),
            new BrokerAction.PutUser("app", PASSWORD));

    for (Throwable t = failure; t != null; t = t.getCause()) {
      assertThat(t.toString()).doesNotContain(PASSWORD);
    }
  }

  @Test
  void anInterruptStopsTheRequestAndIsKept() throws IOException {
    Thread.currentThread().interrupt();
    try {
      assertThat(api.client(api.silent(""), api.broker("quorum")).observe())
          .isInstanceOf(Unreachable.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
