package dev.warren.gateway.bench;

import io.vertx.core.Future;

/** A way to send messages, which many clients can use at the same time. */
interface Way extends AutoCloseable {

  /** Prepares for this many clients. */
  Future<?> open(int concurrency);

  /** How many messages a client sends at once. */
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
