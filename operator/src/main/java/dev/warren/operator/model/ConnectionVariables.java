package dev.warren.operator.model;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The environment that tells a container how it reaches the broker as an application. */
final class ConnectionVariables {

  static final String HOST = "RABBITMQ_HOST";

  /** Variables of the container, and the keys of the connection Secret that they come from. */
  private static final Map<String, String> KEYS =
      new TreeMap<>(
          Map.of(
              HOST,
              "host",
              "RABBITMQ_PORT",
              "port",
              "RABBITMQ_VHOST",
              "virtual-host",
              "RABBITMQ_USERNAME",
              CredentialSecrets.USERNAME,
              "RABBITMQ_PASSWORD",
              CredentialSecrets.PASSWORD,
              "RABBITMQ_URI",
              "uri"));

  private ConnectionVariables() {}

  /** Through the topology's Service. */
  static List<EnvVar> ofClients(ResourceNames names) {
    return KEYS.keySet().stream().map(variable -> fromSecret(names, variable)).toList();
  }

  /** To the broker of the same Pod. */
  static List<EnvVar> ofTheSamePod(ResourceNames names) {
    return List.of(
        new EnvVarBuilder().withName(HOST).withValue("localhost").build(),
        fromSecret(names, "RABBITMQ_PORT"),
        fromSecret(names, "RABBITMQ_VHOST"),
        fromSecret(names, "RABBITMQ_USERNAME"),
        fromSecret(names, "RABBITMQ_PASSWORD"));
  }

  private static EnvVar fromSecret(ResourceNames names, String variable) {
    return new EnvVarBuilder()
        .withName(variable)
        .withNewValueFrom()
        .withNewSecretKeyRef(KEYS.get(variable), names.connectionSecret(), null)
        .endValueFrom()
        .build();
  }
}
