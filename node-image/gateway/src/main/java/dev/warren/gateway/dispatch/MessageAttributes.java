package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.events.EventDocument;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A message's properties and headers as extension attributes of its event, so that a document of
 * the event has them too. CloudEvents can express fewer than HTTP: names are letters in lower case
 * and digits, and texts have no control characters.
 */
final class MessageAttributes {

  private static final String NAME = "[a-z0-9]{1,20}";

  /** A header of such a name must not look like a property, or like what the event says. */
  private static final Set<String> RESERVED =
      Set.of(
          "specversion",
          "id",
          "source",
          "type",
          "datacontenttype",
          "datacontentencoding",
          "dataschema",
          "schemaurl",
          "subject",
          "time",
          "data",
          "correlationid",
          "contentencoding",
          "replyto",
          "userid",
          "appid",
          "expiration",
          "priority",
          "redelivered",
          "deliverycount");

  private final Map<String, Object> all = new TreeMap<>();

  private MessageAttributes(OutgoingEvent outgoing, QueuedMessage message) {
    BasicProperties properties = message.properties();
    message.headers().forEach(this::addHeader);
    outgoing.contentEncoding().ifPresent(encoding -> add("contentencoding", encoding));
    add("correlationid", properties.getCorrelationId());
    add("replyto", properties.getReplyTo());
    add("userid", properties.getUserId());
    add("appid", properties.getAppId());
    add("expiration", properties.getExpiration());
    add("priority", properties.getPriority());
    add("redelivered", message.redelivered());
    add("deliverycount", message.deliveryCount().orElse(null));
  }

  /** The same event with them. Attributes that it has already stay as they are. */
  static OutgoingEvent addedTo(OutgoingEvent outgoing, QueuedMessage message) {
    CloudEvent event = outgoing.event();
    CloudEventBuilder builder = CloudEventBuilder.from(event);
    Map<String, Object> added = new MessageAttributes(outgoing, message).all;
    added.keySet().removeIf(name -> event.getExtension(name) != null);
    added.forEach((name, value) -> with(builder, name, value));
    return new OutgoingEvent(
        builder.build(), Optional.empty(), outgoing.contentEncoding(), outgoing.headers());
  }

  /** The same event with them, for a message that is a document: it is made longer. */
  static OutgoingEvent addedTo(
      EventDocument document, OutgoingEvent outgoing, QueuedMessage message) {
    Map<String, Object> added = new MessageAttributes(outgoing, message).all;
    added.keySet().removeIf(document::has);
    return new OutgoingEvent(
        outgoing.event(),
        Optional.of(document.with(added)),
        outgoing.contentEncoding(),
        outgoing.headers());
  }

  private void addHeader(String name, Object value) {
    if (name.matches(NAME) && !RESERVED.contains(name)) {
      add(name, value);
    }
  }

  private void add(String name, Object value) {
    switch (value) {
      case Boolean flag -> all.put(name, flag);
      // The range of CloudEvents' own type of numbers; others are texts.
      case Number number when isInteger(number) -> all.put(name, number.intValue());
      case null, default ->
          HeaderValue.text(value)
              .filter(MessageAttributes::isExpressible)
              .ifPresent(text -> all.put(name, text));
    }
  }

  private static boolean isInteger(Number number) {
    return Optional.of(number.toString())
        .filter(text -> text.matches("-?\\d{1,18}"))
        .map(Long::parseLong)
        .filter(value -> value == value.intValue())
        .isPresent();
  }

  private static boolean isExpressible(String text) {
    return !text.isEmpty() && text.codePoints().noneMatch(Character::isISOControl);
  }

  private static void with(CloudEventBuilder event, String name, Object value) {
    switch (value) {
      case Boolean flag -> event.withExtension(name, flag);
      case Number number -> event.withExtension(name, number);
      default -> event.withExtension(name, value.toString());
    }
  }
}
