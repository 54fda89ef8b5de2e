package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;

/** Makes the request that delivers an event. */
final class RequestFactory {
  private final URI url;
  private final Method method;
  private final ContentMode contentMode;

  RequestFactory(HttpDelivery delivery) {
    this.url = delivery.url();
    this.method = delivery.method();
    // A request without a body can have the attributes only in its headers.
    this.contentMode = method == Method.GET ? ContentMode.BINARY : delivery.contentMode();
  }

  /**
   * @throws IllegalArgumentException when the event cannot be expressed as a request
   */
  HttpRequest request(CloudEvent event) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url);
    request.method(method.name(), BodyPublishers.noBody());
    CloudEvent sent = method == Method.GET ? withoutData(event) : event;
    var writer =
        HttpMessageFactory.createWriter(
            (name, value) ->
                request.setHeader(name, name.startsWith("ce-") ? encoded(value) : value),
            body -> {
              if (body != null) {
                request.method(method.name(), BodyPublishers.ofByteArray(body));
              }
            });
    switch (contentMode) {
      case BINARY -> writer.writeBinary(sent);
      case STRUCTURED -> StructuredEvent.of(sent).writeTo(writer);
    }
    return request.build();
  }

  private static CloudEvent withoutData(CloudEvent event) {
    return CloudEventBuilder.from(event).withoutData().withoutDataContentType().build();
  }

  /** Required by the HTTP binding of CloudEvents (3.1.3.2); the library does not do it. */
  private static String encoded(String value) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : value.getBytes(UTF_8)) {
      boolean plain = octet > ' ' && octet < 0x7f && octet != '"' && octet != '%';
      encoded.append(plain ? String.valueOf((char) octet) : "%%%02X".formatted(octet & 0xff));
    }
    return encoded.toString();
  }
}
