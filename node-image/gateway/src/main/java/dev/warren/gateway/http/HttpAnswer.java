package dev.warren.gateway.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The answer to one request; only the first counts. Used by the connection's event loop only. */
final class HttpAnswer {

  private static final String ACCEPTED = "accepted";
  private static final int ACCEPTED_STATUS = 202;

  /** How long a refused body is still read, so that the client gets its answer. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** Of HTTP/2: the rest of the request is not needed. */
  private static final long NO_ERROR = 0;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final Consumer<String> measure;
  private Future<Void> written = Future.succeededFuture();

  /**
   * @param measure receives the outcome: "accepted", or a problem's code
   */
  HttpAnswer(Vertx vertx, HttpServerRequest request, Consumer<String> measure) {
    this.vertx = vertx;
    this.request = request;
    this.measure = measure;
  }

  /** Answers with a document. */
  void document(String contentType, Buffer content) {
    // A slice, because sending moves the position in a buffer.
    request.response().putHeader(HttpHeaders.CONTENT_TYPE, contentType).end(content.slice());
    dropTheRest();
  }

  /** Completes when the client has been sent the answer, or is gone. */
  Future<Void> written() {
    return written;
  }

  void outcome(String messageId, Optional<HttpProblem> problem) {
    if (problem.isPresent()) {
      problem(problem.get());
    } else {
      accepted(new JsonObject().put("messageId", messageId));
    }
  }

  /** Answers a batch: it is accepted if every message is. */
  void outcomes(List<String> messageIds, List<Optional<HttpProblem>> outcomes) {
    JsonArray results = new JsonArray();
    for (int i = 0; i < messageIds.size(); i++) {
      results.add(
          outcomes
              .get(i)
              .map(HttpProblem::json)
              .orElseGet(() -> new JsonObject().put("status", ACCEPTED_STATUS))
              .put("messageId", messageIds.get(i)));
    }
    JsonObject all = new JsonObject().put("results", results);
    List<HttpProblem> problems = outcomes.stream().flatMap(Optional::stream).toList();
    if (problems.isEmpty()) {
      accepted(all);
    } else {
      problem(worthTryingAgain(problems), all);
    }
  }

  void problem(HttpProblem problem) {
    problem(problem, new JsonObject());
  }

  /** The status for clients that read nothing else: retriable if a retry helps any message. */
  private static HttpProblem worthTryingAgain(List<HttpProblem> problems) {
    return problems.stream()
        .filter(problem -> problem.retryAfterSeconds() > 0)
        .findFirst()
        .orElse(problems.getFirst());
  }

  private void accepted(JsonObject body) {
    measure.accept(ACCEPTED);
    send(ACCEPTED_STATUS, "application/json", body);
  }

  private void problem(HttpProblem problem, JsonObject more) {
    measure.accept(problem.code());
    if (problem.retryAfterSeconds() > 0) {
      request
          .response()
          .putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(problem.retryAfterSeconds()));
    }
    send(problem.status(), "application/problem+json", problem.json().mergeIn(more));
    dropTheRest();
  }

  private void send(int status, String contentType, JsonObject body) {
    HttpServerResponse response = request.response();
    if (!response.ended() && !response.closed()) {
      written =
          response
              .setStatusCode(status)
              .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
              .end(body.toBuffer());
    }
  }

  /** Other requests of the connection go on with HTTP/2. */
  private void endRequest() {
    if (request.version() == HttpVersion.HTTP_2) {
      request.response().reset(NO_ERROR);
    } else {
      request.connection().close();
    }
  }

  /** Reads on for a while: closing a connection with unread bytes would discard the answer. */
  private void dropTheRest() {
    if (!request.isEnded()) {
      request.handler(unwanted -> {});
      request.exceptionHandler(gone -> {});
      long timer = vertx.setTimer(LINGER.toMillis(), late -> endRequest());
      request.endHandler(complete -> vertx.cancelTimer(timer));
    }
  }
}
