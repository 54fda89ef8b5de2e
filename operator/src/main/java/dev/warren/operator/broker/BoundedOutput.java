package dev.warren.operator.broker;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * What a command prints, up to a limit. Users choose the image of the container that it runs in.
 * The rest is discarded.
 */
final class BoundedOutput extends OutputStream {

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private final CompletableFuture<Void> overflow = new CompletableFuture<>();

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) {
    if (length > TooLongException.LIMIT - kept.size()) {
      overflow.completeExceptionally(new TooLongException());
    } else {
      kept.write(bytes, offset, length);
    }
  }

  /** Fails when the command prints more than the limit, and otherwise never completes. */
  CompletableFuture<Void> overflow() {
    return overflow;
  }

  synchronized String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }
}
