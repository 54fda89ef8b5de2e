package dev.warren.gateway.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * One TCP port. The consumers of a queue answer its requests.
 *
 * @param name its name in logs and metrics
 * @param port 1 to 65535; 0 takes any free one
 * @param queue where requests go
 * @param timeoutMillis how long a request waits for its reply, above 0
 * @param maxMessageBytes the longest request and the longest reply, above 0
 * @param maxConnections how many may be open at a time, above 0
 * @param maxConnectionsPerClient how many of them one client may have, above 0
 * @param maxInFlight how many requests may wait for their replies at a time, above 0
 * @param idleTimeoutMillis how long a connection may be idle before it is closed, above 0
 * @param proxyProtocol whether connections begin with a header of the PROXY protocol
 * @param tls what it presents; empty without TLS
 */
public record RequestReplyEndpoint(
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) int port,
    @JsonProperty(required = true) String queue,
    @JsonProperty(required = true) Framing framing,
    @JsonProperty(required = true) long timeoutMillis,
    @JsonProperty(required = true) int maxMessageBytes,
    @JsonProperty(required = true) int maxConnections,
    @JsonProperty(required = true) int maxConnectionsPerClient,
    @JsonProperty(required = true) int maxInFlight,
    @JsonProperty(required = true) long idleTimeoutMillis,
    @JsonProperty(required = true) boolean proxyProtocol,
    Optional<TlsFiles> tls) {

  public RequestReplyEndpoint {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(queue, "queue");
    Objects.requireNonNull(framing, "framing");
    tls = tls == null ? Optional.empty() : tls;
    Bounds.port("port", port);
    Bounds.positive("timeoutMillis", timeoutMillis);
    Bounds.positive("maxMessageBytes", maxMessageBytes);
    Bounds.positive("maxConnections", maxConnections);
    Bounds.positive("maxConnectionsPerClient", maxConnectionsPerClient);
    Bounds.positive("maxInFlight", maxInFlight);
    Bounds.positive("idleTimeoutMillis", idleTimeoutMillis);
  }

  /** How long a request waits for its reply. */
  public Duration timeout() {
    return Duration.ofMillis(timeoutMillis);
  }
}
