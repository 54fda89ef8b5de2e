package dev.warren.gateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PlainValuesTest {

  @Property
  void anyTextArrivesAsItIs(@ForAll("texts") String text) {
    SmallRyeConfig config = config(text);

    assertThat(config.getValue("rabbitmq.password", String.class)).isEqualTo(text);
    // As the connector reads it.
    assertThat(config.getValue("mp.messaging.incoming.deliveries.password", String.class))
        .isEqualTo(text);
    assertThat(config.getValue("warren.http.delivery", String.class)).isEqualTo(text);
  }

  @Example
  void otherValuesMayReferToOthers() {
    assertThat(config("a${b}\\$c").getValue("warren.other", String.class)).isEqualTo("a${b}\\$c!");
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMinLength(1).ofMaxLength(30),
        Arbitraries.strings().withChars("${}\\:a(). ").ofMinLength(1).ofMaxLength(12),
        Arbitraries.of(" ", "$", "$$", "${", "\\", "\\$", "${aes::x}"));
  }

  private static SmallRyeConfig config(String text) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredInterceptors()
        .withSources(
            new EnvConfigSource(
                Map.of("RABBITMQ_PASSWORD", text, "WARREN_HTTP_DELIVERY", text), 300),
            new PropertiesConfigSource(
                Map.of(
                    "mp.messaging.incoming.deliveries.password",
                    "${rabbitmq.password}",
                    "warren.other",
                    "${rabbitmq.password}!"),
                "application.properties",
                250))
        .build();
  }
}
