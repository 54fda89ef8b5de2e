package dev.warren.gateway.http;

import static java.util.stream.Collectors.toSet;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RequestBody;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Answers when a queue has received a message: {@code POST /arrivals} with {@code ["a","b"]} waits
 * for the first message to one of them and answers {@code {"queue":"b"}}, or 204 when none came
 * within 20 s.
 */
public final class ArrivalHandler implements Handler<RoutingContext> {

  private static final String PATH = "/arrivals";
  private static final int LONGEST_QUESTION_BYTES = 1024 * 1024;

  /** Short enough that no proxy in between considers the connection dead. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);

  private final Function<Set<String>, CompletableFuture<String>> firstArrival;

  /**
   * @param firstArrival waits for a message to one of these queues, until it is cancelled
   */
  public ArrivalHandler(Function<Set<String>, CompletableFuture<String>> firstArrival) {
    this.firstArrival = firstArrival;
  }

  /** Adds its route. */
  public void addTo(Router router) {
    router
        .post(PATH)
        .handler(BodyHandler.create(false).setBodyLimit(LONGEST_QUESTION_BYTES))
        .handler(this);
  }

  @Override
  public void handle(RoutingContext request) {
    HttpServerResponse response = request.response();
    Optional<Set<String>> queues = queues(request.body());
    if (queues.isEmpty()) {
      response.setStatusCode(400).end("the body must be a JSON array of queue names\n");
      return;
    }
    CompletableFuture<String> first =
        firstArrival
            .apply(queues.get())
            .completeOnTimeout(null, LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    response.closeHandler(gone -> first.cancel(false));
    Future.fromCompletionStage(first, request.vertx().getOrCreateContext())
        .onSuccess(queue -> answer(response, queue))
        .onFailure(failure -> refuse(response));
  }

  private static Optional<Set<String>> queues(RequestBody body) {
    try {
      return body.buffer() != null
              && Json.decodeValue(body.buffer()) instanceof JsonArray names
              && names.stream().allMatch(String.class::isInstance)
          ? Optional.of(names.stream().map(String.class::cast).collect(toSet()))
          : Optional.empty();
    } catch (DecodeException e) {
      return Optional.empty();
    }
  }

  private static void answer(HttpServerResponse response, String queue) {
    if (queue == null) {
      response.setStatusCode(204).end();
    } else {
      response
          .putHeader("Content-Type", "application/json")
          .end(JsonObject.of("queue", queue).encode());
    }
  }

  /** The client itself may have disconnected, which also ends the wait. */
  private static void refuse(HttpServerResponse response) {
    if (!response.closed()) {
      response.setStatusCode(503).end();
    }
  }
}
