package dev.warren.gateway.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The HTTP port to which messages are published.
 *
 * @param port 1 to 65535; 0 takes any free one
 * @param timeoutMillis how long the broker may take to confirm a message, above 0
 * @param maxMessageBytes the longest body, above 0
 * @param maxInFlight how many messages may wait for their confirms at a time, above 0
 * @param maxConnections how many may be open at a time, above 0
 * @param maxConnectionsPerClient how many of them one client may have, above 0
 * @param idleTimeoutMillis how long a connection may wait for a request, above 0
 * @param proxyProtocol whether connections begin with a header of the PROXY protocol
 * @param allowedOrigins the origins of pages that may publish, or a star for all; all requests are
 *     accepted, and no headers for browsers are sent, if there are none
 * @param tls what it presents; empty without TLS
 */
public record PublishEndpoint(
    @JsonProperty(required = true) int port,
    @JsonProperty(required = true) long timeoutMillis,
    @JsonProperty(required = true) int maxMessageBytes,
    @JsonProperty(required = true) int maxInFlight,
    @JsonProperty(required = true) int maxConnections,
    @JsonProperty(required = true) int maxConnectionsPerClient,
    @JsonProperty(required = true) long idleTimeoutMillis,
    @JsonProperty(required = true) boolean proxyProtocol,
    List<String> allowedOrigins,
    Optional<TlsFiles> tls) {

  public PublishEndpoint {
    Bounds.port("port", port);
    Bounds.positive("timeoutMillis", timeoutMillis);
    Bounds.positive("maxMessageBytes", maxMessageBytes);
    Bounds.positive("maxInFlight", maxInFlight);
    Bounds.positive("maxConnections", maxConnections);
    Bounds.positive("maxConnectionsPerClient", maxConnectionsPerClient);
    Bounds.positive("idleTimeoutMillis", idleTimeoutMillis);
    allowedOrigins = allowedOrigins == null ? List.of() : List.copyOf(allowedOrigins);
    tls = tls == null ? Optional.empty() : tls;
  }

  /** How long the broker may take to confirm a message. */
  public Duration timeout() {
    return Duration.ofMillis(timeoutMillis);
  }

  /** How long a connection may wait for a request. */
  public Duration idleTimeout() {
    return Duration.ofMillis(idleTimeoutMillis);
  }
}
