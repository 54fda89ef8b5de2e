package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.MultiMap;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The headers of a request, as RFC 9110 says: their values are ASCII, and only some may have
 * several lines.
 */
final class RequestHeaders {

  private final MultiMap headers;

  RequestHeaders(MultiMap headers) {
    this.headers = headers;
  }

  /**
   * The value of a header that has one line; null if it is absent.
   *
   * @throws HttpProblem 400 if it has several lines: which one counts is not defined
   */
  String only(String name) throws HttpProblem {
    List<String> lines = headers.getAll(name);
    if (lines.size() > 1) {
      throw HttpProblem.badRequest(
          "the request has %d lines of %s, and one is allowed".formatted(lines.size(), name));
    }
    return lines.isEmpty() ? null : ascii(name, lines.getFirst());
  }

  /** All lines of a header as one, in their order; null if it is absent. */
  String all(String name) throws HttpProblem {
    List<String> lines = headers.getAll(name);
    return lines.isEmpty() ? null : ascii(name, String.join(", ", lines));
  }

  /** The value of a header that has one line, percent-decoded; null if it is absent. */
  String decoded(String name) throws HttpProblem {
    String value = only(name);
    return value == null ? null : decoded(name, value);
  }

  /**
   * What follows a prefix in the names of headers.
   *
   * @param prefix in lower case, as what follows
   */
  SortedSet<String> namesBehind(String prefix) {
    SortedSet<String> names = new TreeSet<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.startsWith(prefix)) {
        names.add(name.substring(prefix.length()));
      }
    }
    return names;
  }

  /**
   * A percent-decoded text. What only looks like an encoded octet stays as it is.
   *
   * @param header its name, for the problem
   * @throws HttpProblem 400 if the octets are not UTF-8
   */
  static String decoded(String header, String text) throws HttpProblem {
    ByteArrayOutputStream octets = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (isEncodedOctet(text, i)) {
        octets.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        octets.write(text.charAt(i));
      }
    }
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(octets.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw HttpProblem.badRequest("%s is not UTF-8 when it is decoded".formatted(header));
    }
  }

  /** Servers read other bytes as one encoding or another, so the text would be a matter of luck. */
  private static String ascii(String name, String value) throws HttpProblem {
    if (value
        .chars()
        .anyMatch(character -> character > 0x7e || character < ' ' && character != '\t')) {
      throw HttpProblem.badRequest(
          "%s has characters that are not printable ASCII: percent-encode them".formatted(name));
    }
    return value;
  }

  private static boolean isEncodedOctet(String value, int at) {
    return value.charAt(at) == '%'
        && at + 2 < value.length()
        && HexFormat.isHexDigit(value.charAt(at + 1))
        && HexFormat.isHexDigit(value.charAt(at + 2));
  }
}
