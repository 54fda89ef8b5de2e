package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.ClientAddress;
import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.Refusals;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Whatever a client sends, the library gets one request at a time, no buffer is leaked, and all
 * memory is free when the client is gone.
 */
class ConnectionIntakeFuzzTest {

  private static final int MEMORY = 8000;
  private static final int OF_ONE_CLIENT = 6000;
  private static final Refusals REFUSALS = new Refusals("fuzz", new SimpleMeterRegistry());

  @FuzzTest(maxDuration = "30s")
  void anything(FuzzedDataProvider data) {
    Door door = new Door(new Clients(1 << 20, MEMORY), REFUSALS, 1024);
    door.limit(2, 2);
    TestLibrary library = new TestLibrary();
    EmbeddedChannel channel = library.connection();
    new ConnectionIntake(door, data.consumeBoolean(), Duration.ofMinutes(1), outcome -> {})
        .addTo(channel);
    List<ByteBuf> sent = new ArrayList<>();
    while (data.remainingBytes() > 0 && channel.isOpen()) {
      ByteBuf read = Unpooled.buffer().writeBytes(data.consumeBytes(data.consumeInt(1, 200)));
      sent.add(read);
      channel.writeInbound(read);
      assertThat(library.pending).isBetween(0, 1);
      if (library.pending == 1 && data.consumeBoolean()) {
        library.answer();
      }
      channel.runPendingTasks();
    }
    channel.close();
    channel.runPendingTasks();
    channel.releaseInbound();
    channel.releaseOutbound();

    assertThat(sent).allMatch(read -> read.refCnt() == 0);
    assertThat(door.open()).isZero();
    Admission later = door.admit(new ClientAddress("later"), () -> {});
    assertThat(later.memory().tryReserve(OF_ONE_CLIENT)).isTrue();
    assertThat(later.memory().tryReserve(1)).isFalse();
  }
}
