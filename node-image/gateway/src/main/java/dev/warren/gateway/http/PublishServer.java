package dev.warren.gateway.http;

import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.limits.MemoryBudget;
import dev.warren.gateway.limits.Tally;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Listens on one port for messages. For any thread. */
public final class PublishServer {

  private static final String OPENAPI_PATH = "/openapi.json";
  private static final String OPENAPI = read("openapi.json");

  /** In bytes, as the documentation says: the first line, and all headers together. */
  private static final int LONGEST_FIRST_LINE = 4096;

  private static final int MOST_HEADER_BYTES = 8192;

  /** The longest time that an endpoint may wait for the broker, 10 minutes, and one more. */
  private static final Duration IDLE = Duration.ofMinutes(11);

  private final Vertx vertx;
  private final Publisher publisher;
  private final MemoryBudget memory;
  private final MeterRegistry meters;
  private final Tally inFlight = new Tally();
  private final HttpServer server;
  private volatile PublishEndpoint endpoint;
  private volatile GatewayConfig config;
  private volatile boolean draining;

  /**
   * It does not listen yet.
   *
   * @param endpoint its part of the configuration
   */
  public PublishServer(
      Vertx vertx,
      PublishEndpoint endpoint,
      GatewayConfig config,
      Publisher publisher,
      MemoryBudget memory,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.endpoint = endpoint;
    this.config = config;
    this.publisher = publisher;
    this.memory = memory;
    this.meters = meters;
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setPort(endpoint.port())
                    .setMaxInitialLineLength(LONGEST_FIRST_LINE)
                    .setMaxHeaderSize(MOST_HEADER_BYTES)
                    // The refusal of one request may close the connection, and must not end others.
                    .setHttp2ClearTextEnabled(false)
                    .setIdleTimeout((int) IDLE.toSeconds()))
            .invalidRequestHandler(this::refuse)
            .requestHandler(this::serve);
  }

  /** Listens, or fails if it cannot listen on the port. */
  public Future<Void> listen() {
    return server.listen().mapEmpty();
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Changes the settings of later requests. The port stays. */
  public void change(PublishEndpoint changedEndpoint, GatewayConfig changed) {
    endpoint = changedEndpoint;
    config = changed;
  }

  /** How many messages are in flight. */
  public int inFlight() {
    return inFlight.count();
  }

  /** Refuses new requests; those that have begun are finished. */
  public void drain() {
    draining = true;
  }

  /** Closes everything at once. */
  public Future<Void> close() {
    return server.close();
  }

  private void serve(HttpServerRequest request) {
    HttpAnswer answer = new HttpAnswer(vertx, request, this::measure);
    try {
      if (request.method() == HttpMethod.GET && OPENAPI_PATH.equals(request.path())) {
        answer.document("application/json", openApi());
      } else if (request.method() != HttpMethod.POST) {
        request.response().putHeader("Allow", "POST");
        throw HttpProblem.methodNotAllowed("messages are published with POST");
      } else if (draining) {
        throw HttpProblem.unavailable("this gateway is stopping; another one accepts the message");
      } else {
        new PublishRequest(vertx, request, endpoint, publisher, memory, inFlight, answer)
            .begin(config);
      }
    } catch (HttpProblem problem) {
      answer.problem(problem);
    }
  }

  /** The description of requests, with the limits as they are now. */
  private String openApi() {
    return new JsonObject(OPENAPI)
        .put(
            "x-warren-limits",
            new JsonObject()
                .put("firstLineBytes", LONGEST_FIRST_LINE)
                .put("headerBytes", MOST_HEADER_BYTES)
                .put("bodyBytes", endpoint.maxMessageBytes())
                .put("jsonEventBytes", CloudEventMessages.LONGEST_JSON)
                .put("bodySeconds", PublishRequest.BODY_TIME.toSeconds())
                .put("messagesAtATime", endpoint.maxInFlight()))
        .encodePrettily();
  }

  /** The library has read something that it cannot take for a request. */
  private void refuse(HttpServerRequest request) {
    HttpProblem problem =
        switch (request.decoderResult().cause()) {
          case TooLongHttpLineException e -> HttpProblem.uriTooLong(LONGEST_FIRST_LINE);
          case TooLongHttpHeaderException e -> HttpProblem.headersTooLarge(MOST_HEADER_BYTES);
          case null, default -> HttpProblem.malformed();
        };
    new HttpAnswer(vertx, request, this::measure).last(problem);
  }

  private void measure(String outcome) {
    Counter.builder("warren.gateway.publish.requests")
        .description("Requests to publish, by outcome")
        .tag("outcome", outcome)
        .register(meters)
        .increment();
  }

  private static String read(String resource) {
    try (InputStream content = PublishServer.class.getResourceAsStream(resource)) {
      return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
