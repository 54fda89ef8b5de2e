package dev.warren.gateway.dispatch;

import io.cloudevents.CloudEvent;
import java.util.Optional;

/**
 * What is sent for a message.
 *
 * @param document the event as a document, if the message is one and is sent as one: with all that
 *     is in it, as it was written
 * @param contentEncoding of the event's data
 * @param headers what the request says of the message besides
 */
record OutgoingEvent(
    CloudEvent event,
    Optional<byte[]> document,
    Optional<String> contentEncoding,
    MessageHeaders headers) {}
