package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CredentialSecretsTest {

  private final CredentialSecrets secrets =
      new CredentialSecrets(
          new Owner("shop", "orders", "uid-1"), ResourceNames.of("shop", "orders"));

  @Test
  void theConnectionSaysAllThatAClientNeeds() {
    Secret secret = secrets.connection("s3cret", List.of());

    assertThat(secret.getMetadata().getName()).isEqualTo("orders-connection");
    assertThat(secret.getType()).isEqualTo("servicebinding.io/rabbitmq");
    assertThat(secret.getData().keySet())
        .allSatisfy(key -> assertThat(CredentialSecrets.text(secret, key)).isEqualTo(said(key)))
        .hasSize(8);
  }

  @Test
  void theConnectionSaysThePortsOfOtherProtocols() {
    Secret secret =
        secrets.connection("s3cret", List.of(new PluginListener("web-mqtt", 15675, "http")));

    assertThat(CredentialSecrets.text(secret, "web-mqtt-port")).isEqualTo("15675");
    assertThat(CredentialSecrets.text(secret, "port")).isEqualTo("5672");
  }

  @Test
  void aSecretGivesBackWhatWasPutIntoIt() {
    assertThat(CredentialSecrets.text(secrets.admin("a"), CredentialSecrets.PASSWORD))
        .isEqualTo("a");
    assertThat(CredentialSecrets.text(secrets.erlangCookie("c"), CredentialSecrets.COOKIE))
        .isEqualTo("c");
    assertThat(CredentialSecrets.text(new Secret(), CredentialSecrets.COOKIE)).isEmpty();
  }

  private static String said(String key) {
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
