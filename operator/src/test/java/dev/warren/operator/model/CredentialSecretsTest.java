package dev.warren.operator.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.TlsSpec.Clients;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CredentialSecretsTest {

  private final CredentialSecrets secrets =
      new CredentialSecrets(
          new Owner("shop", "orders", "uid-1"),
          ResourceNames.of("shop", "orders"),
          UserMetadata.NONE);

  @Test
  void theConnectionHasEverythingThatAClientNeeds() {
    Secret secret = connection("s3cret");

    assertThat(secret.getMetadata().getName()).isEqualTo("orders-connection");
    assertThat(secret.getType()).isEqualTo("servicebinding.io/rabbitmq");
    assertThat(secret.getData().keySet())
        .allSatisfy(key -> assertThat(CredentialSecrets.text(secret, key)).isEqualTo(valueOf(key)))
        .hasSize(10);
  }

  @Test
  void theConnectionHasThePortsOfOtherProtocols() {
    Secret secret =
        secrets.connection(
            "s3cret",
            Clients.Optional,
            ClientTrust.NONE,
            List.of(
                new PluginListener("web-mqtt", 15675, "http"),
                new PluginListener("web-mqtt-tls", 15676, "https")));

    assertThat(CredentialSecrets.text(secret, "web-mqtt-port")).isEqualTo("15675");
    assertThat(CredentialSecrets.text(secret, "web-mqtt-tls-port")).isEqualTo("15676");
    assertThat(CredentialSecrets.text(secret, "port")).isEqualTo("5672");
  }

  @ParameterizedTest
  @EnumSource(
      value = Clients.class,
      names = {"Required", "Mutual"})
  void ifClientsMustUseTlsThePortAndTheUriAreThoseWithIt(Clients clients) {
    Secret secret = secrets.connection("s3cret", clients, ClientTrust.NONE, List.of());

    assertThat(CredentialSecrets.text(secret, "port")).isEqualTo("5671");
    assertThat(CredentialSecrets.text(secret, "uri"))
        .isEqualTo("amqps://app:s3cret@orders.shop.svc:5671/%2F")
        .isEqualTo(CredentialSecrets.text(secret, "amqps-uri"));
    assertThat(CredentialSecrets.text(secret, "amqps-port")).isEqualTo("5671");
  }

  @Test
  void theConnectionHasWhatVerifiesTheNodesAndWhatAClientPresents() {
    Secret verifies =
        secrets.connection(
            "a", Clients.Optional, new ClientTrust(Optional.of("CA"), Optional.empty()), List.of());
    Secret both =
        secrets.connection(
            "a",
            Clients.Mutual,
            new ClientTrust(Optional.of("CA"), Optional.of(new PemKeyPair("CERT", "KEY"))),
            List.of());

    assertThat(CredentialSecrets.text(verifies, "ca.crt")).isEqualTo("CA");
    assertThat(verifies.getData()).doesNotContainKeys("tls.crt", "tls.key");
    assertThat(CredentialSecrets.text(both, "tls.crt")).isEqualTo("CERT");
    assertThat(CredentialSecrets.text(both, "tls.key")).isEqualTo("KEY");
    assertThat(connection("a").getData()).doesNotContainKeys("ca.crt", "tls.crt", "tls.key");
  }

  @Test
  void aSecretIsReadAsItWasWritten() {
    assertThat(CredentialSecrets.text(secrets.admin("a"), CredentialSecrets.PASSWORD))
        .isEqualTo("a");
    assertThat(CredentialSecrets.text(secrets.erlangCookie("c"), CredentialSecrets.COOKIE))
        .isEqualTo("c");
    assertThat(CredentialSecrets.text(new Secret(), CredentialSecrets.COOKIE)).isEmpty();
  }

  @Test
  void theUriHasAPasswordOfAnySigns() {
    assertThat(CredentialSecrets.text(connection("p@ss/w:rd%2 #1?ü"), "uri"))
        .isEqualTo("amqp://app:p%40ss%2Fw%3Ard%252%20%231%3F%C3%BC@orders.shop.svc:5672/%2F");
  }

  @Test
  void aSecretWithNothingButThePasswordIsAUsersChoice() {
    assertThat(isChosen(Map.of("password", "x"))).isTrue();
    assertThat(isChosen(Map.of("password", "x", "username", "app"))).isTrue();
    assertThat(isChosen(Map.of("password", "x", "username", "admin"))).isFalse();
    assertThat(isChosen(Map.of("password", "x", "host", "db"))).isFalse();
    assertThat(isChosen(Map.of("password", ""))).isFalse();
    assertThat(isChosen(Map.of())).isFalse();
    assertThat(
            CredentialSecrets.isChosenPassword(secret(Map.of("password", "x")), secrets.admin("")))
        .isFalse();
    assertThat(CredentialSecrets.isChosenPassword(connection("of another"), connection("")))
        .isFalse();
  }

  private boolean isChosen(Map<String, String> data) {
    return CredentialSecrets.isChosenPassword(secret(data), connection("new"));
  }

  private Secret connection(String password) {
    return secrets.connection(password, Clients.Optional, ClientTrust.NONE, List.of());
  }

  private static Secret secret(Map<String, String> data) {
    SecretBuilder secret = new SecretBuilder().withNewMetadata().endMetadata();
    data.forEach(
        (key, value) ->
            secret.addToData(key, Base64.getEncoder().encodeToString(value.getBytes(UTF_8))));
    return secret.build();
  }

  private static String valueOf(String key) {
    return Map.of(
            "type", "rabbitmq",
            "provider", "warren",
            "host", "orders.shop.svc",
            "port", "5672",
            "amqps-port", "5671",
            "amqps-uri", "amqps://app:s3cret@orders.shop.svc:5671/%2F",
            "virtual-host", "/",
            "username", "app",
            "password", "s3cret",
            "uri", "amqp://app:s3cret@orders.shop.svc:5672/%2F")
        .get(key);
  }
}
