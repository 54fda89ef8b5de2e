package dev.warren.operator.broker;

import static dev.warren.operator.broker.FakeManagementApi.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.observation.QueueLoad.Count;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The requests for the load of queues. */
@Timeout(20)
class ManagementApiLoadTest {

  @RegisterExtension final FakeManagementApi api = new FakeManagementApi();

  @Test
  void countsTheMessagesOfTheNamedQueuesOnly() throws IOException {
    URI broker =
        api.server(
            exchange -> {
              String query = exchange.getRequestURI().getQuery();
              if (query == null) {
                answer(exchange, 200, "{\"status\": \"ok\"}");
              } else if (query.contains("message_stats")) {
                answer(
                    exchange,
                    200,
                    "{\"items\": [{\"name\": \"a b\", \"message_stats\":"
                        + " {\"ack\": 70, \"deliver_no_ack\": 5}}, {\"name\": \"new\"},"
                        + " {\"name\": \"uncounted\"}]}");
              } else {
                answer(
                    exchange,
                    200,
                    "{\"items\": [{\"name\": \"a b\", \"leader\": \"x\", \"online\": [\"x\"],"
                        + " \"messages_ready\": 3, \"messages_unacknowledged\": 2},"
                        + " {\"name\": \"new\", \"leader\": \"x\", \"online\": [\"y\"],"
                        + " \"messages_ready\": 0, \"messages_unacknowledged\": 0},"
                        + " {\"name\": \"uncounted\", \"leader\": \"x\", \"online\": [\"x\"]},"
                        + " {\"name\": \"without statistics\", \"leader\": \"x\", \"online\": [\"x\"],"
                        + " \"messages_ready\": 1, \"messages_unacknowledged\": 0}]}");
              }
            });

    QueueLoad load = api.client(broker).load(Set.of("a b", "new"));

    assertThat(load)
        .isEqualTo(
            new QueueLoad(
                List.of(),
                Map.of("a b", new Count(true, 3, 2, 75), "new", new Count(false, 0, 0, 0))));
    assertThat(api.requests())
        .containsExactly(
            "GET /api/health/checks/alarms",
            "GET /api/queues/%2F?page=1&page_size=500&use_regex=true&name=%5E%28a%5C%20b%7Cnew%29%24"
                + "&disable_stats=true&enable_queue_totals=true&columns=name,type,state,node,leader,"
                + "online,messages_ready,messages_unacknowledged",
            "GET /api/queues/%2F?page=1&page_size=500&use_regex=true&name=%5E%28a%5C%20b%7Cnew%29%24"
                + "&columns=name,message_stats.ack,message_stats.deliver_no_ack,"
                + "message_stats.get_no_ack");
  }

  @Test
  void countsAllQueuesWhenTheNamesAreTooLongForARequest() throws IOException {
    api.client(api.server(200, "[]"))
        .load(
            IntStream.range(0, 200)
                .mapToObj(n -> "queue-with-a-long-name-" + n)
                .collect(Collectors.toSet()));

    assertThat(api.requests()).hasSize(3).noneMatch(request -> request.contains("use_regex"));
  }

  @Test
  void anUnknownNumberOfConsumersIsNotZero() throws IOException {
    URI broker =
        api.server(
            200,
            "{\"items\": [{\"name\": \"a\", \"consumers\": 2, \"messages_ready\": 3}, {\"name\": \"new\"},"
                + " {\"name\": \"idle\", \"consumers\": 0, \"messages_ready\": 0},"
                + " {\"name\": \"other\", \"consumers\": 1, \"messages_ready\": 0}]}");

    assertThat(api.client(broker).consumers(Set.of("a", "idle", "new")))
        .isEqualTo(Map.of("a", new ConsumerCount(2, 3), "idle", new ConsumerCount(0, 0)));
    assertThat(api.requests())
        .containsExactly(
            "GET /api/queues/%2F?page=1&page_size=500&use_regex=true"
                + "&name=%5E%28a%7Cidle%7Cnew%29%24&columns=name,consumers,messages_ready");
  }

  @Test
  void reportsAlarms() throws IOException {
    URI broker =
        api.server(
            exchange -> {
              if (exchange.getRequestURI().getPath().endsWith("/alarms")) {
                answer(
                    exchange,
                    503,
                    "{\"status\": \"failed\", \"reason\": \"There are alarms\", \"alarms\":"
                        + " [{\"node\": \"a\", \"resource\": \"memory\"}, {\"node\": \"b\","
                        + " \"resource\": \"disk\"}, {\"node\": \"b\", \"resource\": \"memory\"}]}");
              } else {
                answer(exchange, 200, "[]");
              }
            });

    assertThat(api.client(broker).load(Set.of("q")).alarms()).containsExactly("disk", "memory");
  }

  @Test
  void aFailureIsNotAnEmptyQueue() throws IOException {
    URI booting = api.server(503, "{\"error\":\"service_unavailable\",\"reason\":\"booting\"}");

    assertThatThrownBy(() -> api.client(booting).load(Set.of("q")))
        .isInstanceOf(BrokerException.class);
    assertThatThrownBy(() -> api.client(api.closed()).workByAddress())
        .isInstanceOf(BrokerException.class);
    assertThatThrownBy(() -> api.client(booting).consumers(Set.of("q")))
        .isInstanceOf(BrokerException.class);
  }

  @Test
  void asksNoMoreThanTwoNodesForTheLoad() throws IOException {
    assertThatThrownBy(
            () -> api.client(api.closed(), api.closed(), api.server(200, "[]")).load(Set.of("q")))
        .isInstanceOf(BrokerException.class);
    assertThat(api.requests()).isEmpty();
  }

  @Test
  void sumsTheWorkOfClientsByAddress() throws IOException {
    URI broker =
        api.server(
            200,
            """
            [{"connection_details": {"peer_host": "10.0.0.1"}, "messages_unacknowledged": 3,
              "idle_since": "2026-01-01T12:00:00.000+00:00"},
             {"connection_details": {"peer_host": "10.0.0.1"}, "messages_unacknowledged": 4,
              "idle_since": "2026-01-01T12:00:01.000+00:00"},
             {"connection_details": {"peer_host": "10.0.0.2"}, "messages_unacknowledged": 0},
             {"connection_details": {"peer_host": "10.0.0.3"}}]
            """);

    assertThat(api.client(broker).workByAddress())
        .isEqualTo(
            Map.of(
                "10.0.0.1",
                new ClientWork(7, Optional.of("2026-01-01T12:00:01.000+00:00")),
                "10.0.0.2",
                new ClientWork(0, Optional.empty()),
                "10.0.0.3",
                new ClientWork(1, Optional.empty())));
    assertThat(api.requests())
        .containsExactly(
            "GET /api/vhosts/%2F/channels?columns=connection_details.peer_host,"
                + "messages_unacknowledged,idle_since");
  }
}
