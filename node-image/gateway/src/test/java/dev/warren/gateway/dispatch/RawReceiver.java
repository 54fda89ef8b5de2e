package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that does with its connections what a test says, as no HTTP library would. */
final class RawReceiver implements AutoCloseable {

  /** What to do with a request. */
  interface Behaviour {
    /**
     * @param connection its number, from 1
     * @param request its number on this connection, from 1
     */
    void answer(Socket socket, int connection, int request) throws IOException;
  }

  private final ServerSocket server;
  private final Behaviour behaviour;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  RawReceiver(Behaviour behaviour) throws IOException {
    this(InetAddress.getByName("127.0.0.1"), 0, behaviour);
  }

  RawReceiver(InetAddress address, int port, Behaviour behaviour) throws IOException {
    this.server = new ServerSocket(port, 100, address);
    this.behaviour = behaviour;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  int connections() {
    return connections.get();
  }

  /** The heads of all requests, in the order in which they came. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  static void write(Socket socket, String answer) throws IOException {
    socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
  }

  static void ok(Socket socket) throws IOException {
    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  }

  /** Closes it so that the other side is told of an error. */
  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        int number = connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(socket, number));
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serve(Socket socket, int connection) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int request = 1; !socket.isClosed(); request++) {
        String head = head(in);
        if (head.isEmpty()) {
          return;
        }
        in.skipNBytes(bodyLength(head));
        requests.add(head);
        behaviour.answer(socket, connection, request);
      }
    } catch (IOException e) {
      // The client has closed it.
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int octet = in.read();
      if (octet < 0) {
        return "";
      }
      head.write(octet);
    }
    return head.toString(ISO_8859_1);
  }

  private static int bodyLength(String head) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, "Content-Length:", 0, 15))
        .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
