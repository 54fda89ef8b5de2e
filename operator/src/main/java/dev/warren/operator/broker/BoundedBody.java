package dev.warren.operator.broker;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;

/**
 * The body of an HTTP answer, up to a limit. Users choose the image of the container that answers,
 * and an endless answer would fill the operator's memory.
 */
public final class BoundedBody implements BodySubscriber<String> {

  private final BodySubscriber<String> text = BodySubscribers.ofString(StandardCharsets.UTF_8);
  private Subscription subscription;
  private long received;

  private BoundedBody() {}

  /** Reads it as text, and fails if it is too long. */
  public static BodyHandler<String> handler() {
    return head -> new BoundedBody();
  }

  @Override
  public CompletionStage<String> getBody() {
    return text.getBody();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    text.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> part) {
    received += part.stream().mapToLong(ByteBuffer::remaining).sum();
    if (received <= TooLongException.LIMIT) {
      text.onNext(part);
    } else {
      subscription.cancel();
      // Also frees what was received.
      text.onError(new TooLongException());
    }
  }

  @Override
  public void onError(Throwable failure) {
    text.onError(failure);
  }

  @Override
  public void onComplete() {
    text.onComplete();
  }
}
