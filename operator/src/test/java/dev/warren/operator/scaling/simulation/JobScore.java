package dev.warren.operator.scaling.simulation;

import java.util.List;

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
        Score.mean(scores, JobScore::jobs),
        Score.mean(scores, JobScore::meanWait),
        Score.mean(scores, JobScore::longestWait),
        Score.mean(scores, JobScore::podSeconds),
        Score.mean(scores, JobScore::interrupted),
        Score.mean(scores, JobScore::idlePods),
        Score.mean(scores, JobScore::lastEnd));
  }
}
