package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.simulation.Contest.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * Prints, for each trace, the result of each autoscaler, and draws it into the directory that is
 * its argument. Numbers are means of ten runs.
 */
public final class Simulator {

  /** How many more pod-seconds than the better rival's are accepted. */
  private static final double POD_SECONDS_MARGIN = 1.1;

  private Simulator() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    System.out.println(
        "| trace | who scales | late | pod-seconds | turns | Warren against the better rival |");
    System.out.println("|---|---|---:|---:|---:|---|");
    for (Trace trace : Traces.all()) {
      print(trace);
      Drawing.draw(trace, directory);
    }
    System.out.println();
    System.out.println(
        "| trace | who scales | wait | longest wait | pod-seconds | interrupted |"
            + " Pods without a job | last end |");
    System.out.println("|---|---|---:|---:|---:|---:|---:|---:|");
    JobTraces.all().forEach(Simulator::printJobs);
  }

  private static void printJobs(Trace trace) {
    for (JobContest.Contender contender : JobContest.Contender.values()) {
      JobScore score = JobContest.score(trace, contender);
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %.0f s | %.0f s | %.0f | %.1f | %.1f | %.0f s |%n",
          contender == JobContest.Contender.WARREN ? trace.name() : "",
          contender.title,
          score.meanWait(),
          score.longestWait(),
          score.podSeconds(),
          score.interrupted(),
          score.idlePods(),
          score.lastEnd());
    }
  }

  private static void print(Trace trace) {
    Map<Contender, Score> scores = new EnumMap<>(Contender.class);
    for (Contender contender : Contender.values()) {
      scores.put(contender, Contest.score(trace, contender));
    }
    scores.forEach(
        (contender, score) ->
            System.out.printf(
                Locale.ROOT,
                "| %s | %s | %.0f (%.2f %%) | %.0f | %.1f | %s |%n",
                contender == Contender.WARREN ? trace.name() : "",
                contender.title,
                score.late(),
                score.latePercent(),
                score.podSeconds(),
                score.turns(),
                contender == Contender.WARREN ? verdict(scores) : ""));
  }

  /** The better rival is the one with fewer late messages, then the cheaper one. */
  private static String verdict(Map<Contender, Score> scores) {
    Score warren = scores.get(Contender.WARREN);
    Score rival =
        scores.entrySet().stream()
            .filter(entry -> entry.getKey() != Contender.WARREN)
            .map(Map.Entry::getValue)
            .min(Comparator.comparingDouble(Score::late).thenComparingDouble(Score::podSeconds))
            .orElseThrow();
    return "late %s, pod-seconds %s, turns %s"
        .formatted(
            warren.late() <= rival.late() ? "yes" : "NO",
            warren.podSeconds() <= POD_SECONDS_MARGIN * rival.podSeconds() ? "yes" : "NO",
            warren.turns() < rival.turns()
                ? "fewer"
                : warren.turns() == rival.turns() ? "same" : "MORE");
  }
}
