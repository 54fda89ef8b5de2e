package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a request says of a message besides the event: its properties and its headers, as headers of
 * HTTP. Servers accept about 8 KiB of headers, so what a message may add is bounded.
 */
final class MessageHeaders {

  static final String OMITTED = "Warren-Headers-Omitted";

  /** For the message's properties and headers, with their names, in bytes. */
  static final int MOST_BYTES = 4096;

  /** Some servers accept no more than 100 headers in a request. */
  static final int MOST_HEADERS = 64;

  private static final String PREFIX = "Warren-Header-";

  /** Those of W3C Trace Context, which have the same names in HTTP. */
  private static final Set<String> TRACE_CONTEXT = Set.of("traceparent", "tracestate");

  private static final String PRINTABLE = "[!-~]([ -~]{0,510}[!-~])?";

  /** A colon, a space and the end of the line. */
  private static final int BESIDES_NAME_AND_VALUE = 4;

  private final Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private int headers;
  private int bytes;
  private int omitted;

  private MessageHeaders() {}

  /**
   * The headers for a message.
   *
   * @param isSent which of the message's headers are sent, by name
   */
  static MessageHeaders of(QueuedMessage message, Predicate<String> isSent) {
    MessageHeaders result = new MessageHeaders();
    result.addProperties(message);
    // Sorted, so that every delivery of a message has the same.
    new TreeMap<>(message.headers())
        .forEach(
            (name, value) -> {
              if (isSent.test(name) && !message.isDeliveryCount(name)) {
                result.add(name, value);
              }
            });
    if (result.omitted > 0) {
      result.all.put(OMITTED, String.valueOf(result.omitted));
    }
    return result;
  }

  /** By name; names are tokens and values are printable ASCII. */
  Map<String, String> all() {
    return all;
  }

  /** How many headers of the message are left out. */
  int omitted() {
    return omitted;
  }

  private void addProperties(QueuedMessage message) {
    BasicProperties properties = message.properties();
    addProperty("Warren-Correlation-Id", Optional.ofNullable(properties.getCorrelationId()));
    addProperty("Warren-Reply-To", Optional.ofNullable(properties.getReplyTo()));
    addProperty("Warren-User-Id", Optional.ofNullable(properties.getUserId()));
    addProperty("Warren-App-Id", Optional.ofNullable(properties.getAppId()));
    addProperty("Warren-Expiration-Millis", Optional.ofNullable(properties.getExpiration()));
    addProperty(
        "Warren-Priority", Optional.ofNullable(properties.getPriority()).map(String::valueOf));
    addProperty("Warren-Redelivered", Optional.of(String.valueOf(message.redelivered())));
    addProperty("Warren-Delivery-Count", message.deliveryCount().map(String::valueOf));
  }

  private void addProperty(String name, Optional<String> property) {
    property
        .map(HeaderText::value)
        .ifPresent(
            value -> {
              all.put(name, value);
              bytes += size(name, value);
            });
  }

  private void add(String name, Object value) {
    if (HeaderValue.text(value).filter(text -> fitsWithName(name, text)).isEmpty()) {
      omitted++;
    }
  }

  private boolean fitsWithName(String name, String text) {
    String lowerCase = name.toLowerCase(Locale.ROOT);
    // A header of a trace that is none, such as one with line ends, is like any other header.
    return TRACE_CONTEXT.contains(lowerCase) && text.matches(PRINTABLE)
        ? fits(lowerCase, text)
        : fits(PREFIX + HeaderText.name(name), HeaderText.value(text));
  }

  /** Adds one, unless there is no room for it, or already one of that name: HTTP ignores case. */
  private boolean fits(String name, String value) {
    int size = size(name, value);
    if (headers == MOST_HEADERS || bytes + size > MOST_BYTES || all.containsKey(name)) {
      return false;
    }
    all.put(name, value);
    headers++;
    bytes += size;
    return true;
  }

  private static int size(String name, String value) {
    return name.length() + value.length() + BESIDES_NAME_AND_VALUE;
  }
}
