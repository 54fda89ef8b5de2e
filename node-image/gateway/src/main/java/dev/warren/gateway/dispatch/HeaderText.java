package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.IntPredicate;

/**
 * Texts as HTTP headers can hold them. What they cannot hold is percent-encoded, and so is the
 * percent sign: decoding always returns the original.
 */
final class HeaderText {

  private static final String OTHER_TOKEN_CHARACTERS = "!#$&'*+-.^_`|~";

  private HeaderText() {}

  /** Whether a header can have the text as it is. */
  static boolean isPlain(String text) {
    return text.matches("[!-~]([ -~]*[!-~])?");
  }

  /** The value of a header: printable ASCII, spaces included, except where HTTP strips them. */
  static String value(String text) {
    return encoded(text, octet -> octet >= ' ' && octet < 0x7f && octet != '%');
  }

  /**
   * The value of an attribute of a CloudEvent, as the HTTP binding of CloudEvents says (3.1.3.2).
   */
  static String attribute(String text) {
    return encoded(text, octet -> octet > ' ' && octet < 0x7f && octet != '"' && octet != '%');
  }

  /** A part of a header's name, which is a token. */
  static String name(String text) {
    return encoded(
        text,
        octet ->
            octet < 0x7f
                && (Character.isLetterOrDigit(octet)
                    || OTHER_TOKEN_CHARACTERS.indexOf(octet) >= 0));
  }

  private static String encoded(String text, IntPredicate staysPlain) {
    byte[] octets = text.getBytes(UTF_8);
    StringBuilder encoded = new StringBuilder();
    for (int i = 0; i < octets.length; i++) {
      int octet = octets[i] & 0xff;
      boolean isStripped = octet == ' ' && (i == 0 || i == octets.length - 1);
      if (staysPlain.test(octet) && !isStripped) {
        encoded.append((char) octet);
      } else {
        encoded.append("%%%02X".formatted(octet));
      }
    }
    return encoded.toString();
  }
}
