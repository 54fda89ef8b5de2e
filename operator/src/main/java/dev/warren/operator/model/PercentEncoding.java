package dev.warren.operator.model;

import java.nio.charset.StandardCharsets;

/** Texts as parts of a URI: of a path, a query, or a user and password (RFC 3986). */
public final class PercentEncoding {

  private static final String UNRESERVED = "-._~";

  private PercentEncoding() {}

  /** The text, of which only letters, digits and {@code -._~} stay as they are. */
  public static String of(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
      if (isUnreserved(octet)) {
        encoded.append((char) octet);
      } else {
        encoded.append("%%%02X".formatted(octet & 0xff));
      }
    }
    return encoded.toString();
  }

  private static boolean isUnreserved(byte octet) {
    return octet > 0 && (Character.isLetterOrDigit(octet) || UNRESERVED.indexOf(octet) >= 0);
  }
}
