package dev.warren.gateway.tcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.limits.MemoryBudget;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Lines of up to 60,000 bytes, of which 100,000 may be held. */
class UnfinishedRequestTest {

  private static final int MEMORY = 100_000;
  private static final int LONGEST = 60_000;

  private final MemoryBudget memory = new MemoryBudget(MEMORY);
  private final HeldRequests connection =
      new HeldRequests(new LineFrames(LONGEST).decoder(), LONGEST, memory);
  private final UnfinishedRequest unfinished = connection.unfinished;
  private final EmbeddedChannel client = connection.connection();

  @Test
  void aSmallPartTakesNoMemory() {
    send(4096);

    assertThat(connection.decoder.held()).isEqualTo(4096);
    assertFree(MEMORY);
  }

  @Test
  void aLargePartReservesTheMaximumAndACompleteRequestItsSize() {
    send(4096);
    send(1);
    assertFree(MEMORY - LONGEST);

    send("\n");
    assertThat(connection.afforded).containsExactly(true);
    assertFree(MEMORY - 4097);
  }

  @Test
  void aSmallWholeRequestReservesItsOwnSize() {
    send("0123456789\n");
    assertFree(MEMORY - 10);

    assertThat(memory.tryReserve(MEMORY - 15)).isTrue();
    send("0123456789\n");
    assertThat(connection.afforded).containsExactly(true, false);
    assertFree(5);
  }

  @Test
  void withoutMemoryTheRestIsNotRead() {
    assertThat(memory.tryReserve(MEMORY - LONGEST + 1)).isTrue();
    send(4096);
    send(4096);

    assertThat(connection.error).isEqualTo("no memory");
    assertThat(connection.decoder.held()).isEqualTo(4096);
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

    assertThat(connection.decoder.held()).isZero();
    assertFree(MEMORY);
  }

  @Test
  void anIncompleteRequestEndsAfterItsTime() {
    send(1);
    pass(Duration.ofSeconds(4));
    send(1);
    assertThat(connection.error).isEmpty();

    pass(Duration.ofSeconds(1));
    assertThat(connection.error).isEqualTo("too slow");
  }

  @Test
  void theTimeRunsFromTheFirstByteAlsoIfThatCameWithTheRequestBefore() {
    send("a");
    pass(Duration.ofSeconds(4));
    send("b\nc");
    pass(Duration.ofSeconds(4));
    assertThat(connection.error).isEmpty();

    pass(Duration.ofSeconds(1));
    assertThat(connection.error).isEqualTo("too slow");
  }

  @Test
  void aConnectionWithoutAPartOfARequestDoesNotTimeOut() {
    send("a\nb\n");
    pass(Duration.ofHours(1));

    assertThat(connection.texts).containsExactly("a", "b");
    assertThat(connection.error).isEmpty();
  }

  @Test
  void aRequestThatWaitsItsTurnDoesNotTimeOut() {
    send("a\nb");
    pass(Duration.ofSeconds(4));
    connection.paused = true;
    pass(Duration.ofSeconds(4));

    assertThat(connection.error).isEmpty();
  }

  @Test
  void ofManyRequestsInOneReadOnlyThoseAreDecodedThatTheConnectionTakes() {
    connection.most = 3;
    send("a\n".repeat(2000));
    assertThat(connection.texts).hasSize(3);

    connection.paused = false;
    connection.most = 5;
    unfinished.decodeMore();
    assertThat(connection.texts).hasSize(5);

    connection.paused = false;
    connection.most = Integer.MAX_VALUE;
    unfinished.decodeMore();
    client.runPendingTasks();
    assertThat(connection.texts).hasSize(2000);
    assertThat(connection.decoder.held()).isZero();
  }

  @Test
  void manySmallRequestsAreDecodedInTurns() {
    // Otherwise all turns would follow at once.
    client.pipeline().fireChannelRead(Unpooled.copiedBuffer("a\n".repeat(2000), US_ASCII));
    assertThat(connection.texts).hasSize(UnfinishedRequest.MOST_IN_A_TURN);
    assertThat(unfinished.waitsForTurn()).isTrue();

    client.runPendingTasks();
    assertThat(connection.texts).hasSize(2000);
    assertThat(unfinished.waitsForTurn()).isFalse();
  }

  private void send(int bytes) {
    send("x".repeat(bytes));
  }

  private void send(String text) {
    client.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
  }

  private void pass(Duration time) {
    client.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    client.runScheduledPendingTasks();
  }

  /** This many and not one more. */
  private void assertFree(int bytes) {
    assertThat(memory.tryReserve(bytes + 1L)).isFalse();
    assertThat(memory.tryReserve(bytes)).isTrue();
    memory.release(bytes);
  }
}
