package dev.warren.gateway.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.AMQP.Queue.DeclareOk;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Consumer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequesterTest {

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CompletableFuture<Consumer> replies = new CompletableFuture<>();

  @Test
  void repliesThatReachNobodyAreCounted() throws Exception {
    try (Publisher publisher = new Publisher(new Broker(), "publish");
        Requester requester = new Requester(new Broker(), publisher, meters)) {
      Consumer consumer = replies.get(5, TimeUnit.SECONDS);
      await().until(requester::isConnected);
      reply(consumer, null);
      reply(consumer, "long ago");
      reply(consumer, "somebody else's");

      assertThat(dropped("uncorrelated")).isEqualTo(1);
      assertThat(dropped("late")).isEqualTo(2);
    }
  }

  private static void reply(Consumer consumer, String correlationId) throws IOException {
    BasicProperties properties = new BasicProperties.Builder().correlationId(correlationId).build();
    consumer.handleDelivery("tag", null, properties, new byte[1]);
  }

  private double dropped(String reason) {
    return meters.counter("warren.gateway.replies.dropped", "reason", reason).count();
  }

  private final class Broker extends ConnectionFactory {

    @Override
    public Connection newConnection(ExecutorService callbacks, String name) {
      return stub(Connection.class);
    }

    private <T> T stub(Class<T> type) {
      return type.cast(
          Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this::answer));
    }

    private Object answer(Object stub, Method method, Object[] arguments) {
      return switch (method.getName()) {
        case "openChannel" -> Optional.of(stub(Channel.class));
        case "queueDeclare" -> stub(DeclareOk.class);
        case "getQueue" -> "replies";
        case "basicConsume" -> {
          replies.complete((Consumer) arguments[2]);
          yield "tag";
        }
        default -> null;
      };
    }
  }
}
