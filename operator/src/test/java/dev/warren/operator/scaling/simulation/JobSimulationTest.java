package dev.warren.operator.scaling.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.scaling.simulation.JobContest.Contender;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the decisions about long jobs to what they have reached; see docs/scaling.md. */
class JobSimulationTest {

  @ParameterizedTest
  @CsvSource({
    "2 min few,          10, 8500",
    "2 min 60 at once,   30, 9200",
    "2 min many,         6,  23500",
    "10 min few,         12, 33000",
    "10 min 60 at once,  30, 39000",
    "10 min many,        7,  95000",
    "30 min few,         15, 90000",
    "30 min 60 at once,  30, 115000",
    "30 min many,        10, 260000"
  })
  void jobsHardlyWaitAndAreNotInterrupted(String name, double wait, double podSeconds) {
    JobScore score = JobContest.score(trace(name), Contender.WARREN);

    // One of the 6,600 jobs of all runs came to a Pod while that was removed as idle.
    assertThat(score.interrupted()).isLessThanOrEqualTo(name.equals("30 min many") ? 0.1 : 0);
    assertThat(score.meanWait()).isLessThanOrEqualTo(wait);
    assertThat(score.podSeconds()).isLessThanOrEqualTo(podSeconds);
  }

  private static Trace trace(String name) {
    return JobTraces.all().stream()
        .filter(trace -> trace.name().replace(",", "").equals(name))
        .findFirst()
        .orElseThrow();
  }
}
