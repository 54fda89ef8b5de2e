package dev.warren.operator.model;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The environment that tells a container how it reaches the broker as an application. */
final class ConnectionVariables {

  static final String HOST = "RABBITMQ_HOST";

  static final String PORT = "RABBITMQ_PORT";

  /** The address of a Pod's own node. There, RabbitMQ always listens without TLS. */
  private static final String SAME_POD = "127.0.0.1";

  /** Variables of the container, and the keys of the connection Secret that they come from. */
  private static final Map<String, String> KEYS =
      new TreeMap<>(
          Map.of(
              HOST,
              "host",
              PORT,
              CredentialSecrets.PORT,
              "RABBITMQ_VHOST",
              "virtual-host",
              "RABBITMQ_USERNAME",
              CredentialSecrets.USERNAME,
              "RABBITMQ_PASSWORD",
              CredentialSecrets.PASSWORD,
              "RABBITMQ_URI",
              CredentialSecrets.URI,
              "RABBITMQ_AMQPS_URI",
              CredentialSecrets.AMQPS_URI));

  private ConnectionVariables() {}

  /** Through the topology's Service. */
  static List<EnvVar> ofClients(ResourceNames names) {
    return KEYS.entrySet().stream()
        .map(entry -> fromSecret(names, entry.getKey(), entry.getValue()))
        .toList();
  }

  /** The port with TLS, for a client that always uses it. */
  static EnvVar portWithTls(ResourceNames names) {
    return fromSecret(names, PORT, CredentialSecrets.AMQPS_PORT);
  }

  /**
   * Where the files for TLS are. They are read again when they change, so they are no variables.
   *
   * @param folder where the connection Secret is mounted
   * @param trust which files there are
   */
  static List<EnvVar> files(String folder, ClientTrust trust) {
    List<EnvVar> files = new ArrayList<>();
    if (trust.ca().isPresent()) {
      files.add(value("RABBITMQ_CA_FILE", folder + "/" + CertificateFiles.CA));
    }
    if (trust.client().isPresent()) {
      files.add(value("RABBITMQ_CERTIFICATE_FILE", folder + "/" + CertificateFiles.CERTIFICATE));
      files.add(value("RABBITMQ_KEY_FILE", folder + "/" + CertificateFiles.KEY));
    }
    return files;
  }

  /** To the broker of the same Pod. */
  static List<EnvVar> ofTheSamePod(ResourceNames names) {
    return List.of(
        value(HOST, SAME_POD),
        value(PORT, String.valueOf(Ports.AMQP)),
        fromSecret(names, "RABBITMQ_VHOST"),
        fromSecret(names, "RABBITMQ_USERNAME"),
        fromSecret(names, "RABBITMQ_PASSWORD"));
  }

  private static EnvVar fromSecret(ResourceNames names, String variable) {
    return fromSecret(names, variable, KEYS.get(variable));
  }

  private static EnvVar fromSecret(ResourceNames names, String variable, String key) {
    return new EnvVarBuilder()
        .withName(variable)
        .withNewValueFrom()
        .withNewSecretKeyRef(key, names.connectionSecret(), null)
        .endValueFrom()
        .build();
  }

  private static EnvVar value(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value).build();
  }
}
