package dev.warren.gateway.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a receiver answered.
 *
 * @param contentType of the body
 * @param contentEncoding of the body, which is kept as it was received
 * @param retryAfter the header of that name, unparsed
 * @param body its beginning, when it was too long to be kept
 */
record Answer(
    int status,
    Optional<String> contentType,
    Optional<String> contentEncoding,
    Optional<String> retryAfter,
    byte[] body,
    boolean tooLong) {

  /** How much of the body the summary has, in bytes. */
  static final int EXCERPT = 200;

  /** The status and the beginning of the body, which often says why the receiver refused. */
  String summary() {
    String text = new String(body, 0, Math.min(body.length, EXCERPT), StandardCharsets.UTF_8);
    String excerpt = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return "HTTP " + status + (excerpt.isEmpty() ? "" : ": " + excerpt);
  }
}
