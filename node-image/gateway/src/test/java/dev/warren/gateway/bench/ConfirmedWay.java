package dev.warren.gateway.bench;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeoutException;

/**
 * The bare Java client: persistent, mandatory messages to a queue on one channel, each confirmed.
 */
final class ConfirmedWay implements Way {

  private final String queue;
  private final byte[] body;
  private final Connection connection;
  private final Channel channel;
  private final ConcurrentNavigableMap<Long, Promise<Void>> unconfirmed =
      new ConcurrentSkipListMap<>();

  ConfirmedWay(ConnectionFactory factory, String queue, byte[] body)
      throws IOException, TimeoutException {
    this.queue = queue;
    this.body = body;
    this.connection = factory.newConnection("bench-confirmed");
    this.channel = connection.createChannel();
    channel.confirmSelect();
    channel.addReturnListener(returned -> failAll("it was returned"));
    channel.addConfirmListener(this::confirm, (number, multiple) -> failAll("it was refused"));
  }

  private void confirm(long number, boolean multiple) {
    if (multiple) {
      ConcurrentNavigableMap<Long, Promise<Void>> confirmed = unconfirmed.headMap(number, true);
      confirmed.values().forEach(Promise::tryComplete);
      confirmed.clear();
    } else {
      unconfirmed.remove(number).tryComplete();
    }
  }

  private void failAll(String why) {
    unconfirmed.values().forEach(one -> one.tryFail(why));
  }

  @Override
  public Future<?> open(int concurrency) {
    return Future.succeededFuture();
  }

  @Override
  public synchronized Future<?> once(int number) {
    Promise<Void> confirmed = Promise.promise();
    unconfirmed.put(channel.getNextPublishSeqNo(), confirmed);
    try {
      channel.basicPublish("", queue, true, MessageProperties.PERSISTENT_BASIC, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return confirmed.future();
  }

  @Override
  public void close() {
    connection.abort();
  }
}
