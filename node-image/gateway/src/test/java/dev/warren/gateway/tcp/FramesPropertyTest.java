package dev.warren.gateway.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.config.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The requests are the same in whatever pieces the bytes arrive. */
class FramesPropertyTest {

  private static final int MAX = 40;

  @Property
  void lines(
      @ForAll("texts") List<String> requests,
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 9) Integer> cuts) {
    ByteBuf sent = Unpooled.buffer();
    for (String request : requests) {
      sent.writeCharSequence(request + "\n", ISO_8859_1);
    }
    assertThat(decoded(Framing.LINE, sent, cuts)).isEqualTo(requests);
  }

  @Property
  void lengthPrefixed(
      @ForAll("anything") List<String> requests,
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 9) Integer> cuts) {
    ByteBuf sent = Unpooled.buffer();
    for (String request : requests) {
      sent.writeInt(request.length()).writeCharSequence(request, ISO_8859_1);
    }
    assertThat(decoded(Framing.LENGTH_PREFIXED, sent, cuts)).isEqualTo(requests);
  }

  @Property
  void raw(
      @ForAll("anything") List<String> parts,
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 9) Integer> cuts) {
    String request = String.join("", parts);
    String sent = request.substring(0, Math.min(MAX, request.length()));
    assertThat(String.join("", decoded(Framing.RAW, Unpooled.copiedBuffer(sent, ISO_8859_1), cuts)))
        .isEqualTo(sent);
  }

  @Property
  void aReplyIsReadBackAsItWas(@ForAll("anything") List<String> replies) {
    Frames frames = Frames.of(Framing.LENGTH_PREFIXED, MAX);
    ByteBuf written = Unpooled.buffer();
    for (String reply : replies) {
      written.writeBytes(frames.reply(reply.getBytes(ISO_8859_1)));
    }
    assertThat(decoded(Framing.LENGTH_PREFIXED, written, List.of(MAX))).isEqualTo(replies);
  }

  @Provide
  Arbitrary<List<String>> anything() {
    return bytes().list().ofMaxSize(10);
  }

  /** A carriage return at a line's end belongs to the end. */
  @Provide
  Arbitrary<List<String>> texts() {
    return bytes().map(text -> text.replace('\n', 'n').replaceAll("\r$", "r")).list().ofMaxSize(10);
  }

  private static Arbitrary<String> bytes() {
    return Arbitraries.strings().withCharRange((char) 0, (char) 255).ofMaxLength(MAX);
  }

  private static List<String> decoded(Framing framing, ByteBuf sent, List<Integer> cuts) {
    EmbeddedChannel channel = new EmbeddedChannel(Frames.of(framing, MAX).decoder());
    // A slow machine would cause silences.
    channel.freezeTime();
    for (int i = 0; sent.isReadable(); i++) {
      int length = Math.min(cuts.get(i % cuts.size()), sent.readableBytes());
      Bytes.receive(channel, sent.readBytes(length));
    }
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    List<String> requests = new ArrayList<>();
    for (ByteBuf request = channel.readInbound();
        request != null;
        request = channel.readInbound()) {
      requests.add(request.toString(ISO_8859_1));
      request.release();
    }
    return requests;
  }
}
