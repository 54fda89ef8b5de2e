package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConnectionIntakeTest {

  private static final int MEMORY = 40_000;

  /** Three quarters of it. */
  private static final int OF_ONE_CLIENT = 30_000;

  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final String HEAD = "POST /a HTTP/1.1\r\nHost: x\r\n";
  private static final int HEAD_BYTES = HEAD.length() + 2 * KeptBytes.LINE_BYTES;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Door door =
      new Door(new Clients(1 << 20, MEMORY), new Refusals("publish", meters), 1024);
  private final TestLibrary library = new TestLibrary();
  private final EmbeddedChannel channel = library.connection();
  private final List<String> outcomes = new ArrayList<>();

  @BeforeEach
  void connect() {
    door.limit(2, 2);
    new ConnectionIntake(door, false, IDLE, outcomes::add).addTo(channel);
  }

  @Test
  void aPipelinedRequestWaitsUntilThePreviousOneIsAnswered() {
    send("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n");
    assertThat(library.requests).containsExactly("/a ");

    library.answer();
    channel.runPendingTasks();
    assertThat(library.requests).containsExactly("/a ", "/b ");
    library.answer();
    channel.runPendingTasks();
    library.answer();
    assertThat(library.requests).containsExactly("/a ", "/b ", "/c ");
  }

  @Test
  void nothingIsReadBeforeAllThatWasReadIsPassedOn() {
    assertThat(channel.config().isAutoRead()).isTrue();
    channel.writeInbound(ascii("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"));
    assertThat(channel.config().isAutoRead()).isFalse();
    library.answer();
    assertThat(channel.config().isAutoRead()).isFalse();
    channel.runPendingTasks();
    assertThat(library.requests).hasSize(2);
    assertThat(channel.config().isAutoRead()).isFalse();

    library.answer();
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void manySmallChunksArePassedOnInTurns() {
    String chunks = "1\r\na\r\n".repeat(500) + "0\r\n\r\n";
    // Otherwise all turns would follow at once.
    channel.pipeline().fireChannelRead(ascii(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks));
    assertThat(library.requests).isEmpty();
    assertThat(channel.config().isAutoRead()).isFalse();

    channel.runPendingTasks();
    assertThat(library.requests).containsExactly("/a " + "a".repeat(500));
  }

  @Test
  void chunksThatAreMostlyFramingAreRefused() {
    send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + "1\r\na\r\n".repeat(2000));
    channel.runPendingTasks();

    assertThat(sent()).startsWith("HTTP/1.1 400 ").contains("the chunks of the body are too small");
    assertThat(library.requests).isEmpty();
  }

  @Test
  void chunksWithMoreDataThanFramingAreTaken() {
    String chunks = "8\r\n" + "a".repeat(8) + "\r\n";
    send(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + chunks.repeat(5000) + "0\r\n\r\n");
    channel.runPendingTasks();

    assertThat(library.requests).containsExactly("/a " + "a".repeat(40_000));
  }

  @Test
  void whatIsNotARequestIsRefused() {
    send("GET /a HTTP/1.1\r\n\r\nhello\r\n\r\n");
    library.answer();
    assertThat(sent()).startsWith("HTTP/1.1 202 ").contains("HTTP/1.1 400 ", ":bad-request");
    assertThat(outcomes).containsExactly("bad-request");
    assertThat(library.requests).containsExactly("/a ");

    send("GET /b HTTP/1.1\r\n\r\n");
    pass(Duration.ofSeconds(2));
    assertThat(library.requests).hasSize(1);
    assertThat(channel.isOpen()).isFalse();
    assertFree(OF_ONE_CLIENT);
  }

  @Test
  void aHeadHasMemoryWhileItArrivesAndUntilItsAnswer() {
    send(HEAD);
    assertFree(OF_ONE_CLIENT - HEAD_BYTES);
    send("Content-Length: 3\r\n\r\nabc");
    assertFree(OF_ONE_CLIENT - HEAD_BYTES - "Content-Length: 3\r\n\r\n".length() - 2 * 200);

    library.answer();
    channel.runPendingTasks();
    assertFree(OF_ONE_CLIENT);
  }

  @Test
  void theMemoryOfAClientThatLeavesIsReleased() {
    send(HEAD);
    channel.close();
    channel.runPendingTasks();

    assertFree(OF_ONE_CLIENT);
    assertThat(door.open()).isZero();
  }

  @Test
  void aHeadOfMoreLinesThanThereIsMemoryForIsRefused() {
    send(HEAD + "a:\n".repeat(OF_ONE_CLIENT / KeptBytes.LINE_BYTES));

    assertThat(sent()).startsWith("HTTP/1.1 503 ").contains("retry-after: 1", ":overloaded");
    assertThat(outcomes).containsExactly("overloaded");
    assertThat(library.requests).isEmpty();
    send("still sending");
    pass(Duration.ofSeconds(2));
    assertThat(channel.isOpen()).isFalse();
    assertFree(OF_ONE_CLIENT);
  }

  @Test
  void aHeadThatDoesNotEndIsRefusedAfterItsTimeHoweverManyBytesCome() {
    send(HEAD);
    pass(Duration.ofSeconds(9));
    send("a: b\r\n");
    assertThat(channel.isOpen()).isTrue();
    pass(Duration.ofSeconds(1));

    assertThat(sent()).startsWith("HTTP/1.1 408 ").contains(":too-slow");
    assertThat(outcomes).containsExactly("too-slow");
    pass(Duration.ofSeconds(2));
    assertThat(channel.isOpen()).isFalse();
    assertThat(refused("slow")).isEqualTo(1);
  }

  @Test
  void theTimeOfALaterHeadBeginsWithItsFirstByte() {
    send("GET /a HTTP/1.1\r\n\r\nGET /b");
    library.answer();
    sent();
    pass(Duration.ofSeconds(10));
    assertThat(sent()).startsWith("HTTP/1.1 408 ");
  }

  @Test
  void anIdleConnectionIsClosed() {
    pass(IDLE.minusSeconds(1));
    send("GET /a HTTP/1.1\r\n\r\n");
    library.answer();
    sent();
    pass(IDLE.minusSeconds(1));
    assertThat(channel.isOpen()).isTrue();

    pass(Duration.ofSeconds(1));
    assertThat(channel.isOpen()).isFalse();
    assertThat(sent()).isEmpty();
  }

  @Test
  void aRequestMayWaitForItsAnswer() {
    send("GET /a HTTP/1.1\r\n\r\n");
    pass(Duration.ofMinutes(10));
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aBodyThatNobodyReadsEnds() {
    send(HEAD + "Content-Length: 9\r\n\r\nabc");
    library.answer();
    pass(ConnectionIntake.REQUEST_TIME.minusSeconds(1));
    send("d");
    assertThat(channel.isOpen()).isTrue();

    pass(Duration.ofSeconds(1));
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void whatSurroundsChunksHasMemoryUntilTheyArePassedOn() {
    send(HEAD + "Transfer-Encoding: chunked\r\n\r\n");
    int head = HEAD_BYTES + "Transfer-Encoding: chunked\r\n\r\n".length() + 2 * 200;
    send("3;extension");
    assertFree(OF_ONE_CLIENT - head - "3;extension".length() - 200);
    send("=x\r\nabc\r\n");
    send("0\r\ntrailer: x\r\n");
    library.answer();
    send("\r\n");
    channel.runPendingTasks();

    assertThat(library.requests).containsExactly("/a abc");
    assertFree(OF_ONE_CLIENT);
  }

  @Test
  void aConnectionTooManyGetsAnAnswer() {
    TestLibrary busy = new TestLibrary();
    EmbeddedChannel second = connectAnother(busy);
    TestLibrary none = new TestLibrary();
    EmbeddedChannel third = connectAnother(none);
    second.writeInbound(Unpooled.copiedBuffer(HEAD, ISO_8859_1));
    third.writeInbound(Unpooled.copiedBuffer(HEAD + "\r\n", ISO_8859_1));

    assertThat(textIn(third)).startsWith("HTTP/1.1 503 ").contains(":overloaded");
    assertThat(none.requests).isEmpty();
    assertThat(textIn(second)).isEmpty();
    third.advanceTimeBy(2, TimeUnit.SECONDS);
    third.runScheduledPendingTasks();
    assertThat(third.isOpen()).isFalse();
  }

  private EmbeddedChannel connectAnother(TestLibrary another) {
    EmbeddedChannel connection = another.connection();
    new ConnectionIntake(door, false, IDLE, outcomes::add).addTo(connection);
    return connection;
  }

  private void send(String text) {
    channel.writeInbound(ascii(text));
    channel.runPendingTasks();
  }

  private static ByteBuf ascii(String text) {
    return Unpooled.copiedBuffer(text, ISO_8859_1);
  }

  private void pass(Duration time) {
    channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();
  }

  private String sent() {
    return textIn(channel);
  }

  private static String textIn(EmbeddedChannel connection) {
    StringBuilder text = new StringBuilder();
    for (ByteBuf next = connection.readOutbound(); next != null; next = connection.readOutbound()) {
      text.append(next.toString(ISO_8859_1));
      next.release();
    }
    return text.toString();
  }

  private double refused(String reason) {
    return meters
        .counter("warren.gateway.refused", "endpoint", "publish", "reason", reason)
        .count();
  }

  /** This many bytes of the client's memory and not one more. */
  private void assertFree(int bytes) {
    Admission same = door.admit(ClientAddress.of(channel.remoteAddress()), () -> {});
    assertThat(same.memory().tryReserve(bytes + 1L)).isFalse();
    assertThat(same.memory().tryReserve(bytes)).isTrue();
    same.memory().release(bytes);
    same.end();
  }
}
