package dev.warren.gateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;

/** A line and a line as reply, each client over its own connection. */
final class LineWay implements Way {

  private final NetClient client;
  private final String host;
  private final int port;
  private final Buffer line;
  private final List<Connection> connections = new ArrayList<>();

  LineWay(Vertx vertx, String host, int port, String text) {
    this.client = vertx.createNetClient();
    this.host = host;
    this.port = port;
    this.line = Buffer.buffer(text + "\n");
  }

  @Override
  public Future<?> open(int concurrency) {
    List<Future<?>> opened = new ArrayList<>();
    for (int i = 0; i < concurrency; i++) {
      opened.add(client.connect(port, host).onSuccess(socket -> add(new Connection(socket, line))));
    }
    return Future.all(List.copyOf(opened));
  }

  private synchronized void add(Connection connection) {
    connections.add(connection);
  }

  @Override
  public Future<?> once(int number) {
    return connections.get(number).once();
  }

  @Override
  public void close() {
    client.close();
  }

  private static final class Connection {

    private final NetSocket socket;
    private final Buffer line;
    private int received;
    private volatile Promise<Void> waiting;

    Connection(NetSocket socket, Buffer line) {
      this.socket = socket;
      this.line = line;
      socket.handler(this::receive);
      socket.closeHandler(closed -> waiting.tryFail("the connection was closed"));
    }

    Future<Void> once() {
      Promise<Void> reply = Promise.promise();
      waiting = reply;
      socket.write(line);
      return reply.future();
    }

    private void receive(Buffer bytes) {
      received += bytes.length();
      if (received == line.length()) {
        received = 0;
        if (bytes.getByte(bytes.length() - 1) == '\n') {
          waiting.complete();
        } else {
          waiting.fail("another reply: " + bytes);
        }
      } else if (received > line.length()) {
        waiting.fail("a longer reply: " + bytes);
      }
    }
  }
}
