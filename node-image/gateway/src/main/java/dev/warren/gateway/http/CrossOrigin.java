package dev.warren.gateway.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/** Lets pages of other origins publish (CORS), and refuses requests of origins that may not. */
final class CrossOrigin {

  /** How long a browser may remember the answer. */
  private static final Duration REMEMBERED = Duration.ofHours(1);

  private static final int FORBIDDEN = HttpResponseStatus.FORBIDDEN.code();

  private CrossOrigin() {}

  /**
   * Puts the check before a handler.
   *
   * @param origins those that may publish, or a star alone for all; without any, nothing is checked
   * @param refuse answers a request of another origin, and one that names no host or path
   */
  static Handler<HttpServerRequest> check(
      Vertx vertx,
      List<String> origins,
      Handler<HttpServerRequest> allowed,
      BiConsumer<HttpServerRequest, HttpProblem> refuse) {
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
        .failureHandler(context -> refuse.accept(context.request(), problem(context)));
    return router;
  }

  private static HttpProblem problem(RoutingContext refused) {
    return refused.statusCode() == FORBIDDEN
        ? HttpProblem.notAllowed("pages of this origin may not publish")
        : HttpProblem.malformed();
  }
}
