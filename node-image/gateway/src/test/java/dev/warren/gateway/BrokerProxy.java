package dev.warren.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy between gateway and broker that imitates a bad network or an alarm. */
final class BrokerProxy implements AutoCloseable {

  private static final int BLOCKED = 60;
  private static final int UNBLOCKED = 61;

  private final NetServer server;
  private final NetClient client;
  private final Set<NetSocket> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;
  private volatile boolean silent;

  BrokerProxy(Vertx vertx, String host, int port) {
    client = vertx.createNetClient();
    server =
        vertx
            .createNetServer()
            .connectHandler(
                inside -> {
                  if (refusing) {
                    inside.close();
                    return;
                  }
                  inside.pause();
                  client
                      .connect(port, host)
                      .onSuccess(outside -> join(inside, outside))
                      .onFailure(e -> inside.close());
                });
    server.listen(0).toCompletionStage().toCompletableFuture().join();
  }

  int port() {
    return server.actualPort();
  }

  /** Closes all connections, and each new one at once. */
  void cut() {
    refusing = true;
    connections.forEach(NetSocket::close);
  }

  void restore() {
    refusing = false;
  }

  /** Drops everything that the broker sends. */
  void silence() {
    silent = true;
  }

  /** Sends what a broker with an alarm sends. The connection must be idle. */
  void block(String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    say(method(BLOCKED).appendByte((byte) text.length).appendBytes(text));
  }

  void unblock() {
    say(method(UNBLOCKED));
  }

  @Override
  public void close() {
    server.close();
    client.close();
  }

  private void join(NetSocket inside, NetSocket outside) {
    connections.add(inside);
    inside.closeHandler(
        closed -> {
          connections.remove(inside);
          outside.close();
        });
    outside.closeHandler(closed -> inside.close());
    inside.handler(outside::write);
    outside.handler(
        bytes -> {
          if (!silent) {
            inside.write(bytes);
          }
        });
    inside.resume();
  }

  /** A method of AMQP's class `connection`. */
  private static Buffer method(int number) {
    return Buffer.buffer().appendShort((short) 10).appendShort((short) number);
  }

  private void say(Buffer payload) {
    Buffer frame =
        Buffer.buffer()
            .appendByte((byte) 1)
            .appendShort((short) 0)
            .appendInt(payload.length())
            .appendBuffer(payload)
            .appendByte((byte) 0xCE);
    connections.forEach(connection -> connection.write(frame));
  }
}
