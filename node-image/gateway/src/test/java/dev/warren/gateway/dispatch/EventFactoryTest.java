package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.impl.LongStringHelper;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import io.cloudevents.CloudEvent;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventFactoryTest {
  private static final URI SOURCE = URI.create("/orders/shipments");
  private static final Instant RECEIVED = Instant.parse("2026-11-24T12:00:00Z");

  private static final Map<String, Object> EVENT_HEADERS =
      Map.of(
          "cloudEvents:specversion", "1.0",
          "cloudEvents:id", "e",
          "cloudEvents:source", "/shop",
          "cloudEvents:type", "order");

  private final EventFactory events = new EventFactory(SOURCE, ContentMode.BINARY);

  @Test
  void createsAnEventFromAMessage() {
    BasicProperties properties =
        new BasicProperties.Builder()
            .messageId("m-1")
            .type("order.paid")
            .timestamp(Date.from(Instant.parse("2026-11-24T11:59:58Z")))
            .contentType("application/json")
            .correlationId("c-1")
            .build();

    CloudEvent event = event("order.paid.eu", properties, "{}");

    assertThat(event.getId()).isEqualTo("m-1");
    assertThat(event.getSource()).isEqualTo(SOURCE);
    assertThat(event.getType()).isEqualTo("order.paid");
    assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2026-11-24T11:59:58Z"));
    assertThat(event.getDataContentType()).isEqualTo("application/json");
    assertThat(event.getSubject()).isEqualTo("order.paid.eu");
    assertThat(event.getExtension("correlationid")).isEqualTo("c-1");
    assertThat(event.getData().toBytes()).isEqualTo("{}".getBytes(UTF_8));
  }

  @Test
  void createsAnEventFromAMessageWithoutProperties() {
    CloudEvent event = event("", new BasicProperties(), "x");

    assertThat(event.getId()).isNotBlank();
    assertThat(event.getType()).isEqualTo("dev.warren.message");
    assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2026-11-24T12:00:00Z"));
    assertThat(event.getDataContentType()).isNull();
    assertThat(event.getSubject()).isNull();
  }

  @Test
  void givesMessagesWithoutAnIdDifferentIds() {
    assertThat(event("", new BasicProperties(), "x").getId())
        .isNotEqualTo(event("", new BasicProperties(), "x").getId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cloudEvents:", "cloudEvents_"})
  void passesOnAnEventWhoseAttributesAreHeaders(String prefix) {
    Map<String, Object> headers =
        Map.of(
            prefix + "specversion",
            "1.0",
            prefix + "id",
            "e-1",
            prefix + "source",
            "/shop",
            prefix + "type",
            "shop.order",
            prefix + "tenant",
            "acme",
            "other",
            "x");
    BasicProperties properties =
        new BasicProperties.Builder()
            .headers(headers)
            .messageId("m-1")
            .type("amqp")
            .contentType("text/plain")
            .build();

    CloudEvent event = event("key", properties, "hello");

    assertThat(event.getId()).isEqualTo("e-1");
    assertThat(event.getSource()).isEqualTo(URI.create("/shop"));
    assertThat(event.getType()).isEqualTo("shop.order");
    assertThat(event.getExtension("tenant")).isEqualTo("acme");
    assertThat(event.getDataContentType()).isEqualTo("text/plain");
    assertThat(event.getData().toBytes()).isEqualTo("hello".getBytes(UTF_8));
    assertThat(event.getAttributeNames()).doesNotContain("subject", "time");
  }

  @Test
  void passesOnAnEventThatIsTheBody() {
    String body =
        """
        {"specversion":"1.0","id":"e-2","source":"/shop","type":"shop.order",
         "datacontenttype":"text/plain","data":"hello"}""";
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType("application/cloudevents+json; charset=utf-8")
            .build();

    CloudEvent event = event("key", properties, body);

    assertThat(event.getId()).isEqualTo("e-2");
    assertThat(event.getSource()).isEqualTo(URI.create("/shop"));
    assertThat(event.getData().toBytes()).isEqualTo("hello".getBytes(UTF_8));
  }

  @Test
  void deliversAnInvalidEventAsAPlainMessage() {
    BasicProperties noJson =
        new BasicProperties.Builder().contentType("application/cloudevents+json").build();
    BasicProperties noId =
        new BasicProperties.Builder().headers(Map.of("cloudEvents:specversion", "1.0")).build();
    BasicProperties noTime =
        new BasicProperties.Builder()
            .headers(
                Map.of(
                    "cloudEvents:specversion", "1.0",
                    "cloudEvents:id", "e",
                    "cloudEvents:source", "/s",
                    "cloudEvents:type", "t",
                    "cloudEvents:time", "yesterday"))
            .build();

    for (BasicProperties properties : new BasicProperties[] {noJson, noId, noTime}) {
      CloudEvent event = event("key", properties, "not json");
      assertThat(event.getSource()).isEqualTo(SOURCE);
      assertThat(event.getData().toBytes()).isEqualTo("not json".getBytes(UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/,shipments,/shipments",
    "team,shipments,/team/shipments",
    "/,a b/ö,/a%20b%2F%C3%B6"
  })
  void namesTheQueueAsSource(String vhost, String queue, String source) {
    assertThat(EventFactory.source(vhost, queue)).isEqualTo(URI.create(source));
  }

  @Test
  void readsAttributesOfAnyType() {
    Map<String, Object> headers =
        Map.of(
            "cloudEvents:specversion",
            LongStringHelper.asLongString("1.0"),
            "cloudEvents:id",
            "e-1",
            "cloudEvents:source",
            "/shop",
            "cloudEvents:type",
            "shop.order",
            "cloudEvents:time",
            Date.from(Instant.parse("2026-01-02T03:04:05Z")),
            "cloudEvents:count",
            7,
            "cloudEvents:blob",
            new byte[] {0, -1});

    CloudEvent event = event("", new BasicProperties.Builder().headers(headers).build(), "{}");

    assertThat(event.getSource()).isEqualTo(URI.create("/shop"));
    assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse("2026-01-02T03:04:05Z"));
    assertThat(event.getExtension("count")).isEqualTo("7");
    assertThat(event.getExtension("blob")).isEqualTo("AP8=");
  }

  @Test
  void takesATimeThatCannotBeWrittenForNone() {
    BasicProperties properties =
        new BasicProperties.Builder().timestamp(new Date(Long.MAX_VALUE)).build();

    assertThat(event("", properties, "x").getTime())
        .isEqualTo(OffsetDateTime.parse("2026-11-24T12:00:00Z"));
  }

  @Test
  void sendsAHeaderOnceThatIsAnAttribute() {
    BasicProperties properties =
        new BasicProperties.Builder()
            .headers(
                Map.of(
                    "cloudEvents:specversion", "1.0",
                    "cloudEvents:id", "e",
                    "cloudEvents:source", "/s",
                    "cloudEvents:type", "t",
                    "tenant", "acme"))
            .build();

    assertThat(outgoing(events, properties).headers().all())
        .containsEntry("Warren-Header-tenant", "acme")
        .containsOnlyKeys("Warren-Header-tenant", "Warren-Redelivered");
  }

  @Test
  void addsToADocumentWhatItCanExpress() {
    Map<String, Object> headers = new HashMap<>();
    headers.put("tenant", LongStringHelper.asLongString("Zürich"));
    headers.put("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    headers.put("retries", 3L);
    headers.put("big", 1L << 40);
    headers.put("urgent", true);
    headers.put("items", List.of(1, "a"));
    headers.put("x-delivery-count", 2L);
    // Not expressible: names, control characters, nothing.
    headers.put("Order-Id", "7");
    headers.put("a23456789012345678901", "too long a name");
    headers.put("lines", "a\nb");
    headers.put("nothing", null);
    // Another meaning.
    headers.put("id", "other");
    headers.put("userid", "somebody else");
    BasicProperties properties =
        new BasicProperties.Builder()
            .messageId("m-1")
            .contentEncoding("gzip")
            .appId("shop")
            .priority(4)
            .headers(headers)
            .build();

    CloudEvent event =
        outgoing(new EventFactory(SOURCE, ContentMode.STRUCTURED), properties).event();

    assertThat(event.getId()).isEqualTo("m-1");
    assertThat(
            event.getExtensionNames().stream()
                .collect(Collectors.toMap(Function.identity(), event::getExtension)))
        .containsOnly(
            Map.entry("tenant", "Zürich"),
            Map.entry("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            Map.entry("retries", 3),
            Map.entry("big", "1099511627776"),
            Map.entry("urgent", true),
            Map.entry("items", "[1,\"a\"]"),
            Map.entry("contentencoding", "gzip"),
            Map.entry("appid", "shop"),
            Map.entry("priority", 4),
            Map.entry("redelivered", true),
            Map.entry("deliverycount", 2));
  }

  @Test
  void changesNothingThatAnEventSaysItself() {
    String body =
        """
        {"specversion":"1.0","id":"e-2","source":"/shop","type":"shop.order","tenant":"acme"}""";
    BasicProperties properties =
        new BasicProperties.Builder()
            .contentType("application/cloudevents+json")
            .headers(Map.of("tenant", "other", "region", "eu"))
            .build();

    OutgoingEvent outgoing =
        new EventFactory(SOURCE, ContentMode.STRUCTURED)
            .event(new QueuedMessage("", false, properties, body.getBytes(UTF_8)), RECEIVED);

    assertThat(outgoing.document().orElseThrow())
        .asString(UTF_8)
        .isEqualTo("{\"redelivered\":false,\"region\":\"eu\"," + body.substring(1));
  }

  @Test
  void keepsAnEventWithAHeaderThatCannotBeAnAttribute() {
    Map<String, Object> headers = new HashMap<>(EVENT_HEADERS);
    headers.put("cloudEvents:tenantId", "acme");
    // Milliseconds where seconds are meant.
    headers.put("cloudEvents:time", new Date(1_767_225_600_000_000L));

    OutgoingEvent outgoing =
        outgoing(events, new BasicProperties.Builder().headers(headers).build());

    assertThat(outgoing.event().getSource()).isEqualTo(URI.create("/shop"));
    assertThat(outgoing.event().getTime()).isNull();
    assertThat(outgoing.headers().all())
        .containsEntry("Warren-Header-cloudEvents%3AtenantId", "acme");
  }

  @Test
  void writesATextThatIsNotUtf8LikeBytes() {
    Object latin1 = LongStringHelper.asLongString(new byte[] {'Z', (byte) 0xfc});
    Map<String, Object> headers = new HashMap<>(EVENT_HEADERS);
    headers.put("cloudEvents:city", latin1);
    headers.put("city", latin1);
    headers.put("cities", List.of(latin1, LongStringHelper.asLongString("ü")));

    OutgoingEvent outgoing =
        outgoing(events, new BasicProperties.Builder().headers(headers).build());

    assertThat(outgoing.event().getExtension("city")).isEqualTo("Wvw=");
    assertThat(outgoing.headers().all())
        .containsEntry("Warren-Header-city", "Wvw=")
        .containsEntry("Warren-Header-cities", "[\"Wvw=\",\"\\u00FC\"]");
  }

  private CloudEvent event(String routingKey, BasicProperties properties, String body) {
    QueuedMessage message = new QueuedMessage(routingKey, false, properties, body.getBytes(UTF_8));
    return events.event(message, RECEIVED).event();
  }

  private static OutgoingEvent outgoing(EventFactory events, BasicProperties properties) {
    return events.event(new QueuedMessage("", true, properties, new byte[] {'x'}), RECEIVED);
  }
}
