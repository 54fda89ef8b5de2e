package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.broker.Message;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpMessagesTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Destination DESTINATION = new Destination("events", "order.new");

  @Test
  void aMessageHasThePropertiesOfTheRequest() throws HttpProblem {
    Message message =
        only(
            "body",
            "Content-Type",
            "text/plain",
            "Content-Encoding",
            "gzip",
            "Idempotency-Key",
            "key",
            "Warren-Correlation-Id",
            "c",
            "Warren-Expiration-Millis",
            "007",
            "Warren-Header-Region",
            "eu",
            "traceparent",
            "00-1-2-01",
            "X-Other",
            "not taken");

    assertThat(message.exchange()).isEqualTo("events");
    assertThat(message.routingKey()).isEqualTo("order.new");
    assertThat(message.body()).asString(UTF_8).isEqualTo("body");
    assertThat(message.properties())
        .isEqualTo(
            new BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("gzip")
                .messageId("key")
                .correlationId("c")
                .expiration("7")
                .deliveryMode(2)
                .timestamp(Date.from(NOW))
                .headers(Map.of("region", "eu", "traceparent", "00-1-2-01"))
                .build());
  }

  @Test
  void messagesWithoutAKeyHaveDifferentIds() throws HttpProblem {
    assertThat(only("").properties().getMessageId())
        .isNotBlank()
        .isNotEqualTo(only("").properties().getMessageId());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          key   | key
          "key" | key
          "     | "
          ""    | ``
          """)
  void aKeyMayBeQuoted(String sent, String id) throws HttpProblem {
    assertThat(only("", "Idempotency-Key", sent).properties().getMessageId()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "4294967296", "1.5", "10s", "''"})
  void anExpirationIsAWholeNumber(String value) {
    assertThat(refusal("", "Warren-Expiration-Millis", value)).contains("Warren-Expiration-Millis");
  }

  @ParameterizedTest
  @CsvSource({"Idempotency-Key", "Warren-Correlation-Id", "Content-Type", "Content-Encoding"})
  void aPropertyHas255BytesAtMost(String header) throws HttpProblem {
    assertThat(only("", header, "x".repeat(255))).isNotNull();
    assertThat(refusal("", header, "x".repeat(256))).containsIgnoringCase(header);
  }

  @ParameterizedTest
  @CsvSource({"Warren-Header-, '', 255", "ce-, cloudEvents:, 243"})
  void theNameOfAHeaderHas255BytesAtMost(String prefix, String amqpPrefix, int longest)
      throws HttpProblem {
    String name = "x".repeat(longest);
    MultiMap headers =
        headers("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "t");
    headers.add(prefix + name, "value");
    assertThat(HttpMessages.of(DESTINATION, headers, Buffer.buffer(), NOW))
        .first()
        .satisfies(
            message ->
                assertThat(message.properties().getHeaders()).containsKey(amqpPrefix + name));

    headers.add(prefix + name + "x", "value");
    assertThat(refusal("", headers)).contains("header");
  }

  @ParameterizedTest
  @CsvSource({"application/cloudevents+json, ''", "application/cloudevents-batch+json, '['"})
  void eventsInJsonHaveAMebibyteAtMost(String contentType, String begin) {
    String text = begin + " ".repeat(1024 * 1024 + 1);
    HttpProblem problem =
        catchThrowableOfType(
            HttpProblem.class,
            () ->
                HttpMessages.of(
                    DESTINATION, headers("Content-Type", contentType), Buffer.buffer(text), NOW));

    assertThat(problem.status()).isEqualTo(413);
  }

  @Test
  void aStructuredEventStaysAsItIs() throws HttpProblem {
    String event = "{\"specversion\":\"1.0\", \"id\":\"e1\", \"source\":\"/s\", \"type\":\"t\"}";
    Message message =
        only(
            event,
            "Content-Type",
            "application/cloudevents+json; charset=utf-8",
            "Warren-Header-Region",
            "eu");
    assertThat(message.body()).asString(UTF_8).isEqualTo(event);
    assertThat(message.properties().getMessageId()).isEqualTo("e1");
    assertThat(message.properties().getContentType()).isEqualTo("application/cloudevents+json");
    assertThat(message.properties().getHeaders()).isEqualTo(Map.of("region", "eu"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\uFEFF"})
  void theEventsOfABatchStayAsTheyAre(String mark) throws HttpProblem {
    String one =
        """
        {"specversion":"1.0", "id":"1", "source":"/s", "type":"t", "data":[1.10,
         0.1234567890123456789012345, 123456789012345678901234567890, 1e400, -0, "\\u00f6ö}\\""]}""";
    String other =
        "{\"id\":\"2\",\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\",\"data\":{\"a\":{}}}";
    List<Message> messages =
        HttpMessages.of(
            DESTINATION,
            headers("Content-Type", "application/cloudevents-batch+json"),
            Buffer.buffer(mark + " [ " + one + ",\n" + other + " ] "),
            NOW);

    assertThat(messages)
        .extracting(message -> new String(message.body(), UTF_8))
        .containsExactly(one, other);
  }

  @Test
  void aBatchMayBeEmpty() throws HttpProblem {
    assertThat(
            HttpMessages.of(
                DESTINATION,
                headers("Content-Type", "application/cloudevents-batch+json"),
                Buffer.buffer("[]"),
                NOW))
        .isEmpty();
  }

  @Test
  void aBatchIsInUtf8() {
    HttpProblem problem =
        catchThrowableOfType(
            HttpProblem.class,
            () ->
                HttpMessages.of(
                    DESTINATION,
                    headers("Content-Type", "application/cloudevents-batch+json"),
                    Buffer.buffer("[{}]".getBytes(UTF_16)),
                    NOW));

    assertThat(problem.status()).isEqualTo(400);
  }

  @Test
  void aBinaryEventsAttributesAreHeaders() throws HttpProblem {
    Message message =
        only(
            "<a/>",
            "ce-specversion",
            "1.0",
            "ce-id",
            "e1",
            "ce-source",
            "/s",
            "ce-type",
            "t",
            "ce-time",
            "2026-01-02T03:04:05Z",
            "ce-region",
            "eu",
            "Content-Type",
            "text/xml");
    assertThat(message.body()).asString(UTF_8).isEqualTo("<a/>");
    assertThat(message.properties().getMessageId()).isEqualTo("e1");
    assertThat(message.properties().getContentType()).isEqualTo("text/xml");
    assertThat(message.properties().getHeaders())
        .isEqualTo(
            Map.of(
                "cloudEvents:specversion", "1.0",
                "cloudEvents:id", "e1",
                "cloudEvents:source", "/s",
                "cloudEvents:type", "t",
                "cloudEvents:time", "2026-01-02T03:04:05Z",
                "cloudEvents:region", "eu"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          Euro%20%E2%82%AC%20%F0%9F%98%80 | Euro € 😀
          100%25                          | 100%
          100% %zz %2                     | 100% %zz %2
          %2520                           | %20
          a+b                             | a+b
          "two words"                     | two words
          "a \\"quoted\\" \\\\ %22word%22"   | a "quoted" \\ "word"
          "                               | "
          """)
  void aBinaryEventsAttributesAreDecoded(String sent, String meant) throws HttpProblem {
    Message message =
        only(
            "",
            "ce-specversion",
            "1.0",
            "CE-Id",
            sent,
            "ce-source",
            "/s",
            "ce-type",
            "t",
            "ce-note",
            sent);

    assertThat(message.properties().getMessageId()).isEqualTo(meant);
    assertThat(message.properties().getHeaders()).containsEntry("cloudEvents:note", meant);
  }

  @Test
  void headersOfTheMessageAreDecoded() throws HttpProblem {
    Message message =
        only(
            "",
            "Warren-Header-City",
            "Z%C3%BCrich, \"100%\" %zz",
            "Warren-Header-Order%20ID",
            "7",
            "Warren-Correlation-Id",
            "%E2%82%AC");

    assertThat(message.properties().getCorrelationId()).isEqualTo("€");
    assertThat(message.properties().getHeaders())
        .isEqualTo(Map.of("city", "Zürich, \"100%\" %zz", "order id", "7"));
  }

  /** Netty reads the octets of UTF-8 as such characters. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Warren-Header-City",
        "Warren-Correlation-Id",
        "Idempotency-Key",
        "Content-Type",
        "Content-Encoding",
        "tracestate",
        "ce-subject"
      })
  void aTextThatIsNotAsciiIsRefused(String header) {
    MultiMap headers =
        headers("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "t");
    headers.add(header, "Z\u00c3\u00bcrich");

    assertThat(refusal("", headers)).containsIgnoringCase(header).contains("percent-encode");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Warren-Header-City", "ce-subject", "Warren-Header-%FF"})
  void octetsThatAreNotUtf8AreRefused(String header) {
    MultiMap headers =
        headers("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "t");
    headers.add(header, "Z%FCrich");

    assertThat(refusal("", headers)).contains("not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Warren-Correlation-Id",
        "Warren-Expiration-Millis",
        "Idempotency-Key",
        "Content-Type",
        "traceparent",
        "ce-subject"
      })
  void aHeaderThatIsOneValueHasOneLine(String header) {
    MultiMap headers =
        headers("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "t");
    headers.add(header, "1").add(header, "2");

    assertThat(refusal("", headers)).containsIgnoringCase("2 lines of " + header);
  }

  @Test
  void theLinesOfAListAreJoined() throws HttpProblem {
    Message message =
        only(
            "",
            "Content-Encoding",
            "gzip",
            "content-encoding",
            "br",
            "tracestate",
            "a=1",
            "tracestate",
            "b=2",
            "Warren-Header-Tag",
            "x",
            "warren-header-tag",
            "y");

    assertThat(message.properties().getContentEncoding()).isEqualTo("gzip, br");
    assertThat(message.properties().getHeaders())
        .isEqualTo(Map.of("tracestate", "a=1, b=2", "tag", "x, y"));
  }

  @ParameterizedTest
  @CsvSource({
    "Warren-Header-A%41, Warren-Header-AA",
    "Warren-Header-Traceparent, traceparent",
    "Warren-Header-, Warren-Header-"
  })
  void twoHeadersMustNotBecomeOne(String one, String other) {
    assertThat(refusal("", one, "1", other, "2")).isNotBlank();
  }

  /** Upper case would give names like CC a meaning for the broker. */
  @Test
  void namesOfHeadersAreInLowerCaseHoweverTheyAreWritten() throws HttpProblem {
    assertThat(only("", "Warren-Header-%43%43", "q").properties().getHeaders())
        .isEqualTo(Map.of("cc", "q"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"specversion":"1.0","id":"b","type":"t"}                           | the attribute 'source' is missing
          {"specversion":"1.0","id":"b","source":"/s","type":"t","time":"no"} | the attribute 'time' is not valid: no
          {"specversion":"1.0","id":3,"source":"/s","type":"t"}               | the attribute 'id' must be a text
          7                                                                   | this is not a JSON object
          """)
  void aBatchSaysWhichEventIsWrong(String wrong, String why) {
    String good = "{\"specversion\":\"1.0\",\"id\":\"a\",\"source\":\"/s\",\"type\":\"t\"}";
    String batch = "[" + (good + ",").repeat(17) + wrong + "," + good + "]";

    HttpProblem problem =
        catchThrowableOfType(
            HttpProblem.class,
            () ->
                HttpMessages.of(
                    DESTINATION,
                    headers("Content-Type", "application/cloudevents-batch+json"),
                    Buffer.buffer(batch),
                    NOW));

    assertThat(problem.status()).isEqualTo(400);
    assertThat(problem.json().getInteger("event")).isEqualTo(17);
    assertThat(problem.getMessage()).startsWith("event 17, counted from 0: ").endsWith(why);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          no JSON              | application/cloudevents+json       | {
          no id                | application/cloudevents+json       | {"specversion":"1.0","source":"/s","type":"t"}
          an older version     | application/cloudevents+json       | {"specversion":"0.3","id":"1","source":"/s","type":"t"}
          a list               | application/cloudevents+json       | []
          null                 | application/cloudevents+json       | null
          a text               | application/cloudevents+json       | "null"
          an id that is null   | application/cloudevents+json       | {"specversion":"1.0","id":null,"source":"/s","type":"t"}
          nothing              | application/cloudevents+json       | ``
          no batch             | application/cloudevents-batch+json | {}
          no JSON in a batch   | application/cloudevents-batch+json | [
          no event in a batch  | application/cloudevents-batch+json | [1]
          more than a batch    | application/cloudevents-batch+json | [{"specversion":"1.0","id":"1","source":"/s","type":"t"}] []
          less than a batch    | application/cloudevents-batch+json | [{"specversion":"1.0","id":"1","source":"/s","type":"t"}
          null in a batch      | application/cloudevents-batch+json | [null]
          one without an id    | application/cloudevents-batch+json | [{"specversion":"1.0","source":"/s","type":"t"}]
          """)
  void anInvalidEventIsRefused(String what, String contentType, String body) {
    assertThat(refusal(body, "Content-Type", contentType)).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({"ce-id", "ce-source", "ce-type"})
  void aBinaryEventNeedsItsAttributes(String missing) {
    MultiMap headers =
        headers("ce-specversion", "1.0", "ce-id", "1", "ce-source", "/s", "ce-type", "t")
            .remove(missing);
    assertThat(refusal("", headers)).isNotBlank();
  }

  private static Message only(String body, String... headers) throws HttpProblem {
    List<Message> messages =
        HttpMessages.of(DESTINATION, headers(headers), Buffer.buffer(body), NOW);
    assertThat(messages).hasSize(1);
    return messages.getFirst();
  }

  private static String refusal(String body, String... headers) {
    return refusal(body, headers(headers));
  }

  private static String refusal(String body, MultiMap headers) {
    HttpProblem problem =
        catchThrowableOfType(
            HttpProblem.class,
            () -> HttpMessages.of(DESTINATION, headers, Buffer.buffer(body), NOW));
    assertThat(problem).isNotNull();
    assertThat(problem.status()).isEqualTo(400);
    return problem.getMessage();
  }

  private static MultiMap headers(String... namesAndValues) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }
}
