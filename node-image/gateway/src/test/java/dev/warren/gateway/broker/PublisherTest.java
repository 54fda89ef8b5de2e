package dev.warren.gateway.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.warren.gateway.broker.BrokerFailure.Kind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;

class PublisherTest {

  @Test
  void aConnectionThatAcceptsNothingIsReplaced() {
    try (Publisher publisher = new Publisher(new Stalled(), "test", Duration.ofMillis(100))) {
      await().until(publisher::isConnected);
      CompletableFuture<Void> published =
          publisher.publish(
              Message.toQueue("q", new BasicProperties(), new byte[1]), Duration.ofSeconds(10));

      assertThat(BrokerFailure.of(catchThrowable(published::join)).kind())
          .isEqualTo(Kind.UNAVAILABLE);
    }
  }

  /** Publishing blocks until the socket is closed. */
  private static final class Stalled extends ConnectionFactory {

    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public Connection newConnection(ExecutorService callbacks, String name) throws IOException {
      getSocketConfigurator()
          .configure(
              new Socket() {
                @Override
                public void close() {
                  closed.countDown();
                }
              });
      return stub(Connection.class);
    }

    private <T> T stub(Class<T> type) {
      return type.cast(
          Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this::answer));
    }

    private Object answer(Object stub, Method method, Object[] arguments) throws Exception {
      return switch (method.getName()) {
        case "openChannel" -> Optional.of(stub(Channel.class));
        case "isOpen" -> true;
        case "getNextPublishSeqNo" -> 1L;
        case "basicPublish" -> {
          closed.await();
          throw new IOException("the socket is closed");
        }
        default -> null;
      };
    }
  }
}
