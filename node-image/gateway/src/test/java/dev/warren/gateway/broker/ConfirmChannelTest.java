package dev.warren.gateway.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ReturnCallback;
import dev.warren.gateway.broker.BrokerFailure.Kind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConfirmChannelTest {

  private long sent;
  private ReturnCallback returns;
  private ConfirmCallback confirms;
  private ConfirmChannel channel;

  /** On a new channel messages wait for the first confirm. */
  @BeforeEach
  void openAndProve() throws IOException {
    channel = new ConfirmChannel(stub(Connection.class), Runnable::run, publication -> {});
    send("q", "first");
    confirms.handle(1, false);
  }

  @Test
  void aReturnedMessageIsMatchedByItsKeyAndId() throws IOException {
    Publication other = send("q", "a");
    Publication elsewhere = send("r", "b");
    Publication unroutable = send("q", "b");

    noQueueTakes("q", "b");
    confirms.handle(4, true);

    assertThat(failure(unroutable)).isEqualTo(Kind.UNROUTABLE);
    assertThat(other.outcome()).isCompleted();
    assertThat(elsewhere.outcome()).isCompleted();
  }

  @Test
  void anAmbiguousReturnConfirmsNoneOfTheCandidates() throws IOException {
    Publication other = send("q", "a");
    Publication one = send("q", "b");
    Publication another = send("q", "b");
    Publication nameless = send("q", null);
    Publication namelessToo = send("q", null);

    noQueueTakes("q", "b");
    noQueueTakes("q", null);
    confirms.handle(6, true);

    assertThat(failure(one)).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure(another)).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure(nameless)).isEqualTo(Kind.UNAVAILABLE);
    assertThat(failure(namelessToo)).isEqualTo(Kind.UNAVAILABLE);
    assertThat(other.outcome()).isCompleted();
  }

  private Publication send(String routingKey, String id) {
    Message message = new Message("", routingKey, properties(id), new byte[1]);
    Publication publication = new Publication(message, Duration.ofMinutes(1));
    channel.send(publication);
    return publication;
  }

  private void noQueueTakes(String routingKey, String id) {
    returns.handle(
        new Return(AMQP.NO_ROUTE, "NO_ROUTE", "", routingKey, properties(id), new byte[1]));
  }

  private static BasicProperties properties(String id) {
    return new BasicProperties.Builder().messageId(id).build();
  }

  private static Kind failure(Publication publication) {
    return BrokerFailure.of(catchThrowable(publication.outcome()::join)).kind();
  }

  private <T> T stub(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this::answer));
  }

  private Object answer(Object stub, Method method, Object[] arguments) {
    switch (method.getName()) {
      case "openChannel" -> {
        return Optional.of(stub(Channel.class));
      }
      case "isOpen" -> {
        return true;
      }
      case "getNextPublishSeqNo" -> {
        return ++sent;
      }
      case "addReturnListener" -> returns = (ReturnCallback) arguments[0];
      case "addConfirmListener" -> confirms = (ConfirmCallback) arguments[0];
      default -> {}
    }
    return null;
  }
}
