package dev.warren.gateway.http;

import dev.warren.gateway.broker.BrokerFailure;
import io.vertx.core.json.JsonObject;

/** An answer that is not "accepted", in the form of RFC 9457. It has no stack trace. */
final class HttpProblem extends Exception {

  private static final long serialVersionUID = 1L;

  private static final String TYPE_PREFIX = "urn:warren:problem:";
  private static final int NO_RETRY = 0;

  private final int status;
  private final String code;
  private final String title;
  private final int retryAfterSeconds;
  private Integer event;

  private HttpProblem(int status, String code, String title, int retryAfterSeconds, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.code = code;
    this.title = title;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static HttpProblem badRequest(String detail) {
    return new HttpProblem(400, "bad-request", "The request is invalid", NO_RETRY, detail);
  }

  static HttpProblem notFound(String detail) {
    return new HttpProblem(404, "not-found", "The destination does not exist", NO_RETRY, detail);
  }

  static HttpProblem notAllowed(String detail) {
    return new HttpProblem(403, "not-allowed", "This is not allowed", NO_RETRY, detail);
  }

  static HttpProblem methodNotAllowed(String detail) {
    return new HttpProblem(405, "method-not-allowed", "Method not allowed", NO_RETRY, detail);
  }

  static HttpProblem tooSlow() {
    return new HttpProblem(
        408, "too-slow", "The body did not come in time", NO_RETRY, "send the whole body at once");
  }

  static HttpProblem slowHead() {
    return new HttpProblem(
        408, "too-slow", "The head did not come in time", NO_RETRY, "send the whole head at once");
  }

  static HttpProblem tooLarge(String detail) {
    return new HttpProblem(413, "too-large", "Too large", NO_RETRY, detail);
  }

  static HttpProblem overloaded(String detail) {
    return new HttpProblem(503, "overloaded", "The gateway is overloaded", 1, detail);
  }

  static HttpProblem unavailable(String detail) {
    return new HttpProblem(503, "unavailable", "The broker is not available", 2, detail);
  }

  /** The head is not HTTP/1.1. */
  static HttpProblem malformed() {
    return badRequest("this is not a request of HTTP/1.1");
  }

  static HttpProblem uriTooLong(int longest) {
    return new HttpProblem(
        414,
        "uri-too-long",
        "The request's first line is too long",
        NO_RETRY,
        "it must not be longer than %d bytes".formatted(longest));
  }

  static HttpProblem headersTooLarge(int most) {
    return new HttpProblem(
        431,
        "headers-too-large",
        "The request's headers are too large",
        NO_RETRY,
        "together they must not be longer than %d bytes".formatted(most));
  }

  static HttpProblem internal() {
    return new HttpProblem(500, "internal", "Internal error", NO_RETRY, "see the gateway's log");
  }

  static HttpProblem of(BrokerFailure failure) {
    String detail = failure.getMessage();
    return switch (failure.kind()) {
      case UNROUTABLE ->
          new HttpProblem(404, "unroutable", "No queue takes the message", NO_RETRY, detail);
      case NOT_FOUND -> notFound(detail);
      case NOT_ALLOWED ->
          new HttpProblem(403, "not-allowed", "The broker does not allow it", NO_RETRY, detail);
      case REFUSED ->
          new HttpProblem(400, "refused", "The broker refuses the message", NO_RETRY, detail);
      case NOT_KEPT ->
          new HttpProblem(503, "not-kept", "The broker could not keep the message", 2, detail);
      case UNAVAILABLE -> unavailable(detail);
      case TIMEOUT -> new HttpProblem(503, "timeout", "No confirm in time", 2, detail);
      case OVERLOADED -> overloaded(detail);
    };
  }

  /**
   * The same problem, in one event of a batch.
   *
   * @param index of the event; that of the first is 0
   */
  HttpProblem inEvent(int index) {
    HttpProblem problem =
        new HttpProblem(
            status,
            code,
            title,
            retryAfterSeconds,
            "event %d, counted from 0: %s".formatted(index, getMessage()));
    problem.event = index;
    return problem;
  }

  int status() {
    return status;
  }

  /** Its name in metrics: letters and hyphens. */
  String code() {
    return code;
  }

  /** After how many seconds the same request may succeed; 0 when it will not. */
  int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  JsonObject json() {
    JsonObject json =
        new JsonObject()
            .put("type", TYPE_PREFIX + code)
            .put("title", title)
            .put("status", status)
            .put("detail", getMessage());
    return event == null ? json : json.put("event", event);
  }
}
