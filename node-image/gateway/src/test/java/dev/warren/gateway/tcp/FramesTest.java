package dev.warren.gateway.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.gateway.config.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.TooLongFrameException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FramesTest {

  private static final int MAX = 8;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a line ends with a line feed              | LINE            | a\\n            | a
          a carriage return before it goes too      | LINE            | a\\r\\n         | a
          lines may come together                   | LINE            | a\\nb\\n        | a,b
          an empty line is an empty request         | LINE            | \\n             | ''
          a line that does not end is no request    | LINE            | a\\nb           | a
          the longest line                          | LINE            | 12345678\\n     | 12345678
          a length comes first                      | LENGTH_PREFIXED | \\0\\0\\0\\1a    | a
          requests may come together                | LENGTH_PREFIXED | \\0\\0\\0\\1a\\0\\0\\0\\2bc | a,bc
          nothing is an empty request               | LENGTH_PREFIXED | \\0\\0\\0\\0     | ''
          a line feed is nothing special            | LENGTH_PREFIXED | \\0\\0\\0\\2a\\n | a\\n
          what does not come whole is no request    | LENGTH_PREFIXED | \\0\\0\\0\\2a    |
          the longest request                       | LENGTH_PREFIXED | \\0\\0\\0\\x0812345678 | 12345678
          all that comes is one request             | RAW             | a\\nb           | a\\nb
          the longest of all                        | RAW             | 12345678        | 12345678
          nothing is no request                     | RAW             | ''              |
          """)
  void requestsAreDecoded(String rule, Framing framing, String sent, String requests) {
    EmbeddedChannel channel = new EmbeddedChannel(Frames.of(framing, MAX).decoder());

    Bytes.receive(channel, channel.alloc().buffer().writeBytes(Bytes.of(sent)));
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    List<String> expected =
        requests == null
            ? List.of()
            : List.of(requests.split(",", -1)).stream()
                .map(request -> new String(Bytes.of(request), UTF_8))
                .toList();
    assertThat(Bytes.requestsIn(channel)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "LINE, 123456789",
    "LENGTH_PREFIXED, \\0\\0\\0\\x09",
    "LENGTH_PREFIXED, \\xFF\\xFF\\xFF\\xFF",
    "RAW, 123456789"
  })
  void aRequestThatIsTooLongIsRefusedBeforeItsEnd(Framing framing, String sent) {
    EmbeddedChannel channel = new EmbeddedChannel(Frames.of(framing, MAX).decoder());
    ByteBuf bytes = channel.alloc().buffer().writeBytes(Bytes.of(sent));
    assertThatThrownBy(() -> channel.writeInbound(bytes)).isInstanceOf(TooLongFrameException.class);
  }

  @Test
  void aRawRequestEndsWithAShortSilenceAndLaterBytesAreDropped() {
    EmbeddedChannel channel = new EmbeddedChannel(Frames.of(Framing.RAW, MAX).decoder());
    channel.freezeTime();
    channel.writeInbound(channel.alloc().buffer().writeBytes(Bytes.of("a")));
    channel.advanceTimeBy(RawRequestDecoder.SILENCE.toMillis() - 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    channel.writeInbound(channel.alloc().buffer().writeBytes(Bytes.of("b")));
    channel.advanceTimeBy(RawRequestDecoder.SILENCE.toMillis() - 1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    assertThat(Bytes.requestsIn(channel)).isEmpty();

    channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
    channel.writeInbound(channel.alloc().buffer().writeBytes(Bytes.of("c")));
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    assertThat(Bytes.requestsIn(channel)).containsExactly("ab");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "RAW, a\\n, a\\n",
    "RAW, '', ''",
    "LINE, a, a\\n",
    "LINE, a\\n, a\\n",
    "LINE, a\\r\\n, a\\n",
    "LINE, a\\r, a\\r\\n",
    "LINE, '', \\n",
    "LENGTH_PREFIXED, a\\n, \\0\\0\\0\\2a\\n",
    "LENGTH_PREFIXED, '', \\0\\0\\0\\0"
  })
  void repliesAreEncoded(Framing framing, String reply, String written) {
    Frames frames = Frames.of(framing, MAX);
    assertThat(frames.canBeReply(Bytes.of(reply))).isTrue();
    assertThat(Bytes.in(frames.reply(Bytes.of(reply)))).isEqualTo(Bytes.of(written));
  }

  @ParameterizedTest
  @CsvSource({"a\\nb", "\\n\\n", "a\\n\\r\\n"})
  void aReplyOfSeveralLinesIsNotALine(String reply) {
    assertThat(Frames.of(Framing.LINE, MAX).canBeReply(Bytes.of(reply))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "RAW, ''",
    "LINE, !error timeout too slow\\n",
    "LENGTH_PREFIXED, \\xFF\\xFF\\xFF\\xF0timeout too slow"
  })
  void errorsAreEncoded(Framing framing, String written) {
    ByteBuf error = Frames.of(framing, MAX).error(ErrorCode.TIMEOUT, "too slow");
    assertThat(Bytes.in(error)).isEqualTo(Bytes.of(written));
  }
}
