package dev.warren.gateway.http;

import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.Refusals;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.limits.Tally;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import org.jboss.logging.Logger;

/** Listens on one port for messages. For any thread. */
public final class PublishServer {

  private static final Logger LOG = Logger.getLogger(PublishServer.class);

  private static final String OPENAPI_PATH = "/openapi.json";

  /** Its name in metrics and logs. */
  private static final String NAME = "publish";

  private final Vertx vertx;
  private final Publisher publisher;
  private final MeterRegistry meters;
  private final Door door;
  private final Tally underWay = new Tally();
  private final HttpServer server;
  private volatile Handler<HttpServerRequest> handler;
  private volatile Buffer openApi;
  private volatile PublishEndpoint endpoint;
  private volatile GatewayConfig config;
  private volatile boolean leaving;
  private volatile boolean draining;

  /**
   * It does not listen yet.
   *
   * @param vertx with threads that nothing else needs, because clients may keep them busy
   * @param endpoint its part of the configuration
   */
  public PublishServer(
      Vertx vertx,
      PublishEndpoint endpoint,
      GatewayConfig config,
      Publisher publisher,
      Clients clients,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.publisher = publisher;
    this.meters = meters;
    this.door = new Door(clients, new Refusals(NAME, meters), ConnectionIntake.CONNECTION_BYTES);
    change(endpoint, config);
    this.server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setPort(endpoint.port())
                    .setMaxInitialLineLength(RequestLimits.LONGEST_FIRST_LINE)
                    .setMaxHeaderSize(RequestLimits.MOST_HEADER_BYTES)
                    // The refusal of one request may close the connection, and must not end others.
                    .setHttp2ClearTextEnabled(false))
            .connectionHandler(this::bound)
            .requestHandler(request -> handler.handle(request));
  }

  /** Listens, or fails if it cannot listen on the port. */
  public Future<Void> listen() {
    return server.listen().mapEmpty();
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Changes the settings of later requests and connections. The port stays. */
  public void change(PublishEndpoint changedEndpoint, GatewayConfig changed) {
    config = changed;
    if (!changedEndpoint.equals(endpoint)) {
      endpoint = changedEndpoint;
      openApi = OpenApi.of(changedEndpoint);
      door.limit(changedEndpoint.maxConnections(), changedEndpoint.maxConnectionsPerClient());
      handler =
          CrossOrigin.check(vertx, changedEndpoint.allowedOrigins(), this::serve, this::refuse);
    }
  }

  /** How many requests to publish are not answered. */
  public int inFlight() {
    return underWay.count();
  }

  /** Tells clients with each answer to use another connection for their next request. */
  public void leave() {
    leaving = true;
  }

  /** Refuses new requests; those that have begun are finished. */
  public void drain() {
    draining = true;
  }

  /** Closes everything at once. */
  public Future<Void> close() {
    return server.close();
  }

  private void bound(HttpConnection connection) {
    PublishEndpoint now = endpoint;
    new ConnectionIntake(door, now.proxyProtocol(), now.idleTimeout(), this::measure)
        .addTo(channel(connection));
  }

  private static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }

  private void refuse(HttpServerRequest request, HttpProblem problem) {
    new HttpAnswer(vertx, request, this::measure).problem(problem);
  }

  private void serve(HttpServerRequest request) {
    HttpAnswer answer = new HttpAnswer(vertx, request, this::measure);
    if (leaving) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    try {
      if (request.method() == HttpMethod.GET && OPENAPI_PATH.equals(request.path())) {
        answer.document("application/json", openApi);
      } else if (request.method() != HttpMethod.POST) {
        request.response().putHeader("Allow", "POST");
        throw HttpProblem.methodNotAllowed("messages are published with POST");
      } else if (draining) {
        throw HttpProblem.unavailable("this gateway is stopping; another one accepts the message");
      } else {
        Admission client = ConnectionIntake.admissionOf(channel(request.connection()));
        new PublishRequest(vertx, request, endpoint, publisher, client, underWay, answer)
            .begin(config);
      }
    } catch (HttpProblem problem) {
      answer.problem(problem);
    } catch (RuntimeException e) {
      LOG.error("A request could not be served", e);
      answer.problem(HttpProblem.internal());
    }
  }

  private void measure(String outcome) {
    Counter.builder("warren.gateway.publish.requests")
        .description("Requests to publish, by outcome")
        .tag("outcome", outcome)
        .register(meters)
        .increment();
  }
}
