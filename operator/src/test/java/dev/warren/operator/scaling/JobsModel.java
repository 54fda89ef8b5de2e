package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A queue of long jobs, its replicas and what scales them, in steps of 5 s; without chance. */
final class JobsModel {

  static final int STEP = 5;

  /** What was seen and decided at one moment. */
  record Seen(int second, int before, Known reading, ScalingDecision decision) {

    /** How many replicas it takes to hold all messages. */
    int places(ScalingPolicy policy) {
      return (int) Math.ceil((double) reading.backlog() / policy.concurrency());
    }

    int after() {
      return decision.replicas();
    }
  }

  private final ConsumerScaler scaler = new ConsumerScaler();
  private final ScalingPolicy policy;
  private final int startSeconds;
  private final Deque<Integer> waiting = new ArrayDeque<>();
  private final List<Integer> ends = new ArrayList<>();
  private final Deque<Integer> readyAt = new ArrayDeque<>();
  private final List<Seen> seen = new ArrayList<>();
  private int second;
  private long acknowledged;
  private int lastEnd;

  /**
   * @param startSeconds how long a replica takes to start
   */
  JobsModel(ScalingPolicy policy, int startSeconds) {
    this.policy = policy;
    this.startSeconds = startSeconds;
  }

  /** Adds jobs that take so many seconds each. */
  JobsModel publish(int jobs, int seconds) {
    for (int i = 0; i < jobs; i++) {
      waiting.add(seconds);
    }
    return this;
  }

  /** Goes on for some seconds. */
  JobsModel run(int seconds) {
    for (int end = second + seconds; second < end; second += STEP) {
      step();
    }
    return this;
  }

  /** The load is not sampled for some seconds. */
  JobsModel miss(int seconds) {
    second += seconds;
    return this;
  }

  private void step() {
    acknowledged += ends.stream().filter(end -> end <= second).count();
    ends.removeIf(end -> end <= second);
    int ready = (int) readyAt.stream().filter(at -> at <= second).count();
    while (!waiting.isEmpty() && ends.size() < ready * policy.concurrency()) {
      lastEnd = second + waiting.removeFirst();
      ends.add(lastEnd);
    }
    Known reading = new Known(waiting.size(), ends.size(), acknowledged);
    int before = readyAt.size();
    ScalingDecision decision =
        scaler.decide(
            policy, new Sample(Instant.EPOCH.plusSeconds(second), before, ready, reading));
    seen.add(new Seen(second, before, reading, decision));
    while (readyAt.size() < decision.replicas()) {
      readyAt.addLast(second + startSeconds);
    }
    while (readyAt.size() > decision.replicas()) {
      readyAt.removeLast();
    }
  }

  List<Seen> seen() {
    return seen;
  }

  Seen last() {
    return seen.getLast();
  }

  /** When the last job that has begun so far ends. */
  int lastEnd() {
    return lastEnd;
  }
}
