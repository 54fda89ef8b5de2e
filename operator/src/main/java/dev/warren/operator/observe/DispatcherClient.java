package dev.warren.operator.observe;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.operator.broker.BoundedBody;
import dev.warren.operator.observation.DispatcherReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks a dispatcher how its last attempts ended. */
public final class DispatcherClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** Users choose the image that answers, and the status has both. */
  private static final int LONGEST_URL = 500;

  private static final int LONGEST_ANSWER = 300;

  /** The format of the dispatcher's answer. Times are texts, such as 2026-01-01T12:00:00Z. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Report(
      String url,
      String lastAnswer,
      String at,
      long failures,
      String failingSince,
      String succeededAt) {}

  private final HttpClient http;

  public DispatcherClient(HttpClient http) {
    this.http = http;
  }

  /**
   * Asks one dispatcher.
   *
   * @param dispatcher the address of its health port
   * @return fails if there is no answer soon, or another one than that of a dispatcher
   */
  public CompletableFuture<DispatcherReport> report(URI dispatcher) {
    HttpRequest request =
        HttpRequest.newBuilder(dispatcher.resolve("/delivery"))
            .version(Version.HTTP_1_1)
            .timeout(TIMEOUT)
            .build();
    return http.sendAsync(request, BoundedBody.handler()).thenApply(DispatcherClient::report);
  }

  private static DispatcherReport report(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new UncheckedIOException(
          new IOException(
              "%s answered with status %d".formatted(response.uri(), response.statusCode())));
    }
    Report read = read(response.body());
    return new DispatcherReport(
        shortened(read.url(), LONGEST_URL),
        Optional.ofNullable(read.lastAnswer()).map(answer -> shortened(answer, LONGEST_ANSWER)),
        time(read.at()),
        read.failures(),
        time(read.failingSince()),
        time(read.succeededAt()));
  }

  private static Report read(String body) {
    try {
      return JSON.readValue(body, Report.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Instant> time(String text) {
    return Optional.ofNullable(text).map(Instant::parse);
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }
}
