package dev.warren.gateway;

import dev.warren.gateway.config.Framing;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.config.RequestReplyEndpoint;
import java.util.List;
import java.util.Optional;

/** Endpoints whose clients may have all connections. */
public final class TestEndpoints {

  private static final int MANY = 2000;

  private TestEndpoints() {}

  public static PublishEndpoint publish(long timeoutMillis, int maxMessageBytes, int maxInFlight) {
    return new PublishEndpoint(
        0,
        timeoutMillis,
        maxMessageBytes,
        maxInFlight,
        MANY,
        MANY,
        60_000,
        false,
        List.of(),
        Optional.empty());
  }

  public static RequestReplyEndpoint requestReply(
      String name,
      int port,
      String queue,
      Framing framing,
      long timeoutMillis,
      int maxMessageBytes,
      int maxConnections,
      int maxInFlight,
      long idleTimeoutMillis) {
    return new RequestReplyEndpoint(
        name,
        port,
        queue,
        framing,
        timeoutMillis,
        maxMessageBytes,
        maxConnections,
        maxConnections,
        maxInFlight,
        idleTimeoutMillis,
        false,
        Optional.empty());
  }
}
