package dev.warren.gateway.dispatch;

import dev.warren.gateway.dispatch.LastAttempts.Summary;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Tells the operator how the last attempts ended: {@code GET /delivery} is answered with the URL,
 * the last answer, and the number of failures in a row. A process that delivers nothing answers
 * 404.
 */
final class LastAttemptsHandler implements Handler<RoutingContext> {

  private static final String PATH = "/delivery";

  private final Supplier<Optional<String>> url;
  private final LastAttempts attempts;

  /**
   * @param url where messages go, as it may be shown; empty if nothing is delivered
   */
  LastAttemptsHandler(Supplier<Optional<String>> url, LastAttempts attempts) {
    this.url = url;
    this.attempts = attempts;
  }

  /** Adds its route. */
  void addTo(Router router) {
    router.get(PATH).handler(this);
  }

  @Override
  public void handle(RoutingContext request) {
    HttpServerResponse response = request.response();
    url.get()
        .ifPresentOrElse(
            shown ->
                response
                    .putHeader("Content-Type", "application/json")
                    .end(json(shown, attempts.summary()).encode()),
            () -> response.setStatusCode(404).end());
  }

  private static JsonObject json(String url, Summary summary) {
    JsonObject json = JsonObject.of("url", url, "failures", summary.failures());
    summary.lastAnswer().ifPresent(answer -> json.put("lastAnswer", answer));
    summary.at().ifPresent(at -> json.put("at", at.toString()));
    summary.failingSince().ifPresent(since -> json.put("failingSince", since.toString()));
    summary.succeededAt().ifPresent(at -> json.put("succeededAt", at.toString()));
    return json;
  }
}
