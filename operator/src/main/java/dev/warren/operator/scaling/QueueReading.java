package dev.warren.operator.scaling;

/** What is known about a queue. Unknown is never zero. */
public sealed interface QueueReading {

  /**
   * @param ready messages that wait
   * @param unacknowledged messages that consumers have not acknowledged yet
   * @param acknowledged counts the acknowledgements since the queue's leader started. Consumers
   *     with automatic acknowledgement do not raise it; what they take looks as if it had never
   *     arrived, so they can be scaled only by their backlog.
   */
  record Known(long ready, long unacknowledged, long acknowledged) implements QueueReading {
    long backlog() {
      return ready + unacknowledged;
    }
  }

  /**
   * The queue was not read, has no leader, is on a node that is being replaced, or an alarm blocks
   * its publishers.
   *
   * @param why in a few words, for people
   */
  record Unknown(String why) implements QueueReading {}
}
