package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.net.URI;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    HttpRequest request = request(method, ContentMode.BINARY);

    assertThat(request.method()).isEqualTo(method.name());
    assertThat(request.uri()).isEqualTo(URL);
    assertThat(header(request, "ce-specversion")).isEqualTo("1.0");
    assertThat(header(request, "ce-id")).isEqualTo("m-1");
    assertThat(header(request, "ce-source")).isEqualTo("/orders/shipments");
    assertThat(header(request, "ce-type")).isEqualTo("order.paid");
    assertThat(header(request, "Content-Type")).isEqualTo("application/json");
    assertThat(request.bodyPublisher().orElseThrow().contentLength()).isEqualTo(2);
  }

  @Test
  void putsNothingIntoAHeaderThatIsNotAllowedThere() {
    assertThat(header(request(Method.POST, ContentMode.BINARY), "ce-subject"))
        .isEqualTo("Z%C3%BCrich%20%227%22%20100%25%0D%0Ax:%20y");
  }

  @Test
  void putsAllIntoADocument() {
    HttpRequest request = request(Method.POST, ContentMode.STRUCTURED);

    assertThat(header(request, "Content-Type")).startsWith("application/cloudevents+json");
    assertThat(request.headers().firstValue("ce-id")).isEmpty();
    assertThat(request.bodyPublisher().orElseThrow().contentLength()).isGreaterThan(100);
  }

  @ParameterizedTest
  @EnumSource
  void asksWithAttributesAndNoBodyWhenTheServerOnlyKnowsGet(ContentMode contentMode) {
    HttpRequest request = request(Method.GET, contentMode);

    assertThat(request.method()).isEqualTo("GET");
    assertThat(header(request, "ce-id")).isEqualTo("m-1");
    assertThat(request.headers().firstValue("Content-Type")).isEmpty();
    assertThat(request.bodyPublisher().orElseThrow().contentLength()).isZero();
  }

  private static String header(HttpRequest request, String name) {
    return request.headers().firstValue(name).orElseThrow();
  }

  private static HttpRequest request(Method method, ContentMode contentMode) {
    HttpDelivery delivery =
        new HttpDelivery(
            "notify", URL, method, 5_000, 8, false, contentMode, new Retry(1, 1, 1), null, null);
    return new RequestFactory(delivery).request(EVENT);
  }
}
