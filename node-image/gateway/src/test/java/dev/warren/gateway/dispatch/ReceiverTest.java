package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import dev.warren.gateway.dispatch.Outcome.Delivered;
import dev.warren.gateway.dispatch.Outcome.Permanent;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceiverTest {
  private static final String LONG = "x".repeat(100_000);
  private static final CloudEvent EVENT =
      CloudEventBuilder.v1().withId("e").withSource(URI.create("/s")).withType("t").build();

  private TestReceiver server;
  private Receiver receiver;

  @BeforeEach
  void start() throws IOException {
    int port = TestReceiver.freePort();
    server = new TestReceiver(port);
    receiver =
        new Receiver(
            new HttpDelivery(
                "notify",
                URI.create("http://localhost:" + port),
                Method.POST,
                5_000,
                8,
                false,
                ContentMode.BINARY,
                new Retry(1, 1, 1),
                null),
            Clock.systemUTC());
  }

  @AfterEach
  void stop() {
    receiver.close();
    server.close();
  }

  @Test
  void keepsTheResponseUpToALimit() throws InterruptedException {
    server.answer("e", TestReceiver.status(200, LONG), TestReceiver.status(200, LONG));

    Answer excerpt = ((Delivered) receiver.send(EVENT, Answer.EXCERPT)).answer();
    assertThat(excerpt.body()).hasSize(Answer.EXCERPT);
    assertThat(excerpt.tooLong()).isTrue();

    Answer whole = ((Delivered) receiver.send(EVENT, LONG.length())).answer();
    assertThat(whole.body()).asString(UTF_8).isEqualTo(LONG);
    assertThat(whole.tooLong()).isFalse();
  }

  @Test
  void reportsTheBeginningOfAResponseThatIsNotKept() throws InterruptedException {
    server.answer("e", TestReceiver.status(400, LONG));

    Permanent refusal = (Permanent) receiver.send(EVENT, Answer.EXCERPT);
    assertThat(refusal.failure().reason()).isEqualTo("HTTP 400: " + "x".repeat(200));
  }
}
