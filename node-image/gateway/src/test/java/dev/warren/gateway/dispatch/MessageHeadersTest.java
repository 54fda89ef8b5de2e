package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.LongStringHelper;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MessageHeadersTest {

  @Test
  void areTheProperties() {
    BasicProperties properties =
        new BasicProperties.Builder()
            .correlationId("c-1")
            .replyTo("answers")
            .userId("app")
            .appId("shop")
            .expiration("60000")
            .priority(4)
            .headers(Map.of("x-delivery-count", 3L))
            .build();

    assertThat(headers(new QueuedMessage("", true, properties, new byte[0])).all())
        .containsOnly(
            Map.entry("Warren-Correlation-Id", "c-1"),
            Map.entry("Warren-Reply-To", "answers"),
            Map.entry("Warren-User-Id", "app"),
            Map.entry("Warren-App-Id", "shop"),
            Map.entry("Warren-Expiration-Millis", "60000"),
            Map.entry("Warren-Priority", "4"),
            Map.entry("Warren-Redelivered", "true"),
            Map.entry("Warren-Delivery-Count", "3"));
  }

  @Test
  void haveValuesOfAllTypes() {
    Map<String, Object> table = new LinkedHashMap<>();
    table.put("city", LongStringHelper.asLongString("Zürich"));
    table.put("list", List.of(1, true));
    table.put("bytes", new byte[] {0, -1});
    table.put("none", null);
    Map<String, Object> values = new HashMap<>();
    values.put("text", LongStringHelper.asLongString("acme"));
    values.put("number", -7);
    values.put("decimal", new BigDecimal("1.50"));
    values.put("flag", false);
    values.put("time", Date.from(Instant.parse("2026-01-02T03:04:05Z")));
    values.put("bytes", new byte[] {0, -1, 16});
    values.put("none", null);
    values.put("table", table);

    assertThat(headers(values).all())
        .containsEntry("Warren-Header-text", "acme")
        .containsEntry("Warren-Header-number", "-7")
        .containsEntry("Warren-Header-decimal", "1.50")
        .containsEntry("Warren-Header-flag", "false")
        .containsEntry("Warren-Header-time", "2026-01-02T03:04:05Z")
        .containsEntry("Warren-Header-bytes", "AP8Q")
        .containsEntry("Warren-Header-none", "")
        .containsEntry(
            "Warren-Header-table",
            "{\"city\":\"Z\\u00FCrich\",\"list\":[1,true],\"bytes\":\"AP8=\",\"none\":null}");
  }

  @Test
  void continueATrace() {
    assertThat(headers(Map.of("Traceparent", "00-4b-00-01", "tracestate", "a=1, b=%2")).all())
        .containsEntry("traceparent", "00-4b-00-01")
        .containsEntry("tracestate", "a=1, b=%2");
    assertThat(
            headers(Map.of("traceparent", "00\r\nX-Evil: 1", "tracestate", "a".repeat(513))).all())
        .containsEntry("Warren-Header-traceparent", "00%0D%0AX-Evil: 1")
        .containsEntry("Warren-Header-tracestate", "a".repeat(513))
        .doesNotContainKeys("traceparent", "tracestate");
  }

  @Test
  void cannotLookLikeProperties() {
    assertThat(headers(Map.of("Warren-User-Id", "mallory", "x-delivery-count", "many")).all())
        .containsEntry("Warren-Header-Warren-User-Id", "mallory")
        .containsEntry("Warren-Header-x-delivery-count", "many")
        .doesNotContainKeys("Warren-User-Id", "Warren-Delivery-Count");
  }

  @Test
  void saysHowManyThereIsNoRoomFor() {
    MessageHeaders twoLong =
        headers(Map.of("a", "x".repeat(4000), "b", "y".repeat(4000), "c", "z"));
    assertThat(twoLong.all())
        .containsKeys("Warren-Header-a", "Warren-Header-c")
        .doesNotContainKey("Warren-Header-b")
        .containsEntry("Warren-Headers-Omitted", "1");
    assertThat(twoLong.omitted()).isOne();

    Map<String, Object> many = new TreeMap<>();
    IntStream.range(100, 200).forEach(n -> many.put("h" + n, n));
    assertThat(headers(many).omitted()).isEqualTo(100 - MessageHeaders.MOST_HEADERS);

    // HTTP ignores case.
    MessageHeaders same = headers(Map.of("Tenant", "a", "tenant", "b"));
    assertThat(same.all()).containsEntry("Warren-Header-Tenant", "a");
    assertThat(same.omitted()).isOne();
  }

  @Test
  void leaveOutATableThatIsNestedTooDeeply() {
    Object nested = "x";
    for (int depth = 0; depth < 5_000; depth++) {
      nested = List.of(nested);
    }
    assertThat(headers(Map.of("deep", nested)).omitted()).isOne();
  }

  @Property
  void areAlwaysAccepted(@ForAll("tables") Map<String, Object> table) {
    MessageHeaders headers = headers(table);

    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://shop.default"));
    headers.all().forEach(request::setHeader);
    Map<String, List<String>> sent = request.build().headers().map();
    assertThat(sent).hasSize(headers.all().size());
    int bytes =
        sent.entrySet().stream()
            .filter(header -> !header.getKey().matches("Warren-(Redelivered|Headers-Omitted)"))
            .mapToInt(
                header -> header.getKey().length() + header.getValue().getFirst().length() + 4)
            .sum();
    assertThat(bytes).isLessThanOrEqualTo(MessageHeaders.MOST_BYTES);
    long own =
        sent.keySet().stream().filter(name -> !name.matches("Warren-(Redel|Headers).*")).count();
    assertThat(own + headers.omitted()).isEqualTo(table.size());
  }

  @Provide
  Arbitrary<Map<String, Object>> tables() {
    Arbitrary<String> texts =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(30),
            Arbitraries.strings().ascii().ofMaxLength(300),
            Arbitraries.of("traceparent", "TRACESTATE", "x-death", "\r\nX-Evil: 1", ""));
    Arbitrary<Object> values =
        Arbitraries.oneOf(
            texts.map(Object.class::cast),
            Arbitraries.integers().map(Object.class::cast),
            Arbitraries.doubles().map(Object.class::cast),
            Arbitraries.of(true, false).map(Object.class::cast),
            texts.list().ofMaxSize(5).map(Object.class::cast),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(50).map(Object.class::cast));
    return Arbitraries.maps(texts, values).ofMaxSize(100);
  }

  private static MessageHeaders headers(Map<String, Object> values) {
    BasicProperties properties = new BasicProperties.Builder().headers(values).build();
    return headers(new QueuedMessage("", false, properties, new byte[0]));
  }

  private static MessageHeaders headers(QueuedMessage message) {
    return MessageHeaders.of(message, header -> true);
  }
}
