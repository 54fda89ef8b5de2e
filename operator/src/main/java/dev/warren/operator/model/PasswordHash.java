package dev.warren.operator.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * RabbitMQ's salted password hash (rabbit_password_hashing_sha256): Base64 of a 4-byte salt and
 * SHA-256(salt, password). With it, a user's password can be compared without being set.
 */
public final class PasswordHash {

  /** The length of a salt. */
  public static final int SALT_BYTES = 4;

  private static final int DIGEST_BYTES = 32;

  private PasswordHash() {}

  /** Whether the hash is of that password; false for anything that is not such a hash. */
  public static boolean matches(String hash, String password) {
    byte[] salted = decode(hash);
    if (salted.length != SALT_BYTES + DIGEST_BYTES) {
      return false;
    }
    byte[] salt = Arrays.copyOf(salted, SALT_BYTES);
    byte[] digest = Arrays.copyOfRange(salted, SALT_BYTES, salted.length);
    return MessageDigest.isEqual(digest, digest(salt, password));
  }

  /** The hash of a password with a salt of {@value #SALT_BYTES} bytes. */
  public static String of(String password, byte[] salt) {
    return Base64.getEncoder()
        .encodeToString(
            ByteBuffer.allocate(SALT_BYTES + DIGEST_BYTES)
                .put(salt)
                .put(digest(salt, password))
                .array());
  }

  private static byte[] decode(String hash) {
    try {
      return Base64.getDecoder().decode(hash);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static byte[] digest(byte[] salt, String password) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(salt);
      return sha256.digest(password.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
