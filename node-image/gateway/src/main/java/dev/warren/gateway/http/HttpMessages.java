package dev.warren.gateway.http;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.broker.Message;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
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

  /** The headers of W3C Trace Context, which have the same names in AMQP. */
  private static final List<String> TRACE_CONTEXT = List.of("traceparent", "tracestate");

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
    BasicProperties properties = properties(headers, now);
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

  private static BasicProperties properties(MultiMap headers, Instant now) throws HttpProblem {
    return new BasicProperties.Builder()
        .deliveryMode(PERSISTENT)
        .timestamp(Date.from(now))
        .contentType(property(headers, HttpHeaders.CONTENT_TYPE.toString()))
        .contentEncoding(property(headers, HttpHeaders.CONTENT_ENCODING.toString()))
        .messageId(messageId(headers))
        .correlationId(property(headers, CORRELATION_ID))
        .expiration(expiration(headers))
        .headers(amqpHeaders(headers))
        .build();
  }

  private static String property(MultiMap headers, String name) throws HttpProblem {
    return property(name, headers.get(name));
  }

  /** The key may be quoted, as in RFC 8941. */
  private static String messageId(MultiMap headers) throws HttpProblem {
    String key = property(headers, IDEMPOTENCY_KEY);
    if (key == null) {
      return UUID.randomUUID().toString();
    }
    boolean quoted = key.length() >= 2 && key.startsWith("\"") && key.endsWith("\"");
    return quoted ? key.substring(1, key.length() - 1) : key;
  }

  private static String expiration(MultiMap headers) throws HttpProblem {
    String value = headers.get(EXPIRATION);
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

  /** Names in lower case, because HTTP ignores case. Of a repeated header the first counts. */
  private static Map<String, Object> amqpHeaders(MultiMap headers) throws HttpProblem {
    Map<String, Object> amqp = new HashMap<>();
    for (Map.Entry<String, String> header : headers) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      if (TRACE_CONTEXT.contains(name)) {
        amqp.putIfAbsent(name, header.getValue());
      } else if (name.startsWith(HEADER_PREFIX) && name.length() > HEADER_PREFIX.length()) {
        amqp.putIfAbsent(name.substring(HEADER_PREFIX.length()), header.getValue());
      }
    }
    mustBeNames(amqp.keySet());
    return amqp;
  }
}
