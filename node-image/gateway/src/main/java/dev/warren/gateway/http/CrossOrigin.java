package dev.warren.gateway.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.CorsHandler;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Lets pages of other origins publish (CORS), and refuses requests of origins that may not. */
final class CrossOrigin {

  /** How long a browser may remember the answer. */
  private static final Duration REMEMBERED = Duration.ofHours(1);

  private CrossOrigin() {}

  /**
   * Puts the check before a handler.
   *
   * @param origins those that may publish, or a star alone for all; without any, nothing is checked
   * @param refuse answers a request of another origin
   */
  static Handler<HttpServerRequest> check(
      Vertx vertx,
      List<String> origins,
      Handler<HttpServerRequest> allowed,
      Consumer<HttpServerRequest> refuse) {
    if (origins.isEmpty()) {
      return allowed;
    }
    // Any header may be sent: without a list the handler allows what the browser asks for.
    CorsHandler check =
        CorsHandler.create()
            .addOrigins(origins)
            .allowedMethod(HttpMethod.POST)
            .allowedMethod(HttpMethod.GET)
            .exposedHeader("Retry-After")
            .maxAgeSeconds((int) REMEMBERED.toSeconds());
    Router router = Router.router(vertx);
    router
        .route()
        .handler(check)
        .handler(context -> allowed.handle(context.request()))
        .failureHandler(context -> refuse.accept(context.request()));
    return router;
  }
}
