package dev.warren.e2e;

import static dev.warren.e2e.Topology.ONE_NODE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A consumer has as many Pods as its load needs, and keeps them while the load is unknown. */
class ConsumerScalingE2E {

  private static final String QUEUE = "work";
  private static final int MOST = 3;

  /** The broker counts every 5 s, it is asked every 5 s, and the Pods have to start. */
  private static final Duration SCALED = Duration.ofSeconds(60);

  private static final Duration WOKEN = Duration.ofSeconds(30);
  private static final Duration PUT_BACK = Duration.ofSeconds(15);
  private static final Duration IDLE = Duration.ofSeconds(90);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-scaling");

  private final Topology topology = namespace.topology("orders");
  private final Topology busy = namespace.topology("busy");

  @Test
  void podsFollowTheLoad() {
    topology.apply(spec()).awaitReady();
    assertThat(replicas()).isZero();

    ClientPod publisher = ClientPod.startWith("PAUSE_BETWEEN=0.005", "publisher", topology, QUEUE);
    await("the first messages wake it").atMost(WOKEN).until(() -> replicas() > 0);
    awaitReplicas(MOST, SCALED);
    await("all its Pods work").atMost(SCALED).until(() -> status().readyReplicas() == MOST);
    assertThat(status().scaling().arrivalsPerSecond()).isPositive();
    assertThat(status().scaling().lastScaleTime()).isNotNull();
    assertThat(namespace.run("get", "events")).contains("ConsumerScaled");

    aNumberThatSomebodyChangedIsReverted();
    aBlockedManagementApiChangesNothing();

    int confirmed = publisher.stop().path("confirmed").asInt();
    awaitReplicas(0, IDLE);
    assertThat(topology.broker().messages(QUEUE)).isZero();
    assertThat(topology.broker().acknowledged(QUEUE)).isGreaterThanOrEqualTo(confirmed);
    topology.awaitReady();
  }

  @Test
  void aPodThatIsRemovedFinishesItsWorkAndNothingIsHandledTwice() {
    busy.apply(handlers(6)).awaitReady();
    ClientPod counter = ClientPod.start("waits", busy, "handled");
    ClientPod load = ClientPod.start("steady", busy, QUEUE);
    await("all work").atMost(SCALED).until(() -> handled(counter) > 100);

    busy.apply(handlers(2));
    await("four have gone").atMost(IDLE).until(() -> podsOf("handler") == 2);
    busy.apply(handlers(8));

    int published = load.stop().path("published").asInt();
    await("every message is handled").atMost(IDLE).until(() -> handled(counter) == published);
    System.out.printf("four of six Pods went during their work: %s%n", counter.report());
    assertThat(counter.report().path("again").asInt()).isZero();
  }

  /** The endpoint's timeout is longer than that, so the client must get its reply. */
  @Test
  void aRequestFromASocketStartsAConsumer() {
    busy.apply(handlers(2)).awaitReady();
    assertThat(replicas(busy, "responder")).isZero();

    ClientPod caller = ClientPod.start("caller", busy, "requests");

    System.out.printf("a request to who sleeps: %s%n", caller.report());
    assertThat(caller.report().path("reply").asText()).isEqualTo("hello");
  }

  private static int handled(ClientPod counter) {
    return counter.report().path("handled").asInt();
  }

  private long podsOf(String consumer) {
    return busy.consumers().stream()
        .filter(pod -> consumer.equals(pod.getMetadata().getLabels().get("warren.dev/consumer")))
        .count();
  }

  /** So many Pods that work, and one that sleeps until there is a request for it. */
  private static String handlers(int number) {
    return ONE_NODE
        + "queues: [{name: %s}, {name: handled}, {name: requests}]\n".formatted(QUEUE)
        + "endpoints: {requestReply: [{name: requests, port: 10000, queue: requests, timeout: 60s}]}\n"
        + "consumers: [%s, %s]\n"
            .formatted(
                ClientPod.asScaledConsumer(
                    "handler", QUEUE, 1, "minReplicas: %1$d, maxReplicas: %1$d".formatted(number)),
                ClientPod.asScaledConsumer("responder", "requests", 1, "maxReplicas: 1"));
  }

  private void aNumberThatSomebodyChangedIsReverted() {
    namespace.run("scale", "deployment", "orders-worker", "--replicas=" + (MOST + 1));
    awaitReplicas(MOST, PUT_BACK);
  }

  /** Messages still flow; only the operator does not know the load. */
  private void aBlockedManagementApiChangesNothing() {
    manage("application:stop(rabbitmq_management).");
    topology.awaitTrouble("ScalingActive", "worker keeps its number of Pods");
    assertThat(replicas()).isEqualTo(MOST);

    manage("application:start(rabbitmq_management).");
    topology.awaitReady();
    topology.awaitTrue("ScalingActive");
    assertThat(replicas()).isEqualTo(MOST);
  }

  private static void manage(String erlang) {
    String printed = namespace.run("exec", "orders-0", "--", "rabbitmqctl", "eval", erlang);
    assertThat(printed).contains("ok");
  }

  private void awaitReplicas(int replicas, Duration limit) {
    await("it has %d Pods".formatted(replicas))
        .atMost(limit)
        .untilAsserted(() -> assertThat(replicas()).isEqualTo(replicas));
  }

  private int replicas() {
    return replicas(topology, "worker");
  }

  private static int replicas(Topology topology, String consumer) {
    return topology
        .owned(Deployment.class)
        .filter(deployment -> deployment.getMetadata().getName().endsWith("-" + consumer))
        .findFirst()
        .orElseThrow()
        .getSpec()
        .getReplicas();
  }

  private ConsumerStatus status() {
    return topology.get().getStatus().consumers().getFirst();
  }

  private static String spec() {
    return ONE_NODE
        + "queues: [{name: %s}]\n".formatted(QUEUE)
        + "consumers: [%s]\n"
            .formatted(
                ClientPod.asScaledConsumer(
                    "worker",
                    QUEUE,
                    5,
                    "maxReplicas: %d, drainWithin: 10s, maxWait: 1s, initialRate: 40, cooldown: 10s, scaleInWindow: 10s, maxScaleInPercent: 100"
                        .formatted(MOST)));
  }
}
