package dev.warren.gateway.broker;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.SocketConfigurators;
import io.quarkus.runtime.Quarkus;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLSocket;
import org.jboss.logging.Logger;

/**
 * A connection that its own thread opens again whenever it ends. The client library's recovery is
 * not used: it covers neither the first connection nor channels that the broker closed.
 */
final class BrokerConnection implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(BrokerConnection.class);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  /** The user of the connection. Called by the connection's thread only. */
  interface User {
    /** The connection is open, so channels can be opened. */
    void opened(Connection connection) throws IOException;

    /** The connection and its channels have ended. Called only after {@code opened}. */
    void lost();
  }

  private final ConnectionFactory factory;
  private final String name;
  private final User user;
  private final ExecutorService callbacks;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile Socket socket;

  /**
   * Starts at once.
   *
   * @param factory is copied
   * @param name its name in the broker's lists
   */
  BrokerConnection(ConnectionFactory factory, String name, User user) {
    this.factory = factory.clone();
    this.factory.setAutomaticRecoveryEnabled(false);
    this.factory.setSocketConfigurator(
        SocketConfigurators.defaultConfigurator().andThen(this::opened));
    this.name = name;
    this.user = user;
    this.callbacks =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name(name + "-callbacks").daemon().factory());
    this.thread = Thread.ofPlatform().name(name + "-connection").daemon().start(this::keepOpen);
  }

  private void opened(Socket opened) throws IOException {
    if (opened instanceof SSLSocket) {
      // Otherwise a close would wait until a write ends that hangs.
      opened.setSoLinger(true, 1);
    }
    socket = opened;
  }

  /** Closes the connection at once, even when a call on it hangs, so that a new one replaces it. */
  void cut() {
    Socket open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.debugf(e, "%s: closing", name);
      }
    }
  }

  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    try {
      thread.join(GOODBYE.multipliedBy(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    cut();
    callbacks.shutdown();
  }

  private void keepOpen() {
    Duration pause = SHORTEST_PAUSE;
    String problem = "";
    boolean wasOpen = false;
    try {
      do {
        try {
          openUntilItEnds();
          wasOpen = true;
          pause = SHORTEST_PAUSE;
          problem = "";
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
          if (wasOpen && e instanceof AuthenticationFailureException) {
            // A container gets the values of a Secret only when it starts.
            LOG.errorf(
                "%s: the password has changed; exiting, to be restarted with the new one", name);
            Quarkus.asyncExit(1);
            return;
          }
          if (!problem.equals(e.toString())) {
            problem = e.toString();
            LOG.warnf("%s: no connection to the broker: %s", name, problem);
          }
          pause = shorter(pause.multipliedBy(2), LONGEST_PAUSE);
        }
      } while (!closing.await(pause.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      LOG.debugf("%s: closed", name);
    }
  }

  private void openUntilItEnds() throws IOException, TimeoutException, InterruptedException {
    Connection connection = factory.newConnection(callbacks, name);
    CountDownLatch ended = new CountDownLatch(1);
    try {
      connection.addShutdownListener(cause -> ended.countDown());
      user.opened(connection);
      LOG.infof("%s: connected", name);
      ended.await();
      LOG.warnf("%s: the connection ended: %s", name, connection.getCloseReason().getMessage());
    } finally {
      user.lost();
      connection.abort((int) GOODBYE.toMillis());
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
