package dev.warren.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;

/**
 * A topology's broker, by the management API of one node.
 *
 * @param trust trusts that node alone, at whatever address
 */
record Broker(String address, SSLContext trust, String user, String password) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A binding of a queue. */
  record Bound(String exchange, String queue, String routingKey) {}

  Set<String> queues() {
    return list("queues").map(queue -> queue.path("name").asText()).collect(Collectors.toSet());
  }

  /** A queue's type: quorum, classic or stream. */
  String typeOf(String queue) {
    return read(send(request("queues", queue)).body()).path("type").asText();
  }

  /** The Pod of the node that leads a quorum queue, or has a classic one. */
  String podOf(String queue) {
    JsonNode said = read(send(request("queues", queue)).body());
    String node = said.path(said.has("leader") ? "leader" : "node").asText();
    return node.substring("rabbit@".length(), node.indexOf('.'));
  }

  /** The members of the cluster that run, as this node sees them. */
  Set<String> runningNodes() {
    return StreamSupport.stream(read(send(request("nodes")).body()).spliterator(), false)
        .filter(node -> node.path("running").asBoolean())
        .map(node -> node.path("name").asText())
        .collect(Collectors.toSet());
  }

  /** Every queue's name and how many of its members are online. */
  Map<String, Integer> onlineMembers() {
    return list("queues")
        .collect(
            Collectors.toMap(
                queue -> queue.path("name").asText(), queue -> queue.path("online").size()));
  }

  /** The exchanges that are not RabbitMQ's own. */
  Set<String> exchanges() {
    return list("exchanges")
        .map(exchange -> exchange.path("name").asText())
        .filter(name -> !name.isEmpty() && !name.startsWith("amq."))
        .collect(Collectors.toSet());
  }

  /** The types of exchanges: some come with plugins. */
  Set<String> exchangeTypes() {
    return StreamSupport.stream(
            read(send(request("overview")).body()).path("exchange_types").spliterator(), false)
        .map(type -> type.path("name").asText())
        .collect(Collectors.toSet());
  }

  /** The bindings that are not RabbitMQ's own. */
  Set<Bound> bindings() {
    return list("bindings")
        .map(
            binding ->
                new Bound(
                    binding.path("source").asText(),
                    binding.path("destination").asText(),
                    binding.path("routing_key").asText()))
        .filter(binding -> !binding.exchange().isEmpty())
        .collect(Collectors.toSet());
  }

  /** How many messages are in the queue; some seconds old. */
  long messages(String queue) {
    return read(send(request("queues", queue).GET()).body()).path("messages").asLong();
  }

  /** How many consumers the queue has; some seconds old. */
  long consumers(String queue) {
    return read(send(request("queues", queue).GET()).body()).path("consumers").asLong();
  }

  /** The operator's policies, each with its settings. */
  Map<String, String> policies() {
    return StreamSupport.stream(
            read(send(request("policies/%2F").GET()).body()).spliterator(), false)
        .collect(
            Collectors.toMap(
                policy -> policy.path("name").asText(),
                policy -> policy.path("definition").toString()));
  }

  /** The hash of a user's password. */
  String passwordHashOf(String user) {
    return read(send(request("users/" + user)).body()).path("password_hash").asText();
  }

  /** Whether a client's user may write everywhere. */
  boolean mayWrite(String user) {
    return StreamSupport.stream(
            read(send(request("permissions").GET()).body()).spliterator(), false)
        .anyMatch(
            permission ->
                permission.path("user").asText().equals(user)
                    && permission.path("write").asText().equals(".*"));
  }

  /** How many messages of the queue have been acknowledged; some seconds old. */
  long acknowledged(String queue) {
    return read(send(request("queues", queue).GET()).body()).at("/message_stats/ack").asLong();
  }

  void deleteQueue(String queue) {
    delete("queues/%2F/" + queue);
  }

  void deleteExchange(String exchange) {
    delete("exchanges/%2F/" + exchange);
  }

  /** Removes a binding without arguments, with a routing key of letters only. */
  void unbind(Bound binding) {
    delete(
        "bindings/%%2F/e/%s/q/%s/%s"
            .formatted(binding.exchange(), binding.queue(), binding.routingKey()));
  }

  void deletePolicy(String policy) {
    delete("policies/%2F/" + policy);
  }

  void deleteOperatorPolicy(String policy) {
    delete("operator-policies/%2F/" + policy);
  }

  void deleteUser(String user) {
    delete("users/" + user);
  }

  /** Sets one, or replaces it: each of the bodies is JSON. */
  void put(String path, String body) {
    send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(body)));
  }

  /** Publishes a message to a queue. */
  void publish(String queue) {
    publish(queue, "a");
  }

  /** Publishes a message of letters and digits to a queue. */
  void publish(String queue, String text) {
    send(
        request("exchanges/%2F/amq.default/publish")
            .POST(
                BodyPublishers.ofString(
                    """
                    {"properties": {"delivery_mode": 2}, "routing_key": "%s", "payload": "%s", "payload_encoding": "string"}
                    """
                        .formatted(queue, text))));
  }

  /** Drops all messages of a queue. */
  void purge(String queue) {
    delete("queues/%2F/" + queue + "/contents");
  }

  private void delete(String path) {
    send(request(path).DELETE());
  }

  private Stream<JsonNode> list(String kind) {
    return StreamSupport.stream(
        read(send(request(kind, "?disable_stats=true").GET()).body()).spliterator(), false);
  }

  private HttpRequest.Builder request(String kind, String name) {
    return request("%s/%%2F/%s".formatted(kind, name));
  }

  private HttpRequest.Builder request(String path) {
    String credentials = user + ":" + password;
    return HttpRequest.newBuilder(URI.create("https://%s:15671/api/%s".formatted(address, path)))
        .timeout(Duration.ofSeconds(10))
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    // A client of its own each time: RabbitMQ closes connections that have been idle for a while.
    // And not by HTTP/2, to which it does not upgrade a request that has a body.
    try (HttpClient http =
        HttpClient.newBuilder().version(Version.HTTP_1_1).sslContext(trust).build()) {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
      return response;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
