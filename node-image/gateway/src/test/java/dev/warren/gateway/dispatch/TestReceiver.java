package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that answers events as a test prepared it, and all others with 204. */
final class TestReceiver implements AutoCloseable {

  /** How to answer a request. */
  interface Behaviour {
    void answer(HttpExchange exchange) throws IOException;
  }

  /** A received request. */
  record Received(
      long nanos, String method, URI uri, Map<String, List<String>> headers, String body) {
    String id() {
      return header("Ce-id");
    }

    String header(String name) {
      return headers.containsKey(name) ? headers.get(name).getFirst() : null;
    }
  }

  private final Map<String, Deque<Behaviour>> behaviours = new ConcurrentHashMap<>();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger answering = new AtomicInteger();
  private final AtomicInteger mostAtATime = new AtomicInteger();
  private final int port;
  private HttpServer server;

  TestReceiver(int port) throws IOException {
    this.port = port;
    up();
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void up() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  /** Refuses connections. */
  void down() {
    server.stop(0);
  }

  /** How to answer the first requests about an event. */
  void answer(String id, Behaviour... first) {
    behaviours.put(id, new ArrayDeque<>(List.of(first)));
  }

  static Behaviour status(int status) {
    return status(status, "");
  }

  static Behaviour status(int status, String body) {
    return exchange -> {
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "text/plain");
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  static Behaviour header(String name, String value, Behaviour then) {
    return exchange -> {
      exchange.getResponseHeaders().add(name, value);
      then.answer(exchange);
    };
  }

  static Behaviour after(long millis, Behaviour then) {
    return exchange -> {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      then.answer(exchange);
    };
  }

  /** Ends the connection in the middle of the answer. */
  static Behaviour half() {
    return exchange -> {
      exchange.sendResponseHeaders(200, 100);
      exchange.getResponseBody().write(new byte[10]);
      exchange.getResponseBody().flush();
    };
  }

  List<Received> received() {
    return List.copyOf(received);
  }

  List<Received> received(String id) {
    return received.stream().filter(request -> id.equals(request.id())).toList();
  }

  int mostAtATime() {
    return mostAtATime.get();
  }

  private void answer(HttpExchange exchange) {
    try (exchange) {
      mostAtATime.accumulateAndGet(answering.incrementAndGet(), Math::max);
      String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      Received request =
          new Received(
              System.nanoTime(),
              exchange.getRequestMethod(),
              exchange.getRequestURI(),
              Map.copyOf(exchange.getRequestHeaders()),
              body);
      received.add(request);
      Behaviour next =
          behaviours.getOrDefault(String.valueOf(request.id()), new ArrayDeque<>()).poll();
      (next == null ? status(204) : next).answer(exchange);
    } catch (IOException e) {
      // Some tests stop the dispatcher.
    } finally {
      answering.decrementAndGet();
    }
  }

  @Override
  public void close() {
    down();
  }
}
