package dev.warren.operator.broker;

/** What is in a queue at this moment, as its leader says. */
sealed interface QueueContents {

  /** There is no such queue. */
  record Absent() implements QueueContents {}

  /** Its deletion was begun and is not finished: nothing that was confirmed can be in it. */
  record HalfDeleted() implements QueueContents {}

  /**
   * It runs.
   *
   * @param ready messages that wait for a consumer
   * @param all those, those that consumers hold, and dead letters that have not arrived yet
   * @param consumers how many consume it
   */
  record Counted(long ready, long all, long consumers) implements QueueContents {}
}
