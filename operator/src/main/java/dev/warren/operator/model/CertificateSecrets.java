package dev.warren.operator.model;

import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The Secrets with certificates: their form, and what they contain as text. */
public final class CertificateSecrets {

  /** The annotation of a node's Pod with the {@link #digest} of the Secret that it should read. */
  public static final String ANNOTATION = "warren.dev/certificates";

  private final Owner owner;
  private final UserMetadata users;

  public CertificateSecrets(Owner owner, UserMetadata users) {
    this.owner = owner;
    this.users = users;
  }

  /**
   * A Secret of the topology.
   *
   * @param texts the values by their keys
   */
  public Secret secret(String name, Map<String, String> texts) {
    Map<String, String> data = new TreeMap<>();
    texts.forEach(
        (key, text) ->
            data.put(
                key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder()
        .withMetadata(owner.owned(name, Component.TOPOLOGY, users).build())
        .withType("Opaque")
        .withData(data)
        .build();
  }

  /** The values of a Secret by their keys; a value that cannot be read is empty. */
  public static Map<String, String> texts(Optional<Secret> secret) {
    Map<String, String> texts = new TreeMap<>();
    secret
        .map(Secret::getData)
        .ifPresent(data -> data.forEach((key, value) -> texts.put(key, decoded(value))));
    return texts;
  }

  private static String decoded(String value) {
    try {
      return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** A fingerprint of all certificates in a node's Secret, which changes with any of them. */
  public static String digest(Secret secret) {
    Map<String, String> certificates = texts(Optional.of(secret));
    certificates.keySet().removeIf(key -> !key.endsWith(".crt"));
    return Revision.of(certificates);
  }
}
