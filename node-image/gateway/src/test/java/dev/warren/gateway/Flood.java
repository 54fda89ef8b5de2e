package dev.warren.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A client with many connections that reads nothing, at an address of its own. */
public final class Flood implements AutoCloseable {

  private static final String ADDRESS = "127.0.0.2";
  private static final Duration LENGTH = Duration.ofMillis(1500);

  private final int port;
  private final int most;
  private final List<SocketChannel> connections = new ArrayList<>();

  /**
   * @param most so many connections at a time
   */
  public Flood(int port, int most) {
    this.port = port;
    this.most = most;
  }

  /**
   * Keeps all connections open, replaces those that have ended, and sends these bytes on each as
   * often as they fit, while another client asks.
   *
   * @param once sent when a connection is open
   * @param again sent again and again; nothing if empty
   * @param another asks once, and returns when it has its answer. How long that takes depends on
   *     the machine too: it is measured on the test bed
   */
  public void during(String once, String again, Question another) throws Exception {
    try (ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<?> flooding = thread.submit(() -> flood(once, again));
      while (!flooding.isDone()) {
        another.ask();
        Thread.sleep(10);
      }
      flooding.get();
    }
  }

  /** What the other client does. */
  public interface Question {
    void ask() throws Exception;
  }

  /** Sends a text on a new connection, and reads a line of the answer. */
  public static String answer(int port, String text) throws IOException {
    try (Socket client = new Socket("127.0.0.1", port)) {
      client.setSoTimeout(10_000);
      return answer(client, text);
    }
  }

  /** Sends a text, and reads a line of the answer. */
  public static String answer(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
    InputStream in = client.getInputStream();
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection ended after: " + line);
      }
      line.append((char) next);
    }
    return line.toString();
  }

  private Void flood(String once, String again) throws Exception {
    long end = System.nanoTime() + LENGTH.toNanos();
    while (System.nanoTime() < end) {
      open(once);
      connections.removeIf(connection -> !send(connection, again));
      Thread.sleep(1);
    }
    return null;
  }

  private void open(String once) throws IOException {
    // Not all at once, so that one round is short.
    for (int i = 0; i < 50 && connections.size() < most; i++) {
      SocketChannel connection = SocketChannel.open();
      connection.bind(new InetSocketAddress(ADDRESS, 0));
      connection.connect(new InetSocketAddress("127.0.0.1", port));
      connection.configureBlocking(false);
      if (send(connection, once)) {
        connections.add(connection);
      }
    }
  }

  /** Whether the connection is still open. */
  private static boolean send(SocketChannel connection, String text) {
    try {
      connection.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
      return true;
    } catch (IOException e) {
      closeQuietly(connection);
      return false;
    }
  }

  private static void closeQuietly(SocketChannel connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new AssertionError("a socket can be closed", e);
    }
  }

  @Override
  public void close() {
    connections.forEach(Flood::closeQuietly);
  }
}
