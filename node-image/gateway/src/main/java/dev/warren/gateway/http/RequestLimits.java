package dev.warren.gateway.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** What the HTTP library can read, in bytes. */
final class RequestLimits {

  /** The first line. */
  static final int LONGEST_FIRST_LINE = 4096;

  /** All headers together. */
  static final int MOST_HEADER_BYTES = 8192;

  private RequestLimits() {}

  /**
   * Why something is not a request that can be read.
   *
   * @param why what the library says; null if it says nothing
   */
  static HttpProblem problem(Throwable why) {
    return switch (why) {
      case TooLongHttpLineException e -> HttpProblem.uriTooLong(LONGEST_FIRST_LINE);
      case TooLongHttpHeaderException e -> HttpProblem.headersTooLarge(MOST_HEADER_BYTES);
      case null, default -> HttpProblem.malformed();
    };
  }
}
