package dev.warren.operator.status;

import static dev.warren.operator.status.StatusScene.NOON;
import static dev.warren.operator.status.StatusScene.message;
import static dev.warren.operator.status.StatusScene.ready;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DeliveryStatus;
import dev.warren.operator.observation.ConsumerDelivery;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consumers with a URL in the status. */
class DeliveryStatusesTest {

  private static final String URL = "http://hok:8000/notify";

  private final StatusScene scene = new StatusScene();

  DeliveryStatusesTest() {
    deliverTo(URL + "?token=secret", "deadLetter: {exchange: amq.fanout}");
    scene.deployment(
        "orders-notify",
        1,
        "{observedGeneration: 4, replicas: 1, updatedReplicas: 1, readyReplicas: 1}");
  }

  @Test
  void theLastAnswerIsInTheStatus() {
    succeeds("HTTP 204");

    assertThat(scene.build().consumers())
        .containsExactly(
            new ConsumerStatus(
                "notify", 1, 1, null, null, new DeliveryStatus(URL, "HTTP 204", 0L, null), null));
    assertThat(ready(scene.build())).startsWith("True");
  }

  @Test
  void aConsumerThatHasAttemptedNothingHasNoLastAnswer() {
    assertThat(delivery(scene.build())).isNull();

    scene.deliveries.put(
        "notify", new ConsumerDelivery(URL, Optional.empty(), 0, Optional.empty()));
    assertThat(delivery(scene.build())).isNull();
  }

  @Test
  void aWebhookThatCannotWorkIsNotReady() {
    fails("no such host: hok", 7, 35);

    MessageTopologyStatus status = scene.build();
    assertThat(delivery(status))
        .isEqualTo(new DeliveryStatus(URL, "no such host: hok", 7L, "2026-01-01T11:59:25Z"));
    assertThat(ready(status))
        .isEqualTo(
            "False/DeliveryFailing: notify: The last 7 attempts to deliver to"
                + " http://hok:8000/notify failed: no such host: hok. Correct http.url, or repair"
                + " the receiver. Messages that are given up become dead letters");
    assertThat(status.summary().consumers()).isEqualTo("0/1");
  }

  @ParameterizedTest(name = "{0} failures for {1} s")
  @CsvSource({"1, 600, True", "2, 600, True", "3, 9, True", "3, 10, False", "1000, 5, True"})
  void aFewFailuresOfAShortTimeAreNoTrouble(long failures, int seconds, String isReady) {
    fails("HTTP 503: busy", failures, seconds);

    assertThat(ready(scene.build())).startsWith(isReady);
    assertThat(delivery(scene.build()).failures()).isEqualTo(failures);
  }

  @Test
  void aSuccessEndsTheTroubleAtOnce() {
    fails("HTTP 503: busy", 9, 60);
    scene.topology.setStatus(scene.build());
    succeeds("HTTP 200");
    scene.now = NOON.plusSeconds(1);

    assertThat(ready(scene.build())).startsWith("True");
    assertThat(delivery(scene.build())).isEqualTo(new DeliveryStatus(URL, "HTTP 200", 0L, null));
  }

  @Test
  void figuresAreRefreshedEveryThirtySeconds() {
    fails("HTTP 503: busy", 9, 60);
    MessageTopologyStatus first = scene.build();
    scene.topology.setStatus(first);

    scene.now = NOON.plusSeconds(29);
    fails("HTTP 502: bad", 1234, 89);
    assertThat(scene.build()).isEqualTo(first);

    scene.now = NOON.plusSeconds(30);
    fails("HTTP 502: bad", 1234, 90);
    MessageTopologyStatus second = scene.build();
    assertThat(delivery(second).failures()).isEqualTo(1200);
    assertThat(delivery(second).lastAnswer()).isEqualTo("HTTP 502: bad");
    assertThat(second.messagesCountedAt()).isEqualTo("2026-01-01T12:00:30Z");
  }

