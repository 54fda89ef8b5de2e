package dev.warren.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.operator.observation.ConsumerDelivery;
import dev.warren.operator.observation.DispatcherReport;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeliveryWatchTest {

  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final String READY = "conditions: [{type: Ready, status: 'True'}]";

  private final Map<URI, CompletableFuture<DispatcherReport>> asked = new HashMap<>();
  private final List<String> questions = new ArrayList<>();
  private final List<Pod> pods = new ArrayList<>(List.of(pod("a", 1, READY), pod("b", 2, READY)));
  private final DeliveryWatch watch = new DeliveryWatch(this::ask);
  private List<ConsumerSpec> consumers =
      List.of(consumer("{name: notify, queue: orders, http: {url: 'http://shop'}}"));

  @Test
  void whatTheDispatchersAnswerIsKnownInTheNextPass() {
    assertThat(at(0)).as("no pass waits").isEmpty();
    answer(1, 2);
    answer(2, 3);

    assertThat(failures(10)).isEqualTo(5);
    assertThat(questions)
        .containsExactly(
            "http://10.0.0.1:9090",
            "http://10.0.0.2:9090",
            "http://10.0.0.1:9090",
            "http://10.0.0.2:9090");
  }

  @Test
  void frequentPassesDoNotAskMoreOften() {
    IntStream.range(0, 5).forEach(this::at);
    assertThat(questions).hasSize(2);

    at(5);
    assertThat(questions).hasSize(4);
  }

  @Test
  void aSilentDispatcherIsUnknownAfterAMinute() {
    at(0);
    answer(1, 2);
    answer(2, 3);
    at(30);
    answer(2, 4);

    assertThat(failures(59)).isEqualTo(6);
    assertThat(failures(60)).isEqualTo(4);
    assertThat(at(90)).isEmpty();
  }

  @Test
  void aDispatcherThatCannotAnswerHidesNoOther() {
    at(0);
    asked.get(address(1)).completeExceptionally(new IllegalStateException("404"));
    answer(2, 3);

    assertThat(failures(10)).isEqualTo(3);
  }

  @Test
  void aPodThatIsGoneIsForgotten() {
    at(0);
    answer(1, 2);
    answer(2, 3);
    pods.removeFirst();

    assertThat(failures(10)).isEqualTo(3);
  }

  @Test
  void onlyReadyPodsAreAsked() {
    pods.clear();
    pods.add(pod("starting", 1, "phase: Pending"));
    pods.add(
        Serialization.unmarshal(
            """
            metadata: {name: ending, uid: ending, deletionTimestamp: '2026-01-01T11:00:00Z', labels: {warren.dev/consumer: notify}}
            status: {podIP: 10.0.0.2, %s}
            """
                .formatted(READY),
            Pod.class));

    at(0);
    assertThat(questions).isEmpty();
  }

  @Test
  void consumersWithAProgramAreNotAsked() {
    consumers = List.of(consumer("{name: notify, queue: orders, template: {}}"));

    at(0);
    assertThat(questions).isEmpty();
  }

  @Test
  void atMostAHundredPodsAreAsked() {
    pods.clear();
    IntStream.range(0, 150).forEach(n -> pods.add(pod("p" + n, n, READY)));

    at(0);
    assertThat(questions).hasSize(100);
  }

  private long failures(int second) {
    return at(second).get("notify").failures();
  }

  private Map<String, ConsumerDelivery> at(int second) {
    return watch.of("uid", consumers, pods, NOON.plusSeconds(second));
  }

  private CompletableFuture<DispatcherReport> ask(URI dispatcher) {
    questions.add(dispatcher.toString());
    return asked.compute(dispatcher, (address, last) -> new CompletableFuture<>());
  }

  private void answer(int pod, long failures) {
    asked
        .get(address(pod))
        .complete(
            new DispatcherReport(
                "http://shop",
                Optional.of("HTTP 503"),
                Optional.of(NOON),
                failures,
                Optional.of(NOON),
                Optional.empty()));
  }

  private static URI address(int pod) {
    return URI.create("http://10.0.0.%d:9090".formatted(pod));
  }

  private static Pod pod(String name, int address, String status) {
    return Serialization.unmarshal(
        """
        metadata: {name: %1$s, uid: %1$s, labels: {warren.dev/consumer: notify}}
        status: {podIP: 10.0.0.%2$d, %3$s}
        """
            .formatted(name, address, status),
        Pod.class);
  }

  private static ConsumerSpec consumer(String yaml) {
    return Serialization.unmarshal("---\n" + yaml, ConsumerSpec.class);
  }
}
