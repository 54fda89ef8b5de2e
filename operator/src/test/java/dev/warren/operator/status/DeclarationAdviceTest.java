package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.model.Reason;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the status says about declarations of clients that RabbitMQ refused. */
class DeclarationAdviceTest {

  @ParameterizedTest(name = "{1} of {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "type: classic | x-queue-type             | with x-queue-type: classic",
        "type: stream  | x-queue-type             | with x-queue-type: stream",
        "type: quorum, singleActiveConsumer: true"
            + "        | x-single-active-consumer | with x-single-active-consumer: true",
        "type: quorum  | x-single-active-consumer | without x-single-active-consumer",
        "type: classic | durable                  | as durable",
        "type: classic | auto_delete              | without auto_delete",
        "type: quorum, messageTTL: 1h"
            + "        | x-message-ttl            | without x-message-ttl",
        "type: classic, arguments: {x-max-priority: 5}"
            + "        | x-max-priority           | with the x-max-priority of"
            + " spec.queues[].arguments",
      })
  void itSaysHowTheQueueCanBeDeclared(String queue, String differs, String alternative) {
    QueueSpec spec =
        Serialization.unmarshal("name: q\n" + queue.replace(", ", "\n"), QueueSpec.class);

    assertThat(DeclarationAdvice.of(spec, differs))
        .isEqualTo(differs + " differs; declare the queue passively, or " + alternative);
  }

  @Test
  void aRefusedClientIsShownWithItsQueueAndLeavesTheTopologyReady() {
    StatusScene scene = new StatusScene();
    MessageTopologyStatus before = scene.build();
    scene.refusedDeclarations.put("hello", "durable");

    MessageTopologyStatus status = scene.build();

    String advice = "durable differs; declare the queue passively, or as durable";
    assertThat(status.queues()).extracting(QueueStatus::refusedDeclaration).containsExactly(advice);
    assertThat(StatusScene.ready(status)).isEqualTo(StatusScene.ready(before));
    assertThat(Transition.between(before, status))
        .containsExactly(
            new Transition(
                true,
                Reason.DECLARATION_REFUSED,
                "RabbitMQ refused a client's declaration of queue 'hello': " + advice));
    assertThat(Transition.between(status, status)).isEmpty();
    assertThat(Transition.between(status, before)).isEmpty();
  }

  @Test
  void aQueueOfRefusedClientsIsListedBeforeOthers() {
    QueueStatus fine = queue("a", null);
    QueueStatus refused = queue("b", "durable differs");

    assertThat(QueueStatuses.bounded(List.of(fine, refused))).containsExactly(refused, fine);
  }

  private static QueueStatus queue(String name, String refused) {
    return Serialization.unmarshal(
        Serialization.asJson(
            refused == null
                ? Map.of("name", name)
                : Map.of("name", name, "refusedDeclaration", refused)),
        QueueStatus.class);
  }
}
