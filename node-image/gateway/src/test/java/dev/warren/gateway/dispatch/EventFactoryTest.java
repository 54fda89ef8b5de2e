package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import io.cloudevents.CloudEvent;
import java.net.URI;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventFactoryTest {
  private static final URI SOURCE = URI.create("/orders/shipments");
  private static final Instant RECEIVED = Instant.parse("2026-11-24T12:00:00Z");

  private final EventFactory events = new EventFactory(SOURCE);

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

  private CloudEvent event(String routingKey, BasicProperties properties, String body) {
    return events.event(new QueuedMessage(routingKey, properties, body.getBytes(UTF_8)), RECEIVED);
  }
}
