package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Frames of HTTP/2 as a client sends them that keeps to no rule. */
final class Http2Bytes {

  static final int HEADERS = 1;
  static final int RESET = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int DATA = 0;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private Http2Bytes() {}

  /** How a client begins, with settings of two bytes and four. */
  static byte[] begin(int... settings) {
    ByteBuffer payload = ByteBuffer.allocate(settings.length / 2 * 6);
    for (int i = 0; i < settings.length; i += 2) {
      payload.putShort((short) settings[i]).putInt(settings[i + 1]);
    }
    return joined(
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII),
        frame(SETTINGS, 0, 0, payload.array()));
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** The head of a request to publish to the queue in. */
  static byte[] post() {
    // Of the static table: POST, https. Then literals without indexing.
    return joined(
        new byte[] {(byte) 0x83, (byte) 0x87}, literal(4, "/queues/in"), literal(1, "localhost"));
  }

  static byte[] get(String path) {
    return joined(new byte[] {(byte) 0x82, (byte) 0x87}, literal(4, path), literal(1, "localhost"));
  }

  /** A header whose name is at this place of the static table. */
  private static byte[] literal(int name, String value) {
    return joined(new byte[] {(byte) name}, text(value));
  }

  /** A header that the table keeps, or not. */
  static byte[] literal(boolean isKept, String name, String value) {
    return joined(new byte[] {(byte) (isKept ? 0x40 : 0)}, text(name), text(value));
  }

  /** The newest header that the table keeps. */
  static byte[] newest(int times) {
    byte[] all = new byte[times];
    Arrays.fill(all, (byte) (0x80 | 62));
    return all;
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    if (bytes.length < 127) {
      return joined(new byte[] {(byte) bytes.length}, bytes);
    }
    ByteArrayOutputStream length = new ByteArrayOutputStream();
    length.write(127);
    int rest = bytes.length - 127;
    while (rest >= 128) {
      length.write(rest % 128 + 128);
      rest /= 128;
    }
    length.write(rest);
    return joined(length.toByteArray(), bytes);
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] number(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }

  /** The first record of TLS 1.{@code minor - 1}, without extensions. */
  static byte[] clientHello(int minor) {
    ByteBuffer hello =
        ByteBuffer.allocate(2 + 32 + 1 + 2 + 2 + 2)
            .put(new byte[] {3, (byte) minor})
            .put(new byte[32])
            .put((byte) 0)
            .putShort((short) 2)
            .putShort((short) 0xc013)
            .putShort((short) 0x0100);
    byte[] body = hello.array();
    return ByteBuffer.allocate(9 + body.length)
        .put(new byte[] {22, 3, 1})
        .putShort((short) (4 + body.length))
        .put((byte) 1)
        .put((byte) 0)
        .putShort((short) body.length)
        .put(body)
        .array();
  }
}