  @Test
  void theBeginOfTroubleIsReportedAtOnce() {
    fails("HTTP 503: busy", 1, 1);
    scene.topology.setStatus(scene.build());
    scene.now = NOON.plusSeconds(9);
    fails("HTTP 503: busy", 4, 10);

    assertThat(ready(scene.build())).startsWith("False/DeliveryFailing");
  }

  /** After a restart of the operator, too. */
  @Test
  void theTroubleStandsWhileNoDispatcherAnswers() {
    fails("no such host: hok", 7, 35);
    scene.topology.setStatus(scene.build());
    scene.deliveries.clear();
    scene.now = NOON.plusSeconds(300);

    assertThat(scene.build()).isEqualTo(scene.topology.getStatus());
  }

  @Test
  void theTroubleOfAnotherUrlIsForgotten() {
    fails("no such host: hok", 7, 35);
    scene.topology.setStatus(scene.build());
    scene.deliveries.clear();
    deliverTo("http://hook:8000/notify", "deadLetter: {exchange: amq.fanout}");

    assertThat(ready(scene.build())).startsWith("True");
    assertThat(delivery(scene.build())).isNull();
  }

  @Test
  void aConsumerWithoutPodsIsNoTrouble() {
    fails("no such host: hok", 7, 35);
    scene.topology.setStatus(scene.build());
    scene.deliveries.clear();
    scene.deployments.clear();
    scene.spec(
        "queues: [{name: hello, type: quorum, deadLetter: {exchange: amq.fanout}}]",
        "consumers: [{name: notify, queue: hello, replicas: 0, http: {url: '%s'}}]".formatted(URL));
    scene.deployment("orders-notify", 0, "{observedGeneration: 4}");

    assertThat(ready(scene.build())).startsWith("True");
    assertThat(delivery(scene.build()).lastAnswer()).isEqualTo("no such host: hok");
  }

  @Test
  void thatMessagesWillBeDroppedIsAWarningBeforeAnyIs() {
    deliverTo(URL, "");

    assertThat(scene.build().consumers().getFirst().warning())
        .isEqualTo(
            "Messages that are given up are dropped, because queue 'hello' has no deadLetter");
    assertThat(ready(scene.build())).startsWith("True");

    fails("HTTP 404", 3, 60);
    assertThat(message(scene.build(), "ConsumersReady"))
        .endsWith(
            "failed: HTTP 404. Correct http.url, or repair the receiver. Messages that are given"
                + " up are dropped, because queue 'hello' has no deadLetter");
  }

  @ParameterizedTest
  @CsvSource({
    "'deadLetter: {queue: other}'",
    "'arguments: {x-dead-letter-exchange: amq.fanout}'",
  })
  void nothingIsWrongWithAQueueThatHasDeadLetters(String deadLetters) {
    deliverTo(URL, deadLetters);

    assertThat(scene.build().consumers()).extracting(ConsumerStatus::warning).containsOnlyNulls();
  }

  @Test
  void aConsumerWithAProgramHasNoWarning() {
    scene.spec(
        "queues: [{name: hello, type: quorum}]", "consumers: [{name: notify, queue: hello}]");

    assertThat(scene.build().consumers())
        .isEqualTo(List.of(new ConsumerStatus("notify", 1, 1, null)));
  }

  private void deliverTo(String url, String deadLetters) {
    scene.spec(
        "queues: [{name: hello, type: quorum%s}]"
            .formatted(deadLetters.isEmpty() ? "" : ", " + deadLetters),
        "consumers: [{name: notify, queue: hello, http: {url: '%s'}}]".formatted(url));
  }

  private void succeeds(String answer) {
    scene.deliveries.put(
        "notify", new ConsumerDelivery(URL, Optional.of(answer), 0, Optional.empty()));
  }

  private void fails(String answer, long failures, int seconds) {
    scene.deliveries.put(
        "notify",
        new ConsumerDelivery(
            URL, Optional.of(answer), failures, Optional.of(scene.now.minusSeconds(seconds))));
  }

  private static DeliveryStatus delivery(MessageTopologyStatus status) {
    return status.consumers().getFirst().delivery();
  }
}
