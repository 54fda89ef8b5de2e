package dev.warren.gateway.broker;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PublicationTest {

  @Test
  void isSentWithItsBodyOrNotAtAll() throws InterruptedException {
    Message message = Message.toQueue("q", new BasicProperties(), new byte[1]);
    for (int i = 0; i < 2000; i++) {
      Publication publication = new Publication(message, Duration.ofMinutes(1));
      Thread ends = Thread.ofPlatform().start(publication::confirmed);
      while (!publication.isOver()) {
        publication.toSend().ifPresent(sent -> assertThat(sent.body()).hasSize(1));
      }
      ends.join();

      assertThat(publication.toSend()).isEmpty();
      assertThat(publication.message().body()).isEmpty();
    }
  }
}
