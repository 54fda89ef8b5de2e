package dev.warren.gateway.dispatch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.AsyncResponseConsumer;
import org.apache.hc.core5.http.nio.CapacityChannel;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Collects an answer. Keeps what fits of its body; reads and drops the rest, so that the connection
 * can be used again.
 */
final class ReceivedAnswer implements AsyncResponseConsumer<Answer> {

  private final int most;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private volatile HttpResponse head;
  private FutureCallback<Answer> whenComplete;
  private boolean tooLong;

  /**
   * @param most how much of the body is kept, in bytes
   */
  ReceivedAnswer(int most) {
    this.most = most;
  }

  /** Whether the receiver has begun to answer. */
  boolean hasBegun() {
    return head != null;
  }

  @Override
  public void consumeResponse(
      HttpResponse response,
      EntityDetails entity,
      HttpContext context,
      FutureCallback<Answer> callback) {
    head = response;
    whenComplete = callback;
    if (entity == null) {
      streamEnd(List.of());
    }
  }

  /** 100, 102, 103: the answer comes later. */
  @Override
  public void informationResponse(HttpResponse response, HttpContext context) {}

  @Override
  public void updateCapacity(CapacityChannel channel) throws IOException {
    channel.update(Integer.MAX_VALUE);
  }

  @Override
  public void consume(ByteBuffer chunk) {
    byte[] fits = new byte[Math.min(chunk.remaining(), most - body.size())];
    chunk.get(fits);
    body.writeBytes(fits);
    tooLong |= chunk.hasRemaining();
    chunk.position(chunk.limit());
  }

  @Override
  public void streamEnd(List<? extends Header> trailers) {
    whenComplete.completed(
        new Answer(
            head.getCode(),
            header("Content-Type"),
            header("Content-Encoding"),
            header("Retry-After"),
            body.toByteArray(),
            tooLong));
  }

  private Optional<String> header(String name) {
    return Optional.ofNullable(head.getFirstHeader(name)).map(Header::getValue);
  }

  /** The caller of the client is told too. */
  @Override
  public void failed(Exception cause) {}

  @Override
  public void releaseResources() {}
}
