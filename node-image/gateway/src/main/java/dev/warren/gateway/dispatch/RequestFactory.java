package dev.warren.gateway.dispatch;

import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.events.EventDocument;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/** Makes the request that delivers an event. */
final class RequestFactory {
  private static final byte[] NOTHING = {};
  private static final String CONTENT_TYPE = "Content-Type";
  private static final String CONTENT_ENCODING = "Content-Encoding";

  /** One that HTTP knows. Some clients put a charset into the property of the same name. */
  private static final String CODING = "(x-gzip|gzip|deflate|br|zstd|x-compress|compress|identity)";

  private static final Pattern CODINGS =
      Pattern.compile(CODING + "( *, *" + CODING + ")*", Pattern.CASE_INSENSITIVE);

  private final Method method;
  private final ContentMode contentMode;

  RequestFactory(HttpDelivery delivery) {
    this.method = delivery.method();
    this.contentMode = delivery.sentAs();
  }

  DeliveryRequest request(OutgoingEvent outgoing) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(outgoing.headers().all());
    outgoing
        .contentEncoding()
        .ifPresent(encoding -> headers.put(encodingHeader(encoding), HeaderText.value(encoding)));
    if (outgoing.document().isPresent()) {
      headers.put(CONTENT_TYPE, EventDocument.TYPE);
      return new DeliveryRequest(method.name(), headers, outgoing.document());
    }
    AtomicReference<byte[]> body = new AtomicReference<>(NOTHING);
    var writer =
        HttpMessageFactory.createWriter(
            (name, value) -> headers.put(name, headerText(name, value)),
            data -> body.set(data == null ? NOTHING : data));
    switch (contentMode) {
      case BINARY -> writer.writeBinary(sent(outgoing.event()));
      case STRUCTURED -> StructuredEvent.of(outgoing.event()).writeTo(writer);
    }
    return new DeliveryRequest(
        method.name(), headers, method == Method.GET ? Optional.empty() : Optional.of(body.get()));
  }

  private static String headerText(String name, String value) {
    if (name.startsWith("ce-")) {
      // As the HTTP binding of CloudEvents asks; the library does not do that.
      return HeaderText.attribute(value);
    }
    // The content type, in which a percent sign has no meaning.
    return HeaderText.isPlain(value) ? value : HeaderText.value(value);
  }

  private CloudEvent sent(CloudEvent event) {
    return method == Method.GET ? withoutData(event) : event;
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
