package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Messages that take long have a Pod each, no Pod is there without one, and each is worked on once.
 */
@Order(3)
class LongJobsE2E {

  private static final int JOBS = 8;

  /** As in job.py. */
  private static final Duration WORK = Duration.ofSeconds(60);

  /** A job takes clearly longer than drainWithin, so that each needs a Pod of its own. */
  private static final String SCALING = "maxReplicas: %d, drainWithin: 30s".formatted(2 * JOBS);

  /** Until the first Pod runs, it is seen that jobs are long, and the other Pods have started. */
  private static final Duration RAMP = Duration.ofSeconds(90);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-long-jobs");

  private final Topology topology = namespace.topology("orders");

  @Test
  void thereAreNeverMorePodsThanJobsAndNoneIsInterrupted() {
    topology.apply(spec()).awaitReady();
    ClientPod counter = ClientPod.start("waits", topology, "handled");

    ClientPod.startWith("MESSAGES=" + JOBS, "publisher", topology, "jobs");
    long start = System.nanoTime();
    List<Integer> pods = new ArrayList<>();
    await("all jobs are done")
        .pollInterval(Duration.ofSeconds(1))
        .atMost(WORK.plus(RAMP))
        .until(
            () -> {
              pods.add(pods());
              return counter.report().path("handled").asInt() == JOBS;
            });

    JsonNode counted = counter.report();
    System.out.printf(
        "%d jobs of %d s: done after %.0f s, at most %d Pods; %s%n",
        JOBS, WORK.toSeconds(), (System.nanoTime() - start) / 1e9, Collections.max(pods), counted);
    assertThat(counted.path("redelivered").asInt()).as("interrupted jobs").isZero();
    assertThat(counted.path("again").asInt()).as("jobs that were done twice").isZero();
    assertThat(pods).as("Pods").allMatch(number -> number <= JOBS);
    // It stays for the cooldown.
    await("one Pod waits for the next job").atMost(RAMP).until(() -> pods() == 1);
  }

  private int pods() {
    return topology.owned(Deployment.class).findFirst().orElseThrow().getSpec().getReplicas();
  }

  /** A Pod that is removed during its work cannot finish it, so that it is noticed. */
  private static String spec() {
    return ONE_NODE
        + "queues: [{name: jobs}, {name: handled}]\n"
        + "consumers: [%s]\n"
            .formatted(ClientPod.asScaledConsumer("job", "jobs", 1, SCALING))
            .replace("template: {spec: {", "template: {spec: {terminationGracePeriodSeconds: 5, ");
  }
}
