package dev.warren.gateway.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Bytes in tables. */
final class Bytes {

  private Bytes() {}

  /** ASCII, with \n, \r, \0 to \9 for the byte of that value, and \xFF for any byte. */
  static byte[] of(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char sign = text.charAt(i);
      if (sign != '\\') {
        bytes.write(sign);
      } else if (text.charAt(++i) == 'x') {
        bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(
            switch (text.charAt(i)) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              default -> text.charAt(i) - '0';
            });
      }
    }
    return bytes.toByteArray();
  }

  static byte[] in(ByteBuf buffer) {
    return ByteBufUtil.getBytes(buffer);
  }

  /** Receives these bytes, and decodes all requests in them. */
  static void receive(EmbeddedChannel channel, ByteBuf bytes) {
    channel.writeInbound(bytes);
    int before;
    do {
      before = channel.inboundMessages().size();
      channel.writeInbound(Unpooled.EMPTY_BUFFER);
    } while (channel.inboundMessages().size() > before);
  }

  /** The requests that were decoded. */
  static List<String> requestsIn(EmbeddedChannel channel) {
    List<String> requests = new ArrayList<>();
    for (ByteBuf request = channel.readInbound();
        request != null;
        request = channel.readInbound()) {
      requests.add(request.toString(UTF_8));
      request.release();
    }
    return requests;
  }
}
