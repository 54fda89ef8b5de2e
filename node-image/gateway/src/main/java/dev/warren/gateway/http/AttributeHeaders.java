package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.MultiMap;
import java.io.ByteArrayOutputStream;
import java.util.HexFormat;

/**
 * Headers with the attributes of a CloudEvent, which may be quoted and percent-encoded (HTTP
 * binding, 3.1.3.2). The library does not do that.
 */
final class AttributeHeaders {

  private static final String PREFIX = "ce-";

  private AttributeHeaders() {}

  /** The same headers, with decoded attributes. */
  static MultiMap decoded(MultiMap headers) {
    MultiMap decoded = MultiMap.caseInsensitiveMultiMap();
    headers.forEach(
        (name, value) ->
            decoded.add(name, isAttribute(name) ? percentDecoded(unquoted(value)) : value));
    return decoded;
  }

  private static boolean isAttribute(String name) {
    return name.regionMatches(true, 0, PREFIX, 0, PREFIX.length());
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
  }

  /** Keeps text that only looks like an encoded octet. */
  private static String percentDecoded(String value) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    int i = 0;
    while (i < value.length()) {
      if (isEncodedOctet(value, i)) {
        octets.write(HexFormat.fromHexDigits(value, i + 1, i + 3));
        i += 3;
      } else {
        int character = value.codePointAt(i);
        octets.writeBytes(Character.toString(character).getBytes(UTF_8));
        i += Character.charCount(character);
      }
    }
    return octets.toString(UTF_8);
  }

  private static boolean isEncodedOctet(String value, int at) {
    return value.charAt(at) == '%'
        && at + 2 < value.length()
        && HexFormat.isHexDigit(value.charAt(at + 1))
        && HexFormat.isHexDigit(value.charAt(at + 2));
  }
}
