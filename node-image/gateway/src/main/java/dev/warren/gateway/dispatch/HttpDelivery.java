package dev.warren.gateway.dispatch;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How a consumer's messages are delivered: {@code WARREN_HTTP_DELIVERY}, as the operator writes it.
 *
 * @param consumer the consumer's name
 * @param url where messages go; http or https
 * @param timeoutMillis how long one attempt may take, from connecting to the answer's last byte; at
 *     least 1
 * @param concurrency how many messages are being delivered at a time, including those that wait for
 *     their next attempt; at least 1
 * @param ordered whether each message waits until the one before it is settled
 * @param deadLetter where messages go that could not be delivered; null rejects them, and the
 *     broker handles them as their queue is configured
 * @param tls what differs from the system's own trust and from no certificate; null if nothing does
 */
record HttpDelivery(
    String consumer,
    URI url,
    Method method,
    long timeoutMillis,
    int concurrency,
    boolean ordered,
    ContentMode contentMode,
    Redirects redirects,
    Retry retry,
    DeadLetterTarget deadLetter,
    Tls tls) {

  /** The request's method. GET is for servers that support nothing else: it has no body. */
  enum Method {
    POST,
    PUT,
    PATCH,
    GET
  }

  /** The two ways in which CloudEvents travel over HTTP. */
  enum ContentMode {
    /** The message is the body, its attributes are headers. */
    @JsonProperty("Binary")
    BINARY,
    /** The body is a JSON document with the attributes and the message. */
    @JsonProperty("Structured")
    STRUCTURED
  }

  /** What an answer does that names another place. */
  enum Redirects {
    /** The message becomes a dead letter. */
    @JsonProperty("Refuse")
    REFUSE,
    /** The request is repeated there if the status says so: 307 and 308. */
    @JsonProperty("Follow")
    FOLLOW
  }

  /**
   * When a failed delivery is retried.
   *
   * @param maxAttempts attempts in all, including the first; at least 1
   * @param initialDelayMillis the longest pause before the second attempt, at least 0; doubled for
   *     each later one
   * @param maxDelayMillis the longest pause of all, whatever the receiver asks for
   */
  record Retry(int maxAttempts, long initialDelayMillis, long maxDelayMillis) {
    Retry {
      atLeast(1, maxAttempts, "retry.maxAttempts");
      atLeast(0, initialDelayMillis, "retry.initialDelayMillis");
      atLeast(initialDelayMillis, maxDelayMillis, "retry.maxDelayMillis");
    }
  }

  /**
   * Where the broker routes dead letters of the queue.
   *
   * @param exchange empty for the default exchange, whose routing key is the name of a queue
   * @param routingKey null for the one that the message was published with
   */
  record DeadLetterTarget(String exchange, String routingKey) {
    DeadLetterTarget {
      Objects.requireNonNull(exchange, "deadLetter.exchange");
    }

    String routingKey(QueuedMessage message) {
      return routingKey == null ? message.routingKey() : routingKey;
    }
  }

  /**
   * Mounted Secrets for TLS. Each may be null.
   *
   * @param caFolder has {@code ca.crt}: the only authorities that are trusted
   * @param clientCertificateFolder has {@code tls.crt} and {@code tls.key}, for receivers that ask
   *     for a certificate
   */
  record Tls(Path caFolder, Path clientCertificateFolder) {}

  HttpDelivery {
    Objects.requireNonNull(consumer, "consumer");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(contentMode, "contentMode");
    Objects.requireNonNull(redirects, "redirects");
    Objects.requireNonNull(retry, "retry");
    atLeast(1, timeoutMillis, "timeoutMillis");
    atLeast(1, concurrency, "concurrency");
  }

  /** How events are sent: a request without a body can have them only in its headers. */
  ContentMode sentAs() {
    return method == Method.GET ? ContentMode.BINARY : contentMode;
  }

  /** The URL without what may be secret: a user and a query. */
  String shownUrl() {
    return url.toString().replaceFirst("[?#].*", "").replaceFirst("//[^/]*@", "//");
  }

  Duration timeout() {
    return Duration.ofMillis(timeoutMillis);
  }

  /** How many messages are being delivered at a time. */
  int atATime() {
    return ordered ? 1 : concurrency;
  }

  /** The Secrets for TLS, if there are any. */
  Optional<Tls> ownTls() {
    return Optional.ofNullable(tls);
  }

  Optional<DeadLetterTarget> deadLetterTarget() {
    return Optional.ofNullable(deadLetter);
  }

  private static void atLeast(long least, long value, String name) {
    if (value < least) {
      throw new IllegalArgumentException("%s is %d, less than %d".formatted(name, value, least));
    }
  }
}
