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

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-long-jobs");

  private final Topology topology = namespace.topology("orders");

  /** What there was at one moment. */
  private record Moment(int pods, int left) {}

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
              course.add(look(counter));
              return course.getLast().left() == 0;
            });

    JsonNode counted = counter.report();
    System.out.printf(
        "%d jobs of 1 min, at most %d Pods: done after %.0f s, ideal %d s, at most %d Pods; %s%n",
        JOBS,
        MOST,
        (System.nanoTime() - start) / 1e9,
        IDEAL.toSeconds(),
        course.stream().mapToInt(Moment::pods).max().orElseThrow(),
        counted);
    assertThat(counted.path("redelivered").asInt()).as("interrupted jobs").isZero();
    assertThat(counted.path("again").asInt()).as("jobs that were done twice").isZero();
    for (int i = 0; i < course.size(); i++) {
      int seen = course.get(Math.max(0, i - SECONDS_TO_SEE)).left();
      // The last Pod stays for the cooldown.
      assertThat(course.get(i).pods()).as("Pods at %s", i).isLessThanOrEqualTo(Math.max(1, seen));
    }
  }

  private Moment look(ClientPod counter) {
    int pods = topology.owned(Deployment.class).findFirst().orElseThrow().getSpec().getReplicas();
    return new Moment(pods, JOBS - counter.report().path("handled").asInt());
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
