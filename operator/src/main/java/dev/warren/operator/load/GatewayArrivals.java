package dev.warren.operator.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.operator.broker.BoundedBody;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Asks the gateway beside a queue node for the next message that it publishes to a queue. */
public final class GatewayArrivals {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The gateway answers within 20 s, with or without a message. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private record Arrival(String queue) {}

  private final HttpClient http;

  public GatewayArrivals(HttpClient http) {
    this.http = http;
  }

  /**
   * Waits for a message.
   *
   * @param gateway the address of its health port
   * @return completes with the queue that received a message, or empty when none came for some
   *     time; fails when the gateway cannot answer. Cancel it with {@code cancel(true)}
   */
  public CompletableFuture<Optional<String>> next(URI gateway, Set<String> queues) {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.resolve("/arrivals"))
            // An upgrade to HTTP/2 would double the requests of a query that is sent every 20 s.
            .version(Version.HTTP_1_1)
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofByteArray(json(queues)))
            .build();
    return http.sendAsync(request, BoundedBody.handler()).thenApply(GatewayArrivals::queue);
  }

  private static byte[] json(Set<String> queues) {
    try {
      return JSON.writeValueAsBytes(queues);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("queue names cannot be written as JSON", e);
    }
  }

  private static Optional<String> queue(HttpResponse<String> response) {
    return switch (response.statusCode()) {
      case 200 -> Optional.of(read(response.body()).queue());
      case 204 -> Optional.empty();
      default ->
          throw new UncheckedIOException(
              new IOException(
                  "%s answered with status %d".formatted(response.uri(), response.statusCode())));
    };
  }

  private static Arrival read(String body) {
    try {
      return JSON.readValue(body, Arrival.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
