package dev.warren.operator.scaling;

/**
 * How fast a busy replica works.
 *
 * @param rate messages/s, as far as it is known
 * @param sure messages/s that the held messages still allow: less than the rate if none has been
 *     acknowledged for a while
 */
record Pace(double rate, double sure) {

  /** Messages/s: a slower replica finishes less than one message in the time of two samples. */
  static final double JOBS = 0.1;

  /** Whether messages are long jobs. Then their number counts, and not their rate. */
  boolean isOfJobs() {
    return sure < JOBS;
  }

  /** Whether that is measured, and not only assumed. */
  boolean isCertainlyOfJobs() {
    return rate < JOBS;
  }

  /** Whether the replicas have been silent for so long that their rate is in doubt. */
  boolean isInDoubt() {
    return sure < rate;
  }
}
