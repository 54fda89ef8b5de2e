package dev.warren.gateway.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * The HTTP port to which messages are published.
 *
 * @param port 1 to 65535; 0 takes any free one
 * @param timeoutMillis how long the broker may take to confirm a message, above 0
 * @param maxMessageBytes the longest body, above 0
 * @param maxInFlight how many messages may wait for their confirms at a time, above 0
 */
public record PublishEndpoint(
    @JsonProperty(required = true) int port,
    @JsonProperty(required = true) long timeoutMillis,
    @JsonProperty(required = true) int maxMessageBytes,
    @JsonProperty(required = true) int maxInFlight) {

  public PublishEndpoint {
    Bounds.port("port", port);
    Bounds.positive("timeoutMillis", timeoutMillis);
    Bounds.positive("maxMessageBytes", maxMessageBytes);
    Bounds.positive("maxInFlight", maxInFlight);
  }

  /** How long the broker may take to confirm a message. */
  public Duration timeout() {
    return Duration.ofMillis(timeoutMillis);
  }
}
