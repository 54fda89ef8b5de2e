package dev.warren.gateway.http;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.broker.Message;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Turns an HTTP request into messages. */
final class HttpMessages {

  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final String CORRELATION_ID = "Warren-Correlation-Id";
  private static final String EXPIRATION = "Warren-Expiration-Millis";
  private static final String HEADER_PREFIX = "warren-header-";
  private static final String CONTENT_TYPE = "Content-Type";
  private static final String CONTENT_ENCODING = "Content-Encoding";

  /** The headers of W3C Trace Context, which have the same names in AMQP. */
  private static final String TRACE_PARENT = "traceparent";

  private static final String TRACE_STATE = "tracestate";

  /** The broker's maximum: 49 days. */
  private static final long LONGEST_EXPIRATION = 0xFFFF_FFFFL;

  private static final int PERSISTENT = 2;

  private HttpMessages() {}

  /**
   * The messages of a request: one, or as many as a batch of CloudEvents has.
   *
   * @param now when they were published
   * @throws HttpProblem 400 if the request is invalid
   */
  static List<Message> of(Destination destination, MultiMap headers, Buffer body, Instant now)
      throws HttpProblem {
    RequestHeaders requestHeaders = new RequestHeaders(headers);
    BasicProperties properties = properties(requestHeaders, now);
    if (CloudEventMessages.areIn(headers)) {
      return CloudEventMessages.of(destination, properties, headers, body);
    }
    return List.of(message(destination, properties, body.getBytes()));
  }

  static Message message(Destination destination, BasicProperties properties, byte[] body) {
    return new Message(destination.exchange(), destination.routingKey(), properties, body);
  }

  /**
   * A value that can be a short string.
   *
   * @throws HttpProblem 400 if it is too long
   */
  static String property(String name, String value) throws HttpProblem {
    if (value != null && !Message.isShortString(value)) {
      throw HttpProblem.badRequest(
          name + " is longer than " + Message.LONGEST_SHORT_STRING + " bytes");
    }
    return value;
  }

  /**
   * Names of headers, which are short strings too.
   *
   * @throws HttpProblem 400 if one is too long
   */
  static void mustBeNames(Set<String> names) throws HttpProblem {
    for (String name : names) {
      property("the name of a header", name);
    }
  }

  private static BasicProperties properties(RequestHeaders headers, Instant now)
      throws HttpProblem {
    return new BasicProperties.Builder()
        .deliveryMode(PERSISTENT)
        .timestamp(Date.from(now))
        .contentType(property(CONTENT_TYPE, headers.only(CONTENT_TYPE)))
        .contentEncoding(property(CONTENT_ENCODING, headers.all(CONTENT_ENCODING)))
        .messageId(messageId(headers))
        .correlationId(property(CORRELATION_ID, headers.decoded(CORRELATION_ID)))
        .expiration(expiration(headers))
        .headers(amqpHeaders(headers))
        .build();
  }

  /** The key may be quoted, as in RFC 8941. */
  private static String messageId(RequestHeaders headers) throws HttpProblem {
    String key = property(IDEMPOTENCY_KEY, headers.only(IDEMPOTENCY_KEY));
    if (key == null) {
      return UUID.randomUUID().toString();
    }
    boolean quoted = key.length() >= 2 && key.startsWith("\"") && key.endsWith("\"");
    return quoted ? key.substring(1, key.length() - 1) : key;
  }

  private static String expiration(RequestHeaders headers) throws HttpProblem {
    String value = headers.only(EXPIRATION);
    if (value == null) {
      return null;
    }
    try {
      long millis = Long.parseLong(value);
      if (millis > 0 && millis <= LONGEST_EXPIRATION) {
        return Long.toString(millis);
      }
    } catch (NumberFormatException e) {
      throw wrongExpiration();
    }
    throw wrongExpiration();
  }

  private static HttpProblem wrongExpiration() {
    return HttpProblem.badRequest(
        EXPIRATION + " must be a whole number from 1 to " + LONGEST_EXPIRATION);
  }

  /** Names in lower case, because HTTP ignores case. */
  private static Map<String, Object> amqpHeaders(RequestHeaders headers) throws HttpProblem {
    Map<String, Object> amqp = new HashMap<>();
    put(amqp, TRACE_PARENT, headers.only(TRACE_PARENT));
    put(amqp, TRACE_STATE, headers.all(TRACE_STATE));
    for (String name : headers.namesBehind(HEADER_PREFIX)) {
      put(
          amqp,
          RequestHeaders.decoded(HEADER_PREFIX + name, name).toLowerCase(Locale.ROOT),
          RequestHeaders.decoded(HEADER_PREFIX + name, headers.all(HEADER_PREFIX + name)));
    }
    mustBeNames(amqp.keySet());
    return amqp;
  }

  private static void put(Map<String, Object> amqp, String name, String value) throws HttpProblem {
    if (name.isEmpty()) {
      throw HttpProblem.badRequest("%s needs a name behind it".formatted(HEADER_PREFIX));
    }
    if (value != null && amqp.put(name, value) != null) {
      throw HttpProblem.badRequest(
          "two headers of the request would be the message's header '%s'".formatted(name));
    }
  }
}
