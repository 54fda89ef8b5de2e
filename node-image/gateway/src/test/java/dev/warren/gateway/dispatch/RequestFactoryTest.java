package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RequestFactoryTest {
  private static final URI URL = URI.create("http://shop.default/notify?from=warren");
  private static final CloudEvent EVENT =
      CloudEventBuilder.v1()
          .withId("m-1")
          .withSource(URI.create("/orders/shipments"))
          .withType("order.paid")
          .withSubject("Zürich \"7\" 100%\r\nx: y")
          .withData("application/json", "{}".getBytes(UTF_8))
          .build();

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GET")
  void putsAttributesIntoHeaders(Method method) {
    DeliveryRequest request = request(method, ContentMode.BINARY);

    assertThat(request.method()).isEqualTo(method.name());
    assertThat(header(request, "ce-specversion")).isEqualTo("1.0");
    assertThat(header(request, "ce-id")).isEqualTo("m-1");
    assertThat(header(request, "ce-source")).isEqualTo("/orders/shipments");
    assertThat(header(request, "ce-type")).isEqualTo("order.paid");
    assertThat(header(request, "Content-Type")).isEqualTo("application/json");
    assertThat(request.body().orElseThrow()).hasSize(2);
  }

  @Test
  void escapesWhatAHeaderDoesNotAllow() {
    assertThat(header(request(Method.POST, ContentMode.BINARY), "ce-subject"))
        .isEqualTo("Z%C3%BCrich%20%227%22%20100%25%0D%0Ax:%20y");
  }

  @Test
  void putsTheWholeEventIntoADocument() {
    DeliveryRequest request = request(Method.POST, ContentMode.STRUCTURED);

    assertThat(header(request, "Content-Type")).startsWith("application/cloudevents+json");
    assertThat(request.headers()).doesNotContainKey("ce-id");
    assertThat(request.body().orElseThrow()).hasSizeGreaterThan(100);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          application/json     | {"n":1.10} | "data":{"n":1.10}
          application/json     |  7         | "data":7
          application/json     | {"n":      | "data_base64":"eyJuIjo="
          application/json     | 1 2        | "data_base64":"MSAy"
          application/json     | "a         | "data_base64":"ImE="
          application/json     | ``         | "data_base64":""
          application/json     | hello}     | "data_base64":"aGVsbG99"
          application/vnd+json | hello      | "data_base64":"aGVsbG8="
          text/plain           | hello      | "data_base64":"aGVsbG8="
                               | hello}     | "data_base64":"aGVsbG99"
                               | {}         | "data_base64":"e30="
          """)
  void putsAnyBodyIntoADocumentThatCanBeRead(String contentType, String body, String data)
      throws JsonProcessingException {
    CloudEvent event =
        CloudEventBuilder.from(EVENT)
            .withData(body.getBytes(UTF_8))
            .withDataContentType(contentType)
            .build();

    String document = body(request(event, Method.POST, ContentMode.STRUCTURED));

    assertThat(document).contains(data);
    assertThat(new ObjectMapper().readTree(document).path("datacontenttype").textValue())
        .isEqualTo(contentType == null ? "application/octet-stream" : contentType);
  }

  @Test
  void encodesBytesThatAreNotUtf8() {
    CloudEvent event = CloudEventBuilder.from(EVENT).withData("\"ö\"".getBytes(ISO_8859_1)).build();

    assertThat(body(request(event, Method.POST, ContentMode.STRUCTURED)))
        .contains("\"data_base64\":\"IvYi\"");
  }

  @Test
  void keepsTheTypesOfAttributesInADocument() {
    CloudEvent event =
        CloudEventBuilder.from(EVENT)
            .withExtension("priority", 4)
            .withExtension("redelivered", false)
            .withExtension("tenant", "Zürich")
            .build();

    assertThat(body(request(event, Method.POST, ContentMode.STRUCTURED)))
        .contains("\"priority\":4", "\"redelivered\":false", "\"tenant\":\"Zürich\"");
  }

  @ParameterizedTest
  @EnumSource
  void sendsAttributesWithoutABodyByGet(ContentMode contentMode) {
    DeliveryRequest request = request(Method.GET, contentMode);

    assertThat(request.method()).isEqualTo("GET");
    assertThat(header(request, "ce-id")).isEqualTo("m-1");
    assertThat(request.headers()).doesNotContainKey("Content-Type");
    assertThat(request.body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "gzip,POST,BINARY,Content-Encoding,gzip",
    "'GZIP, br',POST,BINARY,Content-Encoding,'GZIP, br'",
    // As some clients say of every text.
    "utf-8,POST,BINARY,Warren-Content-Encoding,utf-8",
    "'gzip,utf-8',POST,BINARY,Warren-Content-Encoding,'gzip,utf-8'",
    "'gzip\r\nX-Evil: 1',POST,BINARY,Warren-Content-Encoding,gzip%0D%0AX-Evil: 1",
    "gzip,POST,STRUCTURED,Warren-Content-Encoding,gzip",
    "gzip,GET,BINARY,Warren-Content-Encoding,gzip",
  })
  void saysHowTheBodyIsEncodedWhereHttpKnows(
      String encoding, Method method, ContentMode contentMode, String name, String value) {
    DeliveryRequest request = request(EVENT, encoding, method, contentMode);

    assertThat(header(request, name)).isEqualTo(value);
    assertThat(request.headers().keySet().stream().filter(h -> h.endsWith("ncoding")))
        .containsExactly(name);
  }

  @ParameterizedTest
  @CsvSource({
    "application/json; charset=\"utf-8\",application/json; charset=\"utf-8\"",
    "text/plain; name=ü,text/plain; name=%C3%BC",
    "text/plain; name=\"100%\",text/plain; name=\"100%\"",
    "'text/plain\r\nX-Evil: 1',text/plain%0D%0AX-Evil: 1",
  })
  void sendsAnyContentType(String contentType, String value) {
    CloudEvent event = CloudEventBuilder.from(EVENT).withDataContentType(contentType).build();

    DeliveryRequest request = request(event, Method.POST, ContentMode.BINARY);

    assertThat(header(request, "Content-Type")).isEqualTo(value);
  }

  private static String header(DeliveryRequest request, String name) {
    return request.headers().get(name);
  }

  private static String body(DeliveryRequest request) {
    return new String(request.body().orElseThrow(), UTF_8);
  }

  private static DeliveryRequest request(Method method, ContentMode contentMode) {
    return request(EVENT, method, contentMode);
  }

  private static DeliveryRequest request(CloudEvent event, Method method, ContentMode contentMode) {
    return request(event, null, method, contentMode);
  }

  private static DeliveryRequest request(
      CloudEvent event, String contentEncoding, Method method, ContentMode contentMode) {
    MessageHeaders headers =
        MessageHeaders.of(
            new QueuedMessage("", false, new BasicProperties(), new byte[0]), header -> true);
    HttpDelivery delivery =
        new HttpDelivery(
            "notify",
            URL,
            method,
            5_000,
            8,
            false,
            contentMode,
            Redirects.REFUSE,
            new Retry(1, 1, 1),
            null,
            null);
    return new RequestFactory(delivery)
        .request(
            new OutgoingEvent(
                event, Optional.empty(), Optional.ofNullable(contentEncoding), headers));
  }
}
