package dev.warren.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.LongStringHelper;
import dev.warren.gateway.broker.Message;
import dev.warren.gateway.dispatch.Outgoing;
import dev.warren.gateway.http.Incoming;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** What comes in by HTTP or AMQP goes out by HTTP as it is. */
class PassThroughPropertyTest {

  @Property
  void aMessageThatComesByHttpGoesOutAsItCame(
      @ForAll @Size(max = 200) byte[] body,
      @ForAll("printable") String contentType,
      @ForAll("encodings") String encoding,
      @ForAll("printable") String key,
      @ForAll("headers") Map<String, String> said) {
    Map<String, String> request = new HashMap<>();
    request.put("Content-Type", contentType);
    request.put("Content-Encoding", encoding);
    request.put("Idempotency-Key", key);
    said.forEach((name, value) -> request.put("Warren-Header-" + name, encoded(value)));

    Outgoing out = byQueue(only(request, body));

    assertThat(out.body()).isEqualTo(body);
    assertThat(out.headers())
        .containsEntry("Content-Type", contentType)
        .containsEntry("Content-Encoding", encoding);
    assertThat(decoded(out.headers().get("ce-id"))).isEqualTo(key);
    said.forEach(
        (name, value) ->
            assertThat(decoded(out.headers().get("Warren-Header-" + name))).isEqualTo(value));
  }

  @Property
  void anEventInHeadersGoesOutAsItCame(
      @ForAll @Size(max = 200) byte[] body,
      @ForAll("filled") String id,
      @ForAll("extensions") Map<String, String> extensions) {
    Map<String, String> request = new HashMap<>();
    request.put("Content-Type", "text/plain");
    request.put("ce-specversion", "1.0");
    request.put("ce-id", encoded(id));
    request.put("ce-source", encoded("/shop?a=%25b"));
    request.put("ce-type", "order");
    request.put("ce-time", "2026-01-02T03:04:05.678+01:00");
    extensions.forEach((name, value) -> request.put("ce-" + name, encoded(value)));

    Outgoing out = byQueue(only(request, body));

    assertThat(out.body()).isEqualTo(body);
    request.forEach(
        (name, value) ->
            assertThat(decoded(out.headers().get(name))).as(name).isEqualTo(decoded(value)));
  }

  @Property
  void theDataOfADocumentStayAsTheyWereWritten(
      @ForAll("json") String data,
      @ForAll("extensions") Map<String, String> extensions,
      @ForAll("space") String space) {
    String document =
        "%s{%s\"specversion\":\"1.0\",\"id\":\"e\"%s,\"source\":\"/s\",\"data\":%s%s,\"type\":\"t\"%s}"
            .formatted(
                space,
                space,
                extensions.entrySet().stream()
                    .map(e -> ",\"%s\": %s".formatted(e.getKey(), quoted(e.getValue())))
                    .collect(joining()),
                space,
                data,
                space);
    Message message =
        only(Map.of("Content-Type", "application/cloudevents+json"), document.getBytes(UTF_8));
    assertThat(message.body()).asString(UTF_8).isEqualTo(document);

    Outgoing binary = byQueue(message);
    assertThat(binary.body()).asString(UTF_8).isEqualTo(data);
    assertThat(binary.headers()).containsEntry("Content-Type", "application/json");
    extensions.forEach(
        (name, value) ->
            assertThat(decoded(binary.headers().get("ce-" + name))).as(name).isEqualTo(value));

    Outgoing structured = Outgoing.structured(queued(message.properties()), message.body());
    assertThat(structured.body())
        .asString(UTF_8)
        .isEqualTo(document.replaceFirst("[{]", "{\"redelivered\":false,"));
  }

  @Property
  void aMessageThatComesByAmqpGoesOutWithAllItSays(
      @ForAll @Size(max = 200) byte[] body, @ForAll("amqpHeaders") Map<String, Object> said) {
    Map<String, Object> headers = new HashMap<>(said);
    headers.put("cloudEvents:specversion", "1.0");
    headers.put("cloudEvents:id", "e");
    headers.put("cloudEvents:source", "/shop");
    headers.put("cloudEvents:type", "order");
    said.forEach((name, value) -> headers.put("cloudEvents:" + name, value));

    Outgoing out =
        Outgoing.binary(queued(new BasicProperties.Builder().headers(headers).build()), body);

    assertThat(out.body()).isEqualTo(body);
    assertThat(out.headers()).containsEntry("ce-id", "e").containsEntry("ce-source", "/shop");
    said.forEach(
        (name, value) -> {
          assertThat(out.headers()).containsKeys("ce-" + name, "Warren-Header-" + name);
          if (value instanceof String text) {
            assertThat(decoded(out.headers().get("ce-" + name))).isEqualTo(text);
            assertThat(decoded(out.headers().get("Warren-Header-" + name))).isEqualTo(text);
          }
        });
    assertThat(out.headers().values()).allMatch(value -> value.matches("[ -~]*"));
    assertThat(out.headers().keySet()).allMatch(name -> name.matches("[!-~&&[^:\"]]+"));
    assertThat(String.join("", out.headers().values())).doesNotContain("[B@", "LongString");
  }

