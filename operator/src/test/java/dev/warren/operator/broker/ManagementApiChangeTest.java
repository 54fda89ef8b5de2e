package dev.warren.operator.broker;

import static dev.warren.operator.broker.FakeManagementApi.PASSWORD;
import static dev.warren.operator.broker.FakeManagementApi.answer;
import static dev.warren.operator.broker.FakeManagementApi.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Move;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The requests that carry out a change. */
@Timeout(20)
class ManagementApiChangeTest {

  @RegisterExtension final FakeManagementApi api = new FakeManagementApi();

  @Test
  void encodesNamesAsPathSegments() throws IOException {
    String odd = "a b/+%\u00fc?#";
    String encoded = "a%20b%2F%2B%25%C3%BC%3F%23";
    ManagementApiBrokerClient client = api.client(api.server(204, ""));

    client.apply(new BrokerAction.DeclareExchange(new Exchange(odd, "topic", Map.of())));
    client.apply(new BrokerAction.DeclareQueue(new Queue(odd, "quorum", Map.of())));
    client.apply(new BrokerAction.Bind(new Binding(odd, odd, "k", Map.of())));

    assertThat(api.requests())
        .containsExactly(
            "PUT /api/exchanges/%2F/"
                + encoded
                + " {'arguments':{},'durable':true,'type':'topic'}".replace('\'', '"'),
            "PUT /api/queues/%2F/"
                + encoded
                + " {'arguments':{'x-queue-type':'quorum'},'durable':true}".replace('\'', '"'),
            "POST /api/bindings/%2F/e/"
                + encoded
                + "/q/"
                + encoded
                + " {'arguments':{},'routing_key':'k'}".replace('\'', '"'));
  }

  @Test
  void aNameOfDotsDoesNotChangeThePath() throws IOException {
    BrokerException failure =
        failure(api.client(api.server(204, "")), new BrokerAction.PutUser("..", PASSWORD));

    assertThat(failure.kind()).isEqualTo(Kind.REFUSED);
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void givesAUserItsPasswordAndPermissions() throws IOException {
    api.client(api.server(204, "")).apply(new BrokerAction.PutUser("app", PASSWORD));

    assertThat(api.requests())
        .containsExactly(
            "PUT /api/users/app {\"password\":\"" + PASSWORD + "\",\"tags\":\"\"}",
            "PUT /api/permissions/%2F/app"
                + " {\"configure\":\".*\",\"read\":\".*\",\"write\":\".*\"}");
  }

  @Test
  void setsAPolicy() throws IOException {
    api.client(api.server(204, ""))
        .apply(
            new BrokerAction.PutPolicy(
                new Policy("p", "^q$", "quorum_queues", 7, Map.of("max-length", 10L))));

    assertThat(api.requests())
        .containsExactly(
            "PUT /api/policies/%2F/p {\"apply-to\":\"quorum_queues\","
                + "\"definition\":{\"max-length\":10},\"pattern\":\"^q$\",\"priority\":7}");
  }

  @Test
  void movesMessagesAndKeepsClientsOutAndLetsThemIn() throws IOException {
    ManagementApiBrokerClient client = api.client(api.server(204, ""));

    client.apply(new BrokerAction.StartMove("m", new Move("a", "b")));
    client.apply(new BrokerAction.EndMove("m"));
    client.apply(new BrokerAction.KeepClientsOut());
    client.apply(new BrokerAction.LetClientsIn());

    assertThat(api.requests())
        .containsExactly(
            "PUT /api/parameters/shovel/%2F/m {\"value\":{\"ack-mode\":\"on-confirm\","
                + "\"dest-protocol\":\"amqp091\",\"dest-queue\":\"b\",\"dest-uri\":\"amqp://\","
                + "\"reconnect-delay\":1,\"src-protocol\":\"amqp091\",\"src-queue\":\"a\","
                + "\"src-uri\":\"amqp://\"}}",
            "DELETE /api/parameters/shovel/%2F/m",
            "PUT /api/vhost-limits/%2F/max-connections {\"value\":0}",
            "DELETE /api/vhost-limits/%2F/max-connections");
  }

  @Test
  void changesMembers() throws IOException {
    ManagementApiBrokerClient client = api.client(members("voter", "promotable"));

    client.apply(new BrokerAction.AddMember("q", "rabbit@b"));
    client.apply(new BrokerAction.RemoveMember("q", "rabbit@b"));

    assertThat(api.requests())
        .containsExactly(
            "POST /api/queues/quorum/%2F/q/replicas/add {\"node\":\"rabbit@b\"}",
            "GET /api/queues/quorum/%2F/q/status",
            "DELETE /api/queues/quorum/%2F/q/replicas/delete {\"node\":\"rabbit@b\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"promotable", "unknown", ""})
  void aMemberIsNotRemovedWhileAnotherLacksMessages(String membership) throws IOException {
    ManagementApiBrokerClient client = api.client(members(membership, "voter"));

    assertThat(failure(client, new BrokerAction.RemoveMember("q", "rabbit@b")))
        .hasMessage("its member on rabbit@a does not have all messages yet")
        .extracting(BrokerException::kind)
        .isEqualTo(Kind.REFUSED);
    assertThat(api.requests()).containsExactly("GET /api/queues/quorum/%2F/q/status");
  }

  /** A node of a broker with a queue that has members on rabbit@a and rabbit@b. */
  private URI members(String a, String b) throws IOException {
    String status =
        """
        [{"Node Name": "rabbit@a", "Raft State": "leader", "Membership": "%s"},
         {"Node Name": "rabbit@b", "Raft State": "follower", "Membership": "%s"}]
        """
            .formatted(a, b);
    return api.server(exchange -> answer(exchange, 200, status));
  }

  /** RabbitMQ may take more than 5 s for a deletion, and an interrupted one is half done. */
  @Test
  void aDeletionHasALongerDeadline() throws IOException {
    URI slow =
        api.server(
            exchange -> {
              pause(Duration.ofMillis(3500));
              answer(exchange, 204, "");
            });

    api.client(slow).deleteQueue("a/b", Duration.ofSeconds(15));

    assertThat(api.requests()).containsExactly("DELETE /api/queues/%2F/a%2Fb");
    assertThatThrownBy(() -> api.client(slow).deleteQueue("q", Duration.ofSeconds(1)))
        .hasMessageEndingWith(" did not answer within 1 s");
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
