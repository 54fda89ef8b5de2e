package dev.warren.operator.scaling.simulation;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What came of long jobs in a run, or in several on average.
 *
 * @param jobs how many came
 * @param meanWait for how long one waited while more replicas were allowed, in seconds, on average
 * @param longestWait the longest of these waits
 * @param podSeconds for how long Pods existed, summed over them
 * @param interrupted how many jobs had to begin again
 * @param idlePods how many Pods never had a job
 * @param lastEnd when the last job was done, in seconds since the first came
 */
record JobScore(
    double jobs,
    double meanWait,
    double longestWait,
    double podSeconds,
    double interrupted,
    double idlePods,
    double lastEnd) {

  static JobScore mean(List<JobScore> scores) {
    return new JobScore(
        mean(scores, JobScore::jobs),
        mean(scores, JobScore::meanWait),
        mean(scores, JobScore::longestWait),
        mean(scores, JobScore::podSeconds),
        mean(scores, JobScore::interrupted),
        mean(scores, JobScore::idlePods),
        mean(scores, JobScore::lastEnd));
  }

  private static double mean(List<JobScore> scores, ToDoubleFunction<JobScore> value) {
    return scores.stream().mapToDouble(value).average().orElseThrow();
  }
}
