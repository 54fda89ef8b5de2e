package dev.warren.operator.broker;

/** What is in a queue at this moment, according to its leader. */
sealed interface QueueContents {

  /** The queue does not exist. */
  record Absent() implements QueueContents {}

  /** Its deletion has begun and is not finished. It cannot hold confirmed messages. */
  record HalfDeleted() implements QueueContents {}

  /**
   * The queue runs.
   *
   * @param ready messages that wait for a consumer
   * @param all the ready messages, those that consumers hold, and undelivered dead letters
   * @param consumers how many consumers it has
   */
  record Counted(long ready, long all, long consumers) implements QueueContents {}
}
