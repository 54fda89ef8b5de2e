package dev.warren.gateway.dispatch;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.StructuredMessageWriter;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An event as a JSON document. The library copies data into it unchecked if the data has the
 * content type JSON or none. Here, data that is not JSON is encoded in Base64, so that the document
 * is always valid.
 */
final class StructuredEvent {
  private static final String UNKNOWN_TYPE = "application/octet-stream";
  private static final JsonFormat AS_IT_IS = new JsonFormat();
  private static final JsonFormat IN_BASE64 = new JsonFormat().withForceJsonDataToBase64();
  private static final JsonFactory JSON = new JsonFactory();

  private final CloudEvent event;
  private final JsonFormat format;

  private StructuredEvent(CloudEvent event, JsonFormat format) {
    this.event = event;
    this.format = format;
  }

  static StructuredEvent of(CloudEvent event) {
    CloudEventData data = event.getData();
    if (data == null) {
      return new StructuredEvent(event, AS_IT_IS);
    }
    if (event.getDataContentType() == null) {
      // Without a type it would have to be JSON.
      CloudEvent typed = CloudEventBuilder.from(event).withDataContentType(UNKNOWN_TYPE).build();
      return new StructuredEvent(typed, IN_BASE64);
    }
    return new StructuredEvent(event, isJson(data.toBytes()) ? AS_IT_IS : IN_BASE64);
  }

  void writeTo(StructuredMessageWriter<?> writer) {
    writer.setEvent(format, format.serialize(event));
  }

  /** Whether it is one JSON value in UTF-8. */
  private static boolean isJson(byte[] data) {
    // A parser of bytes would accept UTF-16 too, which is invalid in a UTF-8 document.
    try (JsonParser parser =
        JSON.createParser(
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString())) {
      boolean hasValue = parser.nextToken() != null;
      parser.skipChildren();
      return hasValue && parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
