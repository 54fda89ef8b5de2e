package dev.warren.operator.model;

import java.util.Optional;

/** What a user asks for by the annotation {@value #ANNOTATION}. */
public enum RenewalRequest {
  /** Nothing: the annotation is absent. */
  NONE,
  /** New certificates by the present CAs: "leaves". */
  LEAVES,
  /** New CAs, and certificates by them: "ca". */
  CA,
  /** The value is none of these; nothing is done. */
  UNKNOWN;

  /** The annotation's name. */
  public static final String ANNOTATION = "warren.dev/renew-certificates";

  /** The request in a value of the annotation. */
  public static RenewalRequest of(Optional<String> value) {
    return switch (value.orElse(null)) {
      case null -> NONE;
      case "leaves" -> LEAVES;
      case "ca" -> CA;
      default -> UNKNOWN;
    };
  }
}
