package dev.warren.gateway.dispatch;

import dev.warren.gateway.dispatch.Outcome.Failure;
import dev.warren.gateway.dispatch.Outcome.NotSent;
import dev.warren.gateway.dispatch.Outcome.Retriable;
import dev.warren.gateway.tls.InvalidPem;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.nio.AsyncEntityProducer;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;
import org.apache.hc.core5.http.nio.entity.BasicAsyncEntityProducer;
import org.apache.hc.core5.http.nio.support.BasicRequestProducer;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIAuthority;

/** The server that messages are delivered to. Any number of threads may send at a time. */
final class Receiver implements AutoCloseable {
  /** The longest answer that is sent back, in bytes. */
  static final int MAX_ANSWER = 1 << 20;

  private final Optional<ReceiverTls> tls;
  private final CloseableHttpAsyncClient http;
  private final CloseableHttpAsyncClient once;
  private final RequestFactory requests;
  private final HttpHost host;
  private final String path;
  private final Duration timeout;
  private final Clock clock;

  Receiver(HttpDelivery delivery, Clock clock) {
    Addresses addresses = new Addresses();
    this.tls = delivery.ownTls().map(ReceiverTls::new);
    this.http = DeliveryClient.reusing(delivery, addresses, tls);
    this.once = DeliveryClient.once(delivery, addresses, tls);
    this.requests = new RequestFactory(delivery);
    this.host = host(delivery.url());
    this.path = path(delivery.url());
    this.timeout = delivery.timeout();
    this.clock = clock;
  }

  /** Also one that is not a host for Java's own parser, such as with an underscore. */
  private static HttpHost host(URI url) {
    try {
      URIAuthority authority = URIAuthority.create(url.getRawAuthority());
      return new HttpHost(url.getScheme(), authority.getHostName(), authority.getPort());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("url: " + e.getMessage(), e);
    }
  }

  /** With the query, as they are written. */
  private static String path(URI url) {
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
  }

  /**
   * Delivers an event once. Takes no longer than the timeout; every failure is an outcome.
   *
   * @param kept how much of the answer's body is kept, in bytes
   */
  Outcome send(OutgoingEvent event, int kept) throws InterruptedException {
    DeliveryRequest request = requests.request(event);
    long begin = System.nanoTime();
    try {
      if (tls.isPresent()) {
        tls.get().refresh();
      }
      Exchange exchange = new Exchange(kept);
      try {
        return outcome(exchange.run(http, producer(request), timeout));
      } catch (ExecutionException e) {
        if (!exchange.failedByItsConnection(e.getCause())) {
          throw e;
        }
        Duration rest = timeout.minusNanos(System.nanoTime() - begin);
        return outcome(new Exchange(kept).run(once, producer(request), rest));
      }
    } catch (InvalidPem e) {
      return new NotSent(Failure.withoutAnswer(withoutTls(e)));
    } catch (TimeoutException e) {
      return retriable(noAnswerInTime());
    } catch (ExecutionException e) {
      return retriable(sentence(e.getCause()));
    }
  }

  private AsyncRequestProducer producer(DeliveryRequest delivery) {
    BasicHttpRequest request = new BasicHttpRequest(delivery.method(), host, path);
    delivery.headers().forEach(request::setHeader);
    AsyncEntityProducer body =
        delivery.body().map(bytes -> new BasicAsyncEntityProducer(bytes, null)).orElse(null);
    return new BasicRequestProducer(request, body);
  }

  private Outcome outcome(Answer answer) {
    return Outcome.of(answer, clock.instant());
  }

  private static Outcome retriable(String reason) {
    return new Retriable(Failure.withoutAnswer(reason), Optional.empty());
  }

  private String sentence(Throwable failure) {
    return switch (failure) {
      case UnknownHostException e -> "no such host: " + host.getHostName();
      case ConnectException e -> "no connection: " + e.getMessage();
      case ConnectTimeoutException e -> "no connection: " + e.getMessage();
      // The client's own limit may end first.
      case SocketTimeoutException e -> noAnswerInTime();
      case SSLException e -> withoutTls(e);
      // With TLS 1.3 a receiver looks at the client's certificate after the client has begun.
      case ConnectionClosedException e when host.getSchemeName().equals("https") ->
          "no answer: the receiver closed the connection, perhaps because it wants another"
              + " certificate (http.clientCertificateSecret)";
      default ->
          "no answer: "
              + Objects.requireNonNullElse(
                  failure.getMessage(), failure.getClass().getSimpleName());
    };
  }

  private static String withoutTls(Exception failure) {
    return "no connection with TLS: " + failure.getMessage();
  }

  private String noAnswerInTime() {
    return "no answer within " + timeout.toMillis() + " ms";
  }

  @Override
  public void close() {
    http.close(CloseMode.GRACEFUL);
    once.close(CloseMode.GRACEFUL);
  }
}
