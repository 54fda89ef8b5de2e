package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.Outcome.Failure;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeadLetterTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  private final DeadLetter deadLetter = new DeadLetter("notify", "shipments");

  @Test
  void isTheMessageWithTheReason() {
    BasicProperties original =
        new BasicProperties.Builder()
            .messageId("m-1")
            .contentType("application/json")
            .correlationId("c-1")
            .headers(Map.of("tenant", "acme"))
            .build();

    BasicProperties copy =
        deadLetter.properties(original, new Failure("HTTP 400: no", Optional.of(400)), 3, NOW);

    assertThat(copy.getMessageId()).isEqualTo("m-1");
    assertThat(copy.getContentType()).isEqualTo("application/json");
    assertThat(copy.getCorrelationId()).isEqualTo("c-1");
    assertThat(copy.getDeliveryMode()).isEqualTo(2);
    assertThat(copy.getHeaders())
        .containsOnly(
            Map.entry("tenant", "acme"),
            Map.entry("x-warren-failure-reason", "HTTP 400: no"),
            Map.entry("x-warren-failure-status", 400),
            Map.entry("x-warren-failure-attempts", 3),
            Map.entry("x-warren-failure-time", Date.from(NOW)),
            Map.entry("x-warren-failure-consumer", "notify"),
            Map.entry("x-warren-failure-queue", "shipments"));
  }

  @Test
  void hasNoExpirationUserOrCarbonCopies() {
    BasicProperties original =
        new BasicProperties.Builder()
            .expiration("1000")
            .userId("shop")
            .headers(Map.of("CC", List.of("other"), "BCC", List.of("secret")))
            .build();

    BasicProperties copy =
        deadLetter.properties(original, Failure.withoutAnswer("no answer"), 1, NOW);

    assertThat(copy.getExpiration()).isNull();
    assertThat(copy.getUserId()).isNull();
    assertThat(copy.getHeaders()).doesNotContainKeys("CC", "BCC");
  }

  @Test
  void reportsTheLastFailureOnly() {
    BasicProperties before =
        deadLetter.properties(
            new BasicProperties(), new Failure("HTTP 400", Optional.of(400)), 1, NOW);

    BasicProperties copy =
        deadLetter.properties(before, Failure.withoutAnswer("no answer"), 5, NOW);

    assertThat(copy.getHeaders())
        .containsEntry("x-warren-failure-reason", "no answer")
        .doesNotContainKey("x-warren-failure-status");
  }
}
