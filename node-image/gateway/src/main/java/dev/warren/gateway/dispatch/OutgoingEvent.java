package dev.warren.gateway.dispatch;

import io.cloudevents.CloudEvent;
import java.util.Optional;

/**
 * What is sent for a message.
 *
 * @param contentEncoding of the event's data
 * @param headers what the request says of the message besides
 */
record OutgoingEvent(CloudEvent event, Optional<String> contentEncoding, MessageHeaders headers) {}
