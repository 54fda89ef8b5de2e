package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.warren.gateway.ManagementApi;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** A virtual host of a real RabbitMQ, with a queue and one for its dead letters. */
final class TestBroker implements AutoCloseable {
  static final String VHOST = "dispatcher-it";
  static final String QUEUE = "shipments";
  static final String FAILED = "shipments.failed";

  private static final URI URL = ManagementApi.URL;
  private static final String USER = ManagementApi.USER;
  private static final String PASSWORD = ManagementApi.PASSWORD;
  private static final HttpClient HTTP = ManagementApi.HTTP;

  private final Connection connection;
  final Channel channel;

  private TestBroker(Connection connection) throws IOException {
    this.connection = connection;
    this.channel = connection.createChannel();
    channel.confirmSelect();
  }

  static TestBroker connect() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(URL.getHost());
    factory.setVirtualHost(VHOST);
    factory.setUsername(USER);
    factory.setPassword(PASSWORD);
    return new TestBroker(factory.newConnection("test"));
  }

  /** Recreates the virtual host and its queues; what the dispatcher needs to find them. */
  static Map<String, String> reset() {
    manage("DELETE", "/api/vhosts/" + VHOST, "");
    manage("PUT", "/api/vhosts/" + VHOST, "{}");
    manage("PUT", "/api/queues/" + VHOST + "/" + FAILED, queue("{}"));
    manage(
        "PUT",
        "/api/queues/" + VHOST + "/" + QUEUE,
        queue(
            """
            {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "%s"}"""
                .formatted(FAILED)));
    Map<String, String> config = new HashMap<>();
    config.put("warren.role", "dispatcher");
    config.put("rabbitmq.host", URL.getHost());
    config.put("rabbitmq.port", "5672");
    config.put("rabbitmq.vhost", VHOST);
    config.put("rabbitmq.username", USER);
    config.put("rabbitmq.password", PASSWORD);
    config.put("rabbitmq.queue", QUEUE);
    config.put("quarkus.http.test-port", "0");
    return config;
  }

  /** The same queue, of which one consumer at a time gets messages. */
  static void recreateWithSingleActiveConsumer() {
    manage("DELETE", "/api/queues/" + VHOST + "/" + QUEUE, "");
    manage(
        "PUT", "/api/queues/" + VHOST + "/" + QUEUE, queue("{\"x-single-active-consumer\": true}"));
  }

  private static String queue(String arguments) {
    return """
        {"durable": true, "arguments": %s}"""
        .formatted(
            arguments.equals("{}")
                ? "{\"x-queue-type\": \"quorum\"}"
                : arguments.replace("{", "{\"x-queue-type\": \"quorum\", "));
  }

  void publish(String messageId, String body) throws Exception {
    publish(new BasicProperties.Builder().messageId(messageId).deliveryMode(2).build(), body);
  }

  void publish(BasicProperties properties, String body) throws Exception {
    channel.basicPublish("", QUEUE, true, properties, body.getBytes(UTF_8));
    channel.waitForConfirmsOrDie(5_000);
  }

  /** The next message of a queue, or null. */
  GetResponse take(String queue) throws IOException {
    return channel.basicGet(queue, true);
  }

  /** Ready and unacknowledged messages. */
  static long messages(String queue) {
    JsonNode state = manage("GET", "/api/queues/" + VHOST + "/" + queue, "");
    return state.path("messages").asLong(-1);
  }

  /** Closes every connection of the dispatcher and returns their number. */
  static int cutConsumers() {
    int cut = 0;
    for (JsonNode consumer : manage("GET", "/api/consumers/" + VHOST, "")) {
      String name = consumer.path("channel_details").path("connection_name").asText();
      manage("DELETE", "/api/connections/" + encoded(name), "");
      cut++;
    }
    return cut;
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, UTF_8).replace("+", "%20");
  }

  private static JsonNode manage(String method, String path, String body) {
    String credentials =
        Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(URL.resolve(path))
            .method(method, BodyPublishers.ofString(body))
            .header("Authorization", "Basic " + credentials)
            .header("Content-Type", "application/json")
            .build();
    try {
      HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
      assertThat(response.statusCode()).as(method + " " + path).isIn(200, 201, 204, 404);
      return new ObjectMapper().readTree(response.body());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(method + " " + path, e);
    }
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
