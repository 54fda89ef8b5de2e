package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Messages that take long have a Pod each, no Pod is there without one, and each is worked on once.
 */
@Order(3)
class LongJobsE2E {

  private static final int JOBS = 12;
  private static final int MOST = 6;

  /** As in job.py. */
  private static final int SECONDS_OF_WORK = 60;

  private static final Duration IDEAL = Duration.ofSeconds(SECONDS_OF_WORK * JOBS / MOST);

  /** Until the first Pod runs, it is seen that jobs are long, and the other Pods have started. */
  private static final Duration RAMP = Duration.ofSeconds(90);

  /** The broker counts every 5 s and is asked every 5 s, the report is a second old. */
  private static final int SECONDS_TO_SEE = 20;

  /**
   * Until no job has arrived for twice a job's time, one Pod may wait for the next job. The last
   * arrival is seen up to 10 s late.
   */
  private static final int SECONDS_OF_A_SPARE = 2 * SECONDS_OF_WORK + 10;

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-long-jobs");

  private final Topology topology = namespace.topology("orders");

  /** What there was at one moment, in seconds since the jobs were sent. */
  private record Moment(double at, int pods, int left) {}

  @Test
  void thereAreNeverMorePodsThanJobsAndNoneIsInterrupted() {
    topology.apply(spec()).awaitReady();
    ClientPod counter = ClientPod.start("waits", topology, "handled");

    ClientPod.startWith("MESSAGES=" + JOBS, "publisher", topology, "jobs");
    long start = System.nanoTime();
    List<Moment> course = new ArrayList<>();
    await("all jobs are done")
        .pollInterval(Duration.ofSeconds(1))
        .atMost(IDEAL.plus(RAMP))
        .until(
            () -> {
              course.add(look(counter, (System.nanoTime() - start) / 1e9));
              return course.getLast().left() == 0;
            });

    JsonNode counted = counter.report();
    System.out.printf(
        "%d jobs of 1 min, at most %d Pods: done after %.0f s, ideal %d s, at most %d Pods; %s%n",
        JOBS,
        MOST,
        course.getLast().at(),
        IDEAL.toSeconds(),
        course.stream().mapToInt(Moment::pods).max().orElseThrow(),
        counted);
    assertThat(counted.path("redelivered").asInt()).as("interrupted jobs").isZero();
    assertThat(counted.path("again").asInt()).as("jobs that were done twice").isZero();
    assertThat(course)
        .allSatisfy(
            moment -> assertThat(moment.pods()).isLessThanOrEqualTo(mostPods(course, moment)));
  }

  /** The jobs that were seen to be left, and a spare Pod. The last Pod stays for the cooldown. */
  private static int mostPods(List<Moment> course, Moment moment) {
    double seenAt = moment.at() - SECONDS_TO_SEE;
    int seen =
        course.stream()
            .takeWhile(earlier -> earlier.at() <= seenAt)
            .reduce((earlier, later) -> later)
            .map(Moment::left)
            .orElse(JOBS);
    int spare = seenAt < SECONDS_OF_A_SPARE ? 1 : 0;
    return Math.max(1, seen + spare);
  }

  private Moment look(ClientPod counter, double at) {
    int pods = topology.owned(Deployment.class).findFirst().orElseThrow().getSpec().getReplicas();
    return new Moment(at, pods, JOBS - counter.report().path("handled").asInt());
  }

  /** A Pod that is removed during its work cannot finish it, so that it is noticed. */
  private static String spec() {
    return ONE_NODE
        + "queues: [{name: jobs}, {name: handled}]\n"
        + "consumers: [%s]\n"
            .formatted(ClientPod.asScaledConsumer("job", "jobs", 1, "maxReplicas: " + MOST))
            .replace("template: {spec: {", "template: {spec: {terminationGracePeriodSeconds: 5, ");
  }
}
