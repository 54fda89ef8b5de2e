package dev.warren.gateway.http;

import dev.warren.gateway.broker.BrokerFailure;
import dev.warren.gateway.broker.Message;
import dev.warren.gateway.broker.Publisher;
import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.PublishEndpoint;
import dev.warren.gateway.limits.Tally;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * One request to publish, from its headers to its answer. Everything here happens in the
 * connection's event loop.
 */
final class PublishRequest {

  private static final Logger LOG = Logger.getLogger(PublishRequest.class);

  /** How long a client has to send its body. */
  static final Duration BODY_TIME = Duration.ofSeconds(30);

  /** What a message takes apart from its bytes, with its result in the answer. */
  static final int MESSAGE_BYTES = 1024;

  private final Vertx vertx;
  private final HttpServerRequest request;
  private final PublishEndpoint endpoint;
  private final Publisher publisher;
  private final Admission client;
  private final Tally underWay;
  private final HttpAnswer answer;

  private Buffer body = Buffer.buffer();
  private Destination destination;
  private int counted;
  private long reserved;
  private boolean over;
  private long bodyTimer;

  /**
   * @param underWay counts requests that are not answered
   */
  PublishRequest(
      Vertx vertx,
      HttpServerRequest request,
      PublishEndpoint endpoint,
      Publisher publisher,
      Admission client,
      Tally underWay,
      HttpAnswer answer) {
    this.vertx = vertx;
    this.request = request;
    this.endpoint = endpoint;
    this.publisher = publisher;
    this.client = client;
    this.underWay = underWay;
    this.answer = answer;
  }

  /**
   * Checks the headers, and then reads the body.
   *
   * @throws HttpProblem if the body need not be read
   */
  void begin(GatewayConfig config) throws HttpProblem {
    destination = Destination.ofPath(request.path());
    destination.mustBeDeclared(config);
    mustFit(announcedLength());
    // A message counts when it is complete, so that slow clients do not keep others out.
    if (!client.mayBegin(endpoint.maxInFlight())) {
      throw tooMany();
    }
    underWay.add(1);
    bodyTimer = vertx.setTimer(BODY_TIME.toMillis(), late -> end(HttpProblem.tooSlow()));
    request.exceptionHandler(gone -> leave());
    request.handler(this::take);
    request.endHandler(complete -> publish());
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
  }

  private long announcedLength() throws HttpProblem {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? 0 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      throw HttpProblem.badRequest("the Content-Length is not a number");
    }
  }

  private void mustFit(long length) throws HttpProblem {
    if (length > endpoint.maxMessageBytes()) {
      throw HttpProblem.tooLarge(
          "the body must not be longer than %d bytes".formatted(endpoint.maxMessageBytes()));
    }
  }

  private void count(int messages) throws HttpProblem {
    if (messages > endpoint.maxInFlight()) {
      throw HttpProblem.tooLarge(
          "a batch must not have more than %d events".formatted(endpoint.maxInFlight()));
    }
    if (!client.tryBegin(messages, endpoint.maxInFlight())) {
      throw tooMany();
    }
    counted = messages;
  }

  private static HttpProblem tooMany() {
    return HttpProblem.overloaded("too many messages are in flight");
  }

  private void take(Buffer chunk) {
    if (over) {
      return;
    }
    try {
      mustFit(reserved + chunk.length());
      reserve(chunk.length());
      body.appendBuffer(chunk);
    } catch (HttpProblem problem) {
      end(problem);
    }
  }

  private void publish() {
    vertx.cancelTimer(bodyTimer);
    Buffer whole = body;
    // Otherwise it would be in memory twice: the messages have copies.
    body = Buffer.buffer();
    if (over) {
      return;
    }
    // A client that leaves now cancels nothing: the messages stay until the broker has answered.
    request.exceptionHandler(gone -> {});
    List<Message> messages;
    try {
      messages = HttpMessages.of(destination, request.headers(), whole, Instant.now());
      count(messages.size());
      reserve((long) messages.size() * MESSAGE_BYTES);
    } catch (HttpProblem problem) {
      end(problem);
      return;
    } catch (RuntimeException e) {
      LOG.error("A request could not be turned into messages", e);
      end(HttpProblem.internal());
      return;
    }
    List<CompletableFuture<Optional<HttpProblem>>> outcomes =
        messages.stream().map(this::publish).toList();
    Context context = vertx.getOrCreateContext();
    CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
        .thenRun(
            () ->
                context.runOnContext(
                    known ->
                        end(messages, outcomes.stream().map(CompletableFuture::join).toList())));
  }

  private CompletableFuture<Optional<HttpProblem>> publish(Message message) {
    return publisher
        .publish(message, endpoint.timeout())
        .handle(
            (safe, failure) ->
                Optional.ofNullable(failure).map(BrokerFailure::of).map(HttpProblem::of));
  }

  private void end(List<Message> messages, List<Optional<HttpProblem>> outcomes) {
    stop();
    List<String> ids = messages.stream().map(each -> each.properties().getMessageId()).toList();
    if (CloudEventMessages.isBatch(request.headers())) {
      answer.outcomes(ids, outcomes);
    } else {
      answer.outcome(ids.getFirst(), outcomes.getFirst());
    }
    releaseWhenWritten();
  }

  private void end(HttpProblem problem) {
    if (!over) {
      stop();
      answer.problem(problem);
      releaseWhenWritten();
    }
  }

  private void leave() {
    if (!over) {
      stop();
      client.memory().release(reserved);
    }
  }

  private void stop() {
    over = true;
    vertx.cancelTimer(bodyTimer);
    client.finish(counted);
    underWay.remove(1);
  }

  private void reserve(long bytes) throws HttpProblem {
    if (!client.memory().tryReserve(bytes)) {
      throw HttpProblem.overloaded("the gateway has no memory left");
    }
    reserved += bytes;
  }

  private void releaseWhenWritten() {
    answer.written().onComplete(done -> client.memory().release(reserved));
  }
}
