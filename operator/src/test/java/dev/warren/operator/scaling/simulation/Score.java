package dev.warren.operator.scaling.simulation;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What came of a run, or of several on average.
 *
 * @param messages how many came
 * @param late how many of them waited longer than allowed
 * @param longestWait in seconds
 * @param podSeconds for how long Pods existed, summed over them
 * @param turns how often the replicas went down after they had gone up, or the reverse
 */
record Score(double messages, double late, double longestWait, double podSeconds, double turns) {

  static Score mean(List<Score> scores) {
    return new Score(
        mean(scores, Score::messages),
        mean(scores, Score::late),
        mean(scores, Score::longestWait),
        mean(scores, Score::podSeconds),
        mean(scores, Score::turns));
  }

  static <T> double mean(List<T> scores, ToDoubleFunction<T> value) {
    return scores.stream().mapToDouble(value).average().orElseThrow();
  }

  double latePercent() {
    return 100 * late / messages;
  }
}
