package dev.warren.operator.scaling;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The readings of one queue's last minute, or of one job's time if that is longer, and the rate of
 * its arrivals.
 */
final class LoadHistory {

  /** Long enough to smooth random variation, short enough to follow the load. */
  private static final Duration MEMORY = Duration.ofSeconds(60);

  /** The longest time that is remembered for long jobs. */
  private static final Duration LONGEST_MEMORY = Duration.ofHours(1);

  /** How much of it is needed for a reliable rate. */
  private static final Duration SETTLED = Duration.ofSeconds(45);

  /** The required part of the remembered time: samples are not exactly 5 s apart. */
  private static final double COMPLETE = 0.9;

  /** After more than three missing samples, it is unknown what happened in between. */
  private static final Duration STALE = Duration.ofSeconds(15);

  /** How often the broker reads its counters; a sample shows the last of these readings. */
  private static final double BROKER_INTERVAL_SECONDS = 5;

  /** What began within an interval began, on average, in its middle: it lasted half of the time. */
  private static final double BEGAN = 2;

  private record Peak(Instant at, double arrivals) {}

  private final ArrayDeque<Interval> intervals = new ArrayDeque<>();

  /** In falling order: a peak that a later one exceeds is dropped. */
  private final Deque<Peak> peaks = new ArrayDeque<>();

  private Sample last;
  private Known lastReading;
  private Instant seenSince;
  private Instant lastActive;
  private Duration memory = MEMORY;

  private Instant lastArrival;

  /** All messages that have arrived so far. The counts may be one reading ahead. */
  private long arrived;

  /** Whether a sample adds new information. */
  boolean isNew(Sample sample) {
    return last == null || sample.at().isAfter(last.at());
  }

  /**
   * Adds a sample.
   *
   * @param window how long the peaks are kept
   * @param jobTime how long a message takes if it is a long job, else zero
   * @return what happened since the sample before; empty when there is none, or the counter went
   *     back because the queue has another leader
   */
  Optional<Interval> add(Sample sample, Known reading, Duration window, Duration jobTime) {
    memory = Collections.max(List.of(MEMORY, Collections.min(List.of(jobTime, LONGEST_MEMORY))));
    Optional<Interval> interval = since(sample, reading);
    if (last == null || Duration.between(last.at(), sample.at()).compareTo(STALE) > 0) {
      forget();
      seenSince = sample.at();
      lastActive = sample.at();
      // The broker's counters also show whether anything arrived in a gap.
      lastArrival = interval.isEmpty() ? sample.at() : lastArrival;
    }
    count(sample.at(), reading, interval.isPresent());
    if (reading.backlog() > 0
        || last == null
        || reading.acknowledged() != lastReading.acknowledged()) {
      lastActive = sample.at();
    }
    interval.ifPresent(intervals::add);
    intervals.removeIf(old -> !old.to().isAfter(sample.at().minus(memory)));
    last = sample;
    lastReading = reading;
    if (isSettled()) {
      remember(new Peak(sample.at(), mean()));
    }
    peaks.removeIf(peak -> peak.at().isBefore(sample.at().minus(window)));
    return interval;
  }

  /** Depth and acknowledgements are read at different times, so two samples must show a change. */
  private void count(Instant at, Known reading, boolean comparable) {
    long now = all(reading);
    long before = comparable ? all(lastReading) : now;
    if (comparable && Math.min(now, before) > arrived) {
      lastArrival = at;
    }
    arrived = Math.clamp(arrived, Math.min(now, before), Math.max(now, before));
  }

  private static long all(Known reading) {
    return reading.backlog() + reading.acknowledged();
  }

  private Optional<Interval> since(Sample sample, Known reading) {
    return last != null && reading.acknowledged() >= lastReading.acknowledged()
        ? Optional.of(Interval.between(last, lastReading, sample, reading))
        : Optional.empty();
  }

  private void remember(Peak peak) {
    while (!peaks.isEmpty() && peaks.getLast().arrivals() <= peak.arrivals()) {
      peaks.removeLast();
    }
    peaks.add(peak);
  }

  /** Discards the intervals, because past arrivals no longer predict later ones. */
  void forget() {
    intervals.clear();
  }

  /**
   * Messages/s that arrive: the mean of the last minute, or more at once if they pile up. A load
   * that rises without piling up is not urgent.
   */
  OptionalDouble arrivals() {
    return intervals.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.max(mean(), rise()));
  }

  /** The same without messages that only pile up now; zero while it is unknown. */
  double steadyArrivals() {
    return intervals.isEmpty() ? 0 : mean();
  }

  /**
   * The slope of a line through all readings: intervals in the middle count most, as the broker's
   * next reading may just have been missed at either end. Until it is settled, less by one reading.
   */
  private double mean() {
    double arrivals = 0;
    double seconds = 0;
    int index = 0;
    for (Interval interval : intervals) {
      double weight = (index + 1.0) * (intervals.size() - index);
      arrivals += weight * interval.arrivals();
      seconds += weight * interval.seconds();
      index++;
    }
    double certain = isSettled() ? 1 : 1 - 1.0 / intervals.size();
    return Math.max(0, certain * arrivals / seconds);
  }

  /**
   * A lower bound, in 39 of 40 cases, of what is handled plus the growth of the queue (two standard
   * deviations of a Poisson process), so that random variation does not count as load.
   */
  private double rise() {
    Interval newest = intervals.getLast();
    if (newest.growth() <= 0) {
      return 0;
    }
    double seconds = Math.max(newest.seconds(), BROKER_INTERVAL_SECONDS);
    double growth = newest.growth() / seconds * (newest.beganCalm() ? BEGAN : 1);
    double handled = Math.min(newest.handled() / seconds, handled());
    double rate = growth + handled;
    return Math.max(0, rate - 2 * Math.sqrt(rate / seconds));
  }

  private double handled() {
    return intervals.stream().mapToDouble(Interval::handled).sum() / seconds();
  }

  private double seconds() {
    return intervals.stream().mapToDouble(Interval::seconds).sum();
  }

  private boolean isSettled() {
    return seconds() >= SETTLED.toSeconds();
  }

  /** The highest mean of a minute within the window, messages/s; zero while there is none. */
  double peakArrivals() {
    return peaks.isEmpty() ? 0 : peaks.getFirst().arrivals();
  }

  /** Whether the whole time to remember has been observed. */
  boolean isComplete() {
    return seconds() >= COMPLETE * memory.toSeconds();
  }

  /** For how long no message has arrived, according to the broker's counters. */
  Duration quietFor() {
    return Duration.between(lastArrival, last.at());
  }

  /** How long the samples have arrived without a gap. */
  Duration seenFor() {
    return Duration.between(seenSince, last.at());
  }

  /** How long there has been neither a message nor an acknowledgement. */
  Duration idleFor() {
    return Duration.between(lastActive, last.at());
  }
}
