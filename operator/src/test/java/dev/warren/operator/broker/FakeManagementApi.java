package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.warren.operator.action.BrokerAction.ApiAction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Nodes of a broker, as their management API shows them. */
final class FakeManagementApi implements BeforeEachCallback, AfterEachCallback {

  static final String PASSWORD = "s3cr3t-p\u00e4ss";

  private static final TestAuthority AUTHORITY = new TestAuthority();

  private final NodeHttp http =
      new NodeHttp(HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)), System::nanoTime);
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();
  private URI closed;

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    try (ServerSocket socket = listen()) {
      closed = uri(socket.getLocalPort());
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (AutoCloseable closeable : opened) {
      closeable.close();
    }
    http.close();
  }

  /** The requests to all of them. */
  List<String> requests() {
    return requests;
  }

  ManagementApiBrokerClient client(URI... endpoints) {
    List<NodeAddress> nodes =
        Arrays.stream(endpoints)
            .map(url -> new NodeAddress("orders-0", url, AUTHORITY.identity()))
            .toList();
    return new ManagementApiBrokerClient(http, nodes, "operator", PASSWORD);
  }

  static BrokerException failure(ManagementApiBrokerClient client, ApiAction action) {
    return catchThrowableOfType(BrokerException.class, () -> client.apply(action));
  }

  /** Where nobody listens. */
  URI closed() {
    return closed;
  }

  /** A node of a broker with one queue, orders, of the given type. */
  URI broker(String queueType) throws IOException {
    return server(
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.equals("/api/definitions")) {
            answer(exchange, 200, definitions(queueType));
          } else {
            answer(exchange, 200, path.equals("/api/nodes") ? "[]" : "[{\"name\":\"orders\"}]");
          }
        });
  }

  static String definitions(String queueType) {
    return ManagementApiJsonTest.DEFINITIONS.replace("\"quorum\"", "\"" + queueType + "\"");
  }

  URI server(int status, String body) throws IOException {
    return server(exchange -> answer(exchange, status, body));
  }

  URI server(HttpHandler handler) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(AUTHORITY.server()));
    server.createContext(
        "/",
        exchange -> {
          record(exchange);
          handler.handle(exchange);
        });
    server.start();
    opened.add(() -> server.stop(0));
    return uri(server.getAddress().getPort());
  }

  private void record(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(
        (exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
  }

  static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  /** Accepts a connection and a request, sends only the beginning, and keeps it open. */
  URI silent(String beginning) throws IOException {
    ServerSocket listener =
        AUTHORITY
            .server()
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    opened.add(listener);
    Thread.ofVirtual().start(() -> acceptAndSay(listener, beginning));
    return uri(listener.getLocalPort());
  }

  private void acceptAndSay(ServerSocket listener, String beginning) {
    try {
      Socket connection = listener.accept();
      opened.add(connection);
      ((SSLSocket) connection).startHandshake();
      connection.getOutputStream().write(beginning.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static URI uri(int port) {
    return URI.create("https://127.0.0.1:" + port);
  }
}
