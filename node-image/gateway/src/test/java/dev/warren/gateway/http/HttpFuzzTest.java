package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.warren.gateway.broker.Message;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;

/** Any input is a valid AMQP message, or a problem of the client. */
class HttpFuzzTest {

  private static final int LONGEST_NAME = 255;

  @FuzzTest(maxDuration = "30s")
  void anyPath(FuzzedDataProvider data) {
    try {
      Destination destination = Destination.ofPath(data.consumeRemainingAsString());
      assertThat(destination.exchange().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(LONGEST_NAME);
      assertThat(destination.routingKey().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(LONGEST_NAME);
      assertThat(destination.exchange() + destination.routingKey()).isNotEmpty();
    } catch (HttpProblem problem) {
      assertThat(problem.status()).isIn(400, 404);
    }
  }

  @FuzzTest(maxDuration = "30s")
  void anyEvent(FuzzedDataProvider data) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    headers.add(
        "Content-Type",
        data.pickValue(
            new String[] {
              "application/cloudevents+json", "application/cloudevents-batch+json", "text/plain"
            }));
    for (String name :
        new String[] {"ce-specversion", "ce-id", "ce-source", "ce-time", "Idempotency-Key"}) {
      if (data.consumeBoolean()) {
        headers.add(name, data.consumeString(20));
      }
    }
    try {
      for (Message message :
          HttpMessages.of(
              new Destination("", "q"),
              headers,
              Buffer.buffer(data.consumeRemainingAsBytes()),
              Instant.EPOCH)) {
        assertThat(message.properties().getMessageId()).isNotNull();
      }
    } catch (HttpProblem problem) {
      assertThat(problem.status()).isEqualTo(400);
    }
  }
}
