package dev.warren.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayConfigTest {

  private static final String EVERYTHING =
      """
      {"requestReply":[{"name":"echo","port":10000,"queue":"q","framing":"LengthPrefixed",
         "timeoutMillis":5000,"maxMessageBytes":65536,"maxConnections":1000,
         "maxConnectionsPerClient":750,"maxInFlight":900,"idleTimeoutMillis":60000,
         "proxyProtocol":true}],
       "publish":{"port":8080,"timeoutMillis":10000,"maxMessageBytes":1048576,"maxInFlight":800,
         "maxConnections":700,"maxConnectionsPerClient":600,"idleTimeoutMillis":30000,
         "proxyProtocol":true,"allowedOrigins":["https://a.example"]},
       "queues":["hello","echo"],"exchanges":["events"],"newer":true}
      """;

  @Test
  void everythingIsRead() {
    assertThat(GatewayConfig.parse(EVERYTHING))
        .isEqualTo(
            new GatewayConfig(
                List.of(
                    new RequestReplyEndpoint(
                        "echo",
                        10000,
                        "q",
                        Framing.LENGTH_PREFIXED,
                        5000,
                        65536,
                        1000,
                        750,
                        900,
                        60000,
                        true,
                        Optional.empty())),
                Optional.of(
                    new PublishEndpoint(
                        8080,
                        10000,
                        1048576,
                        800,
                        700,
                        600,
                        30000,
                        true,
                        List.of("https://a.example"),
                        Optional.empty())),
                Set.of("hello", "echo"),
                Set.of("events")));
    assertThat(GatewayConfig.parse(EVERYTHING).publish().orElseThrow().timeout())
        .isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}
          {"publish": null}
          {"requestReply": [], "publish": null, "queues": [], "exchanges": []}
          """)
  void anEmptyConfigurationServesNothing(String json) {
    assertThat(GatewayConfig.parse(json))
        .isEqualTo(new GatewayConfig(List.of(), Optional.empty(), Set.of(), Set.of()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          LengthPrefixed | lengthPrefixed
          10000          | 70000
          10000          | 8080
          5000,          | 0,
          "port":8080,   |
          600,           | 0,
          30000,         | 0,
          "queue":"q",   |
          """)
  void anInconsistentConfigurationIsRefused(String what, String instead) {
    String wrong = EVERYTHING.replace(what, instead == null ? "" : instead);
    assertThat(wrong).isNotEqualTo(EVERYTHING);
    assertThatThrownBy(() -> GatewayConfig.parse(wrong))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{", "queues: []"})
  void aTextThatIsNotAConfigurationIsRefused(String content) {
    assertThatThrownBy(() -> GatewayConfig.parse(content))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aChangedFileIsReadOnlyIfItIsValid(@TempDir Path folder) throws IOException {
    // Kubernetes updates a mounted ConfigMap by a link to another folder.
    Path data = folder.resolve("..data");
    Path file = folder.resolve("gateway.json");
    Files.createSymbolicLink(file, Path.of("..data", "gateway.json"));
    ConfigFile config = new ConfigFile(file);
    assertThat(config.readIfChanged()).isEmpty();

    link(data, folder.resolve("1"), "{}");
    assertThat(config.readIfChanged()).contains(GatewayConfig.parse("{}"));
    assertThat(config.readIfChanged()).isEmpty();

    link(data, folder.resolve("2"), "{");
    assertThat(config.readIfChanged()).isEmpty();

    link(data, folder.resolve("3"), EVERYTHING);
    assertThat(config.readIfChanged()).contains(GatewayConfig.parse(EVERYTHING));
  }

  private static void link(Path data, Path version, String content) throws IOException {
    Files.createDirectory(version);
    Files.writeString(version.resolve("gateway.json"), content);
    Files.deleteIfExists(data);
    Files.createSymbolicLink(data, version);
  }
}
