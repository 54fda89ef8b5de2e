package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

/** What the gateway is told of TLS. */
class GatewayConfigTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void anEmptyObjectPresentsWhatTheOtherPortsDo() throws JsonProcessingException {
    JsonNode config = config("tls: {}", "tls: {}");

    assertThat(config.at("/publish/tls")).isEqualTo(tls("door"));
    assertThat(config.at("/requestReply/0/tls")).isEqualTo(tls("door"));
  }

  @Test
  void anEndpointMayHaveACertificateOfItsOwn() throws JsonProcessingException {
    JsonNode config = config("tls: {secretName: a}", "tls: {secretName: b}");

    assertThat(config.at("/publish/tls")).isEqualTo(tls("endpoint-http-publish"));
    assertThat(config.at("/requestReply/0/tls")).isEqualTo(tls("endpoint-tcp-echo"));
  }

  @Test
  void withoutTlsThereAreNoFiles() throws JsonProcessingException {
    JsonNode config = config("port: 8080", "framing: Line");

    assertThat(config.at("/publish").has("tls")).isFalse();
    assertThat(config.at("/requestReply/0").has("tls")).isFalse();
  }

  private static JsonNode tls(String files) throws JsonProcessingException {
    return JSON.readTree(
        "{\"certificate\": \"/etc/warren/tls/%s.crt\", \"key\": \"/etc/warren/tls/%s.key\"}"
            .formatted(files, files));
  }

  private static JsonNode config(String publish, String requestReply)
      throws JsonProcessingException {
    MessageTopologySpec spec =
        Serialization.unmarshal(
            """
            endpoints:
              publish: {%s}
              requestReply: [{name: echo, port: 10000, queue: a, %s}]
            """
                .formatted(publish, requestReply),
            MessageTopologySpec.class);
    ResourceNames names = ResourceNames.of("shop", "orders");
    Owner owner = new Owner("shop", "orders", "uid");
    return JSON.readTree(
        GatewayConfig.configMap(owner, names, spec).getData().get(GatewayConfig.FILE));
  }
}
