package dev.warren.gateway.config;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How requests and replies are separated on a TCP connection. */
public enum Framing {
  /** One request per connection, ended by the client's half-close or a short silence. */
  @JsonProperty("Raw")
  RAW,
  /** A line is a request, and so is a reply. */
  @JsonProperty("Line")
  LINE,
  /** A signed 32-bit big-endian length comes before each request and reply. */
  @JsonProperty("LengthPrefixed")
  LENGTH_PREFIXED
}
