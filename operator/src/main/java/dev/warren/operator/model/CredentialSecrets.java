package dev.warren.operator.model;

import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The Secrets of a topology. A user may set the clients' password, to any text. */
public final class CredentialSecrets {

  public static final String USERNAME = "username";
  public static final String PASSWORD = "password";
  public static final String COOKIE = "cookie";

  static final String PORT = "port";
  static final String URI = "uri";

  /** Always with TLS. */
  static final String AMQPS_PORT = "amqps-port";

  static final String AMQPS_URI = "amqps-uri";

  private static final String CONNECTION_TYPE = "servicebinding.io/rabbitmq";

  private final Owner owner;
  private final ResourceNames names;
  private final UserMetadata users;

  public CredentialSecrets(Owner owner, ResourceNames names, UserMetadata users) {
    this.owner = owner;
    this.names = names;
    this.users = users;
  }

  /** The operator's own account in the broker. */
  public Secret admin(String password) {
    return secret(
        names.adminSecret(),
        "kubernetes.io/basic-auth",
        Map.of(USERNAME, Credentials.ADMIN, PASSWORD, password));
  }

  /** The Erlang cookie, with which the queue nodes authenticate to each other. */
  public Secret erlangCookie(String cookie) {
    return secret(names.cookieSecret(), "Opaque", Map.of(COOKIE, cookie));
  }

  /**
   * What a client needs to connect, with the keys that servicebinding.io defines (and, for the
   * virtual host, that Spring Cloud Bindings reads), the ports of other protocols, such as
   * mqtt-port, and what verifies the nodes. If clients must use TLS, the port and the URI are those
   * with TLS.
   */
  public Secret connection(
      String password, Clients clients, ClientTrust trust, List<PluginListener> plugins) {
    String port = String.valueOf(clients == Clients.Optional ? Ports.AMQP : Ports.AMQPS);
    Map<String, String> values = new TreeMap<>();
    values.put("type", "rabbitmq");
    values.put("provider", Labels.WARREN);
    values.put("host", names.clientHost());
    values.put(PORT, port);
    values.put(AMQPS_PORT, String.valueOf(Ports.AMQPS));
    values.put("virtual-host", BrokerDefinitions.VHOST);
    values.put(USERNAME, Credentials.CLIENT);
    values.put(PASSWORD, password);
    values.put(
        URI, clients == Clients.Optional ? uri("amqp", password, Ports.AMQP) : amqps(password));
    values.put(AMQPS_URI, amqps(password));
    trust.ca().ifPresent(ca -> values.put(CertificateFiles.CA, ca));
    trust
        .client()
        .ifPresent(
            client -> {
              values.put(CertificateFiles.CERTIFICATE, client.certificate());
              values.put(CertificateFiles.KEY, client.key());
            });
    plugins.forEach(plugin -> values.put(plugin.name() + "-port", String.valueOf(plugin.port())));
    return secret(names.connectionSecret(), CONNECTION_TYPE, values);
  }

  private String amqps(String password) {
    return uri("amqps", password, Ports.AMQPS);
  }

  private String uri(String scheme, String password, int port) {
    return "%s://%s:%s@%s:%d/%%2F"
        .formatted(
            scheme, Credentials.CLIENT, PercentEncoding.of(password), names.clientHost(), port);
  }

  /**
   * Whether a Secret is a user's way to choose the clients' password before the topology exists: it
   * has only the password, and perhaps the user's name.
   *
   * @param wanted the Secret of that name that the topology needs
   */
  public static boolean isChosenPassword(HasMetadata existing, HasMetadata wanted) {
    return existing instanceof Secret secret
        && wanted instanceof Secret connection
        && CONNECTION_TYPE.equals(connection.getType())
        && secret.getMetadata().getOwnerReferences().isEmpty()
        && secret.getData() != null
        && Set.of(USERNAME, PASSWORD).containsAll(secret.getData().keySet())
        && !text(secret, PASSWORD).isEmpty()
        && Set.of("", Credentials.CLIENT).contains(text(secret, USERNAME));
  }

  /** A value of a Secret as text; empty when it is missing. */
  public static String text(Secret secret, String key) {
    String encoded = secret.getData() == null ? null : secret.getData().get(key);
    return encoded == null
        ? ""
        : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  private Secret secret(String name, String type, Map<String, String> values) {
    SecretBuilder secret =
        new SecretBuilder()
            .withMetadata(owner.owned(name, Component.TOPOLOGY, users).build())
            .withType(type);
    values.forEach((key, value) -> secret.addToData(key, encoded(value)));
    return secret.build();
  }

  private static String encoded(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }
}
