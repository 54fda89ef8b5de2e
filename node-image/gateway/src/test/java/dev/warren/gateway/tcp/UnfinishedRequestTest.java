package dev.warren.gateway.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UnfinishedRequestTest {

  private static final int MEMORY = 100_000;
  private static final int LONGEST = 60_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final MemoryBudget memory = new MemoryBudget(MEMORY);
  private final TestConnection connection = new TestConnection();
  private UnfinishedRequest unfinished;
  private EmbeddedChannel client;

  @BeforeEach
  void connect() {
    unfinished = new UnfinishedRequest(LONGEST, TIMEOUT, memory, connection);
    client = new EmbeddedChannel();
    client.freezeTime();
    client.pipeline().addLast(unfinished);
  }

  @Test
  void aSmallPartTakesNoMemory() {
    send(4096);

    assertThat(client.<ByteBuf>readInbound().readableBytes()).isEqualTo(4096);
    assertFree(MEMORY);
  }

  @Test
  void aLargePartReservesTheMaximumAndACompleteRequestItsSize() {
    send(4096);
    send(1);
    assertFree(MEMORY - LONGEST);

    assertThat(unfinished.whole(4097)).isTrue();
    assertFree(MEMORY - 4097);
  }

  @Test
  void aSmallWholeRequestReservesItsOwnSize() {
    send(10);
    assertThat(unfinished.whole(10)).isTrue();
    assertFree(MEMORY - 10);

    assertThat(memory.tryReserve(MEMORY - 15)).isTrue();
    send(10);
    assertThat(unfinished.whole(10)).isFalse();
    assertFree(5);
  }

  @Test
  void withoutMemoryTheRestIsNotRead() {
    assertThat(memory.tryReserve(MEMORY - LONGEST + 1)).isTrue();
    send(4096);
    send(4096);

    assertThat(connection.error).isEqualTo("no memory");
    assertThat(client.inboundMessages()).hasSize(1);
    assertFree(LONGEST - 1);
  }

  @Test
  void theMemoryOfAClientThatLeavesIsReleased() {
    send(4097);
    assertFree(MEMORY - LONGEST);
    client.close();

    assertFree(MEMORY);
  }

  @Test
  void aClosedConnectionHoldsNoMemory() {
    connection.ending = true;
    send(4097);

    assertThat(client.inboundMessages()).isEmpty();
    assertFree(MEMORY);
  }

  @Test
  void anIncompleteRequestEndsAfterItsTime() {
    send(1);
    client.advanceTimeBy(4, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();
    send(1);
    assertThat(connection.error).isEmpty();

    client.advanceTimeBy(1, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();
    assertThat(connection.error).isEqualTo("too slow");
  }

  @Test
  void aRequestThatWaitsItsTurnDoesNotTimeOut() {
    send(1);
    unfinished.whole(1);
    client.advanceTimeBy(4, TimeUnit.SECONDS);
    send(1);
    client.advanceTimeBy(4, TimeUnit.SECONDS);
    connection.paused = true;
    client.advanceTimeBy(4, TimeUnit.SECONDS);
    client.runScheduledPendingTasks();

    assertThat(connection.error).isEmpty();
  }

  private void send(int bytes) {
    client.writeInbound(Unpooled.wrappedBuffer(new byte[bytes]));
  }

  /** This many and not one more. */
  private void assertFree(int bytes) {
    assertThat(memory.tryReserve(bytes + 1L)).isFalse();
    assertThat(memory.tryReserve(bytes)).isTrue();
    memory.release(bytes);
  }

  private static final class TestConnection implements UnfinishedRequest.Connection {

    private boolean ending;
    private boolean paused;
    private String error = "";

    @Override
    public boolean isEnding() {
      return ending;
    }

    @Override
    public boolean isPaused() {
      return paused;
    }

    @Override
    public void noMemory() {
      error = "no memory";
    }

    @Override
    public void tooSlow() {
      error = "too slow";
    }
  }
}
