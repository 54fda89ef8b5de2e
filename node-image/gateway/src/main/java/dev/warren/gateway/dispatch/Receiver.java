package dev.warren.gateway.dispatch;

import dev.warren.gateway.dispatch.Outcome.Failure;
import dev.warren.gateway.dispatch.Outcome.Permanent;
import dev.warren.gateway.dispatch.Outcome.Retriable;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The server that messages are delivered to. Any number of threads may send at a time. */
final class Receiver implements AutoCloseable {
  /** The longest answer that is sent back, in bytes. */
  static final int MAX_ANSWER = 1 << 20;

  private final HttpClient http;
  private final RequestFactory requests;
  private final Duration timeout;
  private final Clock clock;

  Receiver(HttpDelivery delivery, Clock clock) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(delivery.timeout())
            .build();
    this.requests = new RequestFactory(delivery);
    this.timeout = delivery.timeout();
    this.clock = clock;
  }

  /**
   * Delivers an event once. Takes no longer than the timeout; every failure is an outcome.
   *
   * @param kept how much of the answer's body is kept, in bytes
   */
  Outcome send(OutgoingEvent event, int kept) throws InterruptedException {
    HttpRequest request;
    try {
      request = requests.request(event);
    } catch (IllegalArgumentException e) {
      return new Permanent(Failure.withoutAnswer("not sent: " + e.getMessage()));
    }
    return exchange(request, new BoundedBody(kept));
  }

  // The client's own timeout covers only the answer's headers, but a body may be slow too.
  private Outcome exchange(HttpRequest request, BoundedBody body) throws InterruptedException {
    CompletableFuture<HttpResponse<Void>> exchange =
        http.sendAsync(request, BodyHandlers.ofByteArrayConsumer(body));
    try {
      HttpResponse<Void> response = exchange.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return Outcome.of(answer(response, body), clock.instant());
    } catch (TimeoutException e) {
      return retriable("no answer within " + timeout.toMillis() + " ms");
    } catch (ExecutionException e) {
      return retriable("no answer: " + e.getCause());
    } finally {
      exchange.cancel(true);
    }
  }

  private static Answer answer(HttpResponse<Void> response, BoundedBody body) {
    return new Answer(
        response.statusCode(),
        response.headers().firstValue("Content-Type"),
        response.headers().firstValue("Content-Encoding"),
        response.headers().firstValue("Retry-After"),
        body.bytes.toByteArray(),
        body.tooLong);
  }

  private static Outcome retriable(String reason) {
    return new Retriable(Failure.withoutAnswer(reason), Optional.empty());
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /** Keeps what fits. Reads and drops the rest, so that the connection can be reused. */
  private static final class BoundedBody implements Consumer<Optional<byte[]>> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int most;
    private volatile boolean tooLong;

    BoundedBody(int most) {
      this.most = most;
    }

    @Override
    public void accept(Optional<byte[]> chunk) {
      chunk.ifPresent(this::add);
    }

    private void add(byte[] chunk) {
      int fits = Math.min(chunk.length, most - bytes.size());
      bytes.write(chunk, 0, fits);
      tooLong |= fits < chunk.length;
    }
  }
}
