package dev.warren.gateway.http;

import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.Refusals;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.limits.Tally;
import dev.warren.gateway.tls.DoorTls;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Listens on one port for messages. For any thread. */
public final class PublishServer {

  private static final Logger LOG = Logger.getLogger(PublishServer.class);

  private static final String OPENAPI_PATH = "/openapi.json";

  /** Its name in metrics and logs. */
  private static final String NAME = "publish";

  /** For the requests of a connection that is not used for others. */
  private static final Duration TO_FINISH = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final Publisher publisher;
  private final MeterRegistry meters;
  private final Door door;
  private final Tally underWay = new Tally();
  private final Optional<DoorTls> tls;
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
    this.tls = endpoint.tls().map(files -> new DoorTls(NAME, files, HttpOptions.PROTOCOLS, meters));
    this.door =
        new Door(
            clients,
            new Refusals(NAME, meters),
            ConnectionIntake.CONNECTION_BYTES
                + (tls.isPresent() ? DoorTls.CONNECTION_BYTES + Http2Intake.CONNECTION_BYTES : 0));
    change(endpoint, config);
    this.server =
        vertx
            .createHttpServer(HttpOptions.of(endpoint.port(), tls))
            .connectionHandler(this::bound)
            .requestHandler(request -> handler.handle(request));
  }

  /** Listens, or fails if it cannot listen on the port. */
  public Future<Void> listen() {
    if (isEncrypted()) {
      AcceptedConnections.show(vertx, this::accepted);
    }
    return server.listen().mapEmpty();
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Whether its connections have TLS. */
  public boolean isEncrypted() {
    return tls.isPresent();
  }

  /**
   * Changes the settings of later requests and connections, and reads its certificate again. The
   * port stays, and whether it has TLS.
   */
  public void change(PublishEndpoint changedEndpoint, GatewayConfig changed) {
    config = changed;
    changedEndpoint.tls().ifPresent(files -> tls.orElseThrow().read(files));
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

  /** A connection with TLS, before its handshake. */
  private void accepted(Channel connection) {
    new Entrance(door, endpoint.proxyProtocol()).addTo(connection.pipeline());
  }

  private void bound(HttpConnection connection) {
    PublishEndpoint now = endpoint;
    if (channel(connection).pipeline().get(Http2ConnectionHandler.class) != null) {
      // Otherwise the library would log whatever a client does wrong.
      connection.exceptionHandler(problem -> LOG.debugf("HTTP/2: %s", problem));
      Duration longest = ConnectionIntake.REQUEST_TIME.plus(now.timeout());
      new Http2Intake(now.idleTimeout(), longest.plus(ConnectionIntake.ANSWER_TIME))
          .addTo(channel(connection));
      return;
    }
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
    boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
    if (leaving && isHttp2) {
      request.connection().shutdown(TO_FINISH.toSeconds(), TimeUnit.SECONDS);
    } else if (leaving) {
      request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    try {
      if (isHttp2) {
        Http2Intake.of(channel(request.connection())).begin(request);
      }
      if (request.method() == HttpMethod.GET && OPENAPI_PATH.equals(request.path())) {
        answer.document("application/json", openApi);
      } else if (request.method() != HttpMethod.POST) {
        request.response().putHeader("Allow", "POST");
        throw HttpProblem.methodNotAllowed("messages are published with POST");
      } else if (draining) {
        throw HttpProblem.unavailable("this gateway is stopping; another one accepts the message");
      } else {
        Admission client = admission(request);
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

  private static Admission admission(HttpServerRequest request) {
    return channel(request.connection()).pipeline().get(Entrance.class).admission();
  }

  private void measure(String outcome) {
    Counter.builder("warren.gateway.publish.requests")
        .description("Requests to publish, by outcome")
        .tag("outcome", outcome)
        .register(meters)
        .increment();
  }
}
