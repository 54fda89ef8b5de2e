package dev.warren.gateway.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Headers with the attributes of a CloudEvent, which may be quoted and percent-encoded (HTTP
 * binding, 3.1.3.2).
 */
final class AttributeHeaders {

  private static final String PREFIX = "ce-";
  private static final String CONTENT_TYPE = "datacontenttype";

  private AttributeHeaders() {}

  /**
   * The attributes by name, decoded.
   *
   * @throws HttpProblem 400 if one has several lines, or is not a text
   */
  static Map<String, String> of(RequestHeaders headers) throws HttpProblem {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (String name : headers.namesBehind(PREFIX)) {
      String header = PREFIX + name;
      attributes.put(name, RequestHeaders.decoded(header, unquoted(headers.only(header))));
    }
    String contentType = headers.only("Content-Type");
    if (attributes.containsKey(CONTENT_TYPE)) {
      throw HttpProblem.badRequest("the type of an event's data is in Content-Type");
    }
    if (contentType != null) {
      attributes.put(CONTENT_TYPE, contentType);
    }
    return attributes;
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
  }
}
