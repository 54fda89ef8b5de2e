package dev.warren.operator.scaling;

/**
 * How fast a busy replica works.
 *
 * @param rate messages/s, as far as is known
 * @param sure messages/s that what is held now still allows for: less than the rate if nothing has
 *     been acknowledged for a while
 */
record Pace(double rate, double sure) {

  /** Messages/s: a slower replica finishes less than one message in the time of two samples. */
  static final double JOBS = 0.1;

  /** Whether messages are long jobs: it is counted how many there are, and not how fast they go. */
  boolean isOfJobs() {
    return sure < JOBS;
  }

  /** Whether that is measured, and not only a doubt. */
  boolean isCertainlyOfJobs() {
    return rate < JOBS;
  }

  /** Whether the replicas have been silent for so long that their rate is in doubt. */
  boolean isInDoubt() {
    return sure < rate;
  }
}
