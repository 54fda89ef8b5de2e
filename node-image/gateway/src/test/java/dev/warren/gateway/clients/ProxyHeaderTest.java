package dev.warren.gateway.clients;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {

  private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private ClientAddress client;
  private boolean hasNoHeader;

  @BeforeEach
  void expect() {
    channel.freezeTime();
    ProxyHeader.expect(
        channel.pipeline(),
        new ProxyHeader.Connection() {
          @Override
          public void comesFrom(ClientAddress address) {
            client = address;
          }

          @Override
          public void hasNoHeader() {
            hasNoHeader = true;
          }
        });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version 1, IPv4          | TCP4 10.0.0.7 10.0.0.1 40000 8080          | 10.0.0.7
          version 1, IPv6          | TCP6 2001:db8::7 2001:db8::1 40000 8080    | 2001:db8:0:0:0:0:0:0/64
          version 1, the proxy     | UNKNOWN                                    | embedded
          """)
  void textSaysWhoTheClientIs(String what, String header, String address) {
    receive(bytes("PROXY " + header + "\r\nhello"));

    assertThat(client).hasToString(address);
    assertThat(received()).isEqualTo("hello");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          version 2, IPv4          | 2111000c0a0000070a0000019c401f90           | 10.0.0.7
          version 2, extensions    | 211100130a0000070a0000019c401f9004000461626364 | 10.0.0.7
          version 2, the proxy     | 20000000                                   | embedded
          """)
  void bytesSayWhoTheClientIs(String what, String header, String address) {
    ByteBuf all = Unpooled.wrappedBuffer(HexFormat.of().parseHex(SIGNATURE + header), ascii("hi"));
    while (all.isReadable()) {
      receive(all.readBytes(1));
    }

    assertThat(client).hasToString(address);
    assertThat(received()).isEqualTo("hi");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /queues/in HTTP/1.1\r\n",
        "hello, who are you?\r\n",
        "PROXY TCP4 nowhere\r\n"
      })
  void aConnectionWithoutAHeaderIsClosed(String sent) {
    receive(bytes(sent));

    assertThat(hasNoHeader).isTrue();
    assertThat(channel.isOpen()).isFalse();
    assertThat(received()).isEmpty();
  }

  @Test
  void aHeaderThatDoesNotComeInTimeEndsTheConnection() {
    receive(bytes("PROXY TCP4 10."));
    channel.advanceTimeBy(ProxyHeader.LONGEST.toSeconds() - 1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isTrue();

    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    assertThat(channel.isOpen()).isFalse();
    assertThat(hasNoHeader).isTrue();
  }

  @Test
  void aConnectionWithAHeaderStaysOpen() {
    receive(bytes("PROXY UNKNOWN\r\n"));
    channel.advanceTimeBy(1, TimeUnit.HOURS);
    channel.runScheduledPendingTasks();

    assertThat(channel.isOpen()).isTrue();
    assertThat(hasNoHeader).isFalse();
  }

  private void receive(ByteBuf bytes) {
    channel.writeInbound(bytes);
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.wrappedBuffer(ascii(text));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  private String received() {
    StringBuilder received = new StringBuilder();
    for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
      received.append(next.toString(US_ASCII));
      next.release();
    }
    return received.toString();
  }
}
