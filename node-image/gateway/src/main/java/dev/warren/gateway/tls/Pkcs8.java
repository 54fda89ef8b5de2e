package dev.warren.gateway.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.PublicKey;

/** The form of private keys that Java reads, made of the older ones that many tools still write. */
final class Pkcs8 {

  private static final byte SEQUENCE = 0x30;
  private static final byte OCTETS = 0x04;
  private static final byte[] VERSION_0 = {0x02, 1, 0};
  private static final int LONG_FORM = 0x80;

  private Pkcs8() {}

  /**
   * The key with its algorithm, which the public key has too.
   *
   * @param key in the form of PKCS #1 or SEC 1
   */
  static byte[] of(byte[] key, PublicKey its) {
    return element(SEQUENCE, VERSION_0, algorithm(its), element(OCTETS, key));
  }

  /** The first element of a public key: its algorithm, with the curve. */
  private static byte[] algorithm(PublicKey key) {
    ByteBuffer encoded = ByteBuffer.wrap(key.getEncoded());
    skipHeader(encoded);
    int begin = encoded.position();
    int length = skipHeader(encoded);
    byte[] algorithm = new byte[encoded.position() - begin + length];
    encoded.position(begin).get(algorithm);
    return algorithm;
  }

  /** Returns the length of what follows. */
  private static int skipHeader(ByteBuffer encoded) {
    encoded.get();
    int first = Byte.toUnsignedInt(encoded.get());
    if (first < LONG_FORM) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < first - LONG_FORM; i++) {
      length = length << Byte.SIZE | Byte.toUnsignedInt(encoded.get());
    }
    return length;
  }

  private static byte[] element(byte tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream element = new ByteArrayOutputStream();
    element.write(tag);
    int length = content.size();
    if (length < LONG_FORM) {
      element.write(length);
    } else {
      int bytes = (Integer.SIZE - Integer.numberOfLeadingZeros(length) + 7) / Byte.SIZE;
      element.write(LONG_FORM + bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        element.write(length >> i * Byte.SIZE);
      }
    }
    element.writeBytes(content.toByteArray());
    return element.toByteArray();
  }
}
