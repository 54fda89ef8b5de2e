package dev.warren.operator.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
        .hasSize(8);
  }

  @Test
  void theConnectionHasThePortsOfOtherProtocols() {
    Secret secret =
        secrets.connection("s3cret", List.of(new PluginListener("web-mqtt", 15675, "http")));

    assertThat(CredentialSecrets.text(secret, "web-mqtt-port")).isEqualTo("15675");
    assertThat(CredentialSecrets.text(secret, "port")).isEqualTo("5672");
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
    return secrets.connection(password, List.of());
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
            "virtual-host", "/",
            "username", "app",
            "password", "s3cret",
            "uri", "amqp://app:s3cret@orders.shop.svc:5672/%2F")
        .get(key);
  }
}