  private static Message only(Map<String, String> headers, byte[] body) {
    List<Message> messages = Incoming.messages(headers, body);
    assertThat(messages).hasSize(1);
    return messages.getFirst();
  }

  private static Outgoing byQueue(Message message) {
    return Outgoing.binary(queued(message.properties()), message.body());
  }

  /** What a consumer reads: texts have another type then. */
  private static BasicProperties queued(BasicProperties sent) {
    try {
      return (BasicProperties) AMQImpl.readContentHeaderFrom(sent.toFrame(0, 0).getInputStream());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** As a client does it. */
  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private static String decoded(String value) {
    return URLDecoder.decode(value.replace("+", "%2B"), UTF_8);
  }

  private static String quoted(String text) {
    return text.codePoints()
        .mapToObj(
            c -> c < ' ' || c == '"' || c == '\\' ? "\\u%04x".formatted(c) : Character.toString(c))
        .collect(joining("", "\"", "\""));
  }

  @Provide
  Arbitrary<String> printable() {
    return Arbitraries.strings()
        .withCharRange('!', '~')
        .ofMinLength(1)
        .ofMaxLength(40)
        .filter(text -> !text.startsWith("\"") && !text.startsWith("application/cloudevents"));
  }

  @Provide
  Arbitrary<String> encodings() {
    return Arbitraries.of("gzip", "br", "gzip, br", "identity");
  }

  @Provide
  Arbitrary<String> text() {
    return Arbitraries.strings().all().ofMaxLength(20).filter(PassThroughPropertyTest::isWhole);
  }

  @Provide
  Arbitrary<String> filled() {
    return text().filter(text -> !text.isBlank());
  }

  private static boolean isWhole(String text) {
    return new String(text.getBytes(UTF_8), UTF_8).equals(text);
  }

  @Provide
  Arbitrary<Map<String, String>> headers() {
    return names()
        .flatMap(names -> text().list().ofSize(names.size()).map(values -> pairs(names, values)));
  }

  @Provide
  Arbitrary<Map<String, String>> extensions() {
    return headers();
  }

  private static Arbitrary<List<String>> names() {
    // None of CloudEvents' own, nor what the dispatcher adds.
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .numeric()
        .ofMinLength(1)
        .ofMaxLength(8)
        .map(name -> "x" + name)
        .list()
        .uniqueElements()
        .ofMaxSize(5);
  }

  private static <T> Map<String, T> pairs(List<String> names, List<T> values) {
    Map<String, T> all = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      all.put(names.get(i), values.get(i));
    }
    return all;
  }

  @Provide
  Arbitrary<Map<String, Object>> amqpHeaders() {
    Arbitrary<Object> value =
        Arbitraries.oneOf(
            text(),
            Arbitraries.integers().map(n -> (Object) n),
            Arbitraries.longs().map(n -> (Object) n),
            Arbitraries.doubles().map(n -> (Object) n),
            Arbitraries.of(true, false).map(n -> (Object) n),
            Arbitraries.of(new BigDecimal("1.50"), new BigDecimal("-0.001")).map(n -> (Object) n),
            Arbitraries.longs().between(0, 253_402_300_799L).map(s -> (Object) new Date(s * 1000)),
            Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(b -> (Object) b),
            Arbitraries.bytes()
                .array(byte[].class)
                .ofMaxSize(20)
                .map(b -> (Object) LongStringHelper.asLongString(b)),
            text().list().ofMaxSize(3).map(l -> (Object) l),
            text().map(t -> (Object) Map.of("a", t, "b", List.of(1, new byte[] {1}))));
    return names()
        .flatMap(names -> value.list().ofSize(names.size()).map(values -> pairs(names, values)));
  }

  @Provide
  Arbitrary<String> space() {
    return Arbitraries.strings().withChars(' ', '\n', '\t').ofMaxLength(3);
  }

  /** JSON as it may be written, and not as a library would write it. */
  @Provide
  Arbitrary<String> json() {
    Arbitrary<String> leaf =
        Arbitraries.oneOf(
            Arbitraries.of(
                "0",
                "-0",
                "1.10",
                "1e400",
                "-1E-400",
                "123456789012345678901234567890",
                "0.1234567890123456789012345",
                "true",
                "null",
                "\"\"",
                "\"\\ud83d\"",
                "\"\\u00f6\\/\""),
            text().map(PassThroughPropertyTest::quoted));
    return Arbitraries.lazyOf(
        () -> leaf,
        () -> leaf,
        () ->
            json()
                .list()
                .ofMaxSize(3)
                .map(items -> items.stream().collect(joining(" ,", "[", "]"))),
        () ->
            Combinators.combine(json().list().ofMaxSize(3), space())
                .as(
                    (items, space) ->
                        // The same name each time: JSON does not forbid it.
                        items.stream()
                            .map(item -> "\"a\":" + space + item)
                            .collect(joining(",", "{", "}"))));
  }
}
