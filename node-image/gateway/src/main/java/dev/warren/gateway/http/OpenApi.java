package dev.warren.gateway.http;

import dev.warren.gateway.config.PublishEndpoint;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The description of requests to publish (OpenAPI). */
final class OpenApi {

  private static final Buffer WITHOUT_LIMITS = read("openapi.json");

  private OpenApi() {}

  /** The description with the limits of an endpoint. */
  static Buffer of(PublishEndpoint endpoint) {
    return new JsonObject(WITHOUT_LIMITS)
        .put(
            "x-warren-limits",
            new JsonObject()
                .put("firstLineBytes", RequestLimits.LONGEST_FIRST_LINE)
                .put("headerBytes", RequestLimits.MOST_HEADER_BYTES)
                .put("headSeconds", ConnectionIntake.HEAD_TIME.toSeconds())
                .put("bodyBytes", endpoint.maxMessageBytes())
                .put("jsonEventBytes", CloudEventMessages.LONGEST_JSON)
                .put("bodySeconds", PublishRequest.BODY_TIME.toSeconds())
                .put("messagesAtATime", endpoint.maxInFlight()))
        .toBuffer();
  }

  private static Buffer read(String resource) {
    try (InputStream content = OpenApi.class.getResourceAsStream(resource)) {
      return Buffer.buffer(content.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
