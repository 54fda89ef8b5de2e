package dev.warren.operator.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** A short fingerprint of a desired state, which changes with the desired state. */
public final class Revision {

  /** The annotation with the revision of the desired state from which an object was created. */
  public static final String ANNOTATION = "warren.dev/revision";

  private static final int DIGITS = 12;

  private static final JsonMapper CANONICAL =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .build();

  private Revision() {}

  /** The fingerprint of anything that can be written as JSON; the order of keys does not matter. */
  public static String of(Object wanted) {
    try {
      return sha256(CANONICAL.writeValueAsString(wanted)).substring(0, DIGITS);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot be written as JSON: " + wanted.getClass(), e);
    }
  }

  /** Whether two objects were made from the same desired state. */
  public static boolean isSame(HasMetadata one, HasMetadata other) {
    return stamped(one).equals(stamped(other));
  }

  private static String stamped(HasMetadata object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(ANNOTATION, "");
  }

  static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
