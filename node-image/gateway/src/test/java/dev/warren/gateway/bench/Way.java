package dev.warren.gateway.bench;

import io.vertx.core.Future;

/** One way for a message, which can be gone by many at the same time. */
interface Way extends AutoCloseable {

  /** Gets ready for so many at the same time. */
  Future<?> open(int concurrency);

  /** How many messages are sent at once. */
  default int messages() {
    return 1;
  }

  /**
   * Sends a message, or more at once.
   *
   * @param client who sends, from 0; a client sends its next one when this one is done with
   * @return when it is confirmed or replied to
   */
  Future<?> once(int client);

  @Override
  void close();
}
