package dev.warren.gateway.dispatch;

import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.regex.Pattern;

/** Makes the request that delivers an event. */
final class RequestFactory {
  private static final String CONTENT_ENCODING = "Content-Encoding";

  /** One that HTTP knows. Some clients put a charset into the property of the same name. */
  private static final String CODING = "(x-gzip|gzip|deflate|br|zstd|x-compress|compress|identity)";

  private static final Pattern CODINGS =
      Pattern.compile(CODING + "( *, *" + CODING + ")*", Pattern.CASE_INSENSITIVE);

  private final URI url;
  private final Method method;
  private final ContentMode contentMode;

  RequestFactory(HttpDelivery delivery) {
    this.url = delivery.url();
    this.method = delivery.method();
    this.contentMode = delivery.sentAs();
  }

  /**
   * @throws IllegalArgumentException when the event cannot be expressed as a request
   */
  HttpRequest request(OutgoingEvent outgoing) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url);
    request.method(method.name(), BodyPublishers.noBody());
    outgoing.headers().all().forEach(request::setHeader);
    outgoing
        .contentEncoding()
        .ifPresent(
            encoding -> request.setHeader(encodingHeader(encoding), HeaderText.value(encoding)));
    CloudEvent event = outgoing.event();
    CloudEvent sent = method == Method.GET ? withoutData(event) : event;
    var writer =
        HttpMessageFactory.createWriter(
            (name, value) ->
                request.setHeader(
                    name,
                    name.startsWith("ce-")
                        // As the HTTP binding of CloudEvents asks; the library does not do that.
                        ? HeaderText.attribute(value)
                        : HeaderText.value(value)),
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

  /** The name of HTTP where it is true: the body is the data, in an encoding that HTTP knows. */
  private String encodingHeader(String encoding) {
    boolean isOfTheBody = contentMode == ContentMode.BINARY && method != Method.GET;
    return isOfTheBody && CODINGS.matcher(encoding).matches()
        ? CONTENT_ENCODING
        : "Warren-" + CONTENT_ENCODING;
  }
}
