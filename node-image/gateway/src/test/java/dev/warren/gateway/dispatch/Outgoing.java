package dev.warren.gateway.dispatch;

import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import java.net.URI;
import java.time.Instant;
import java.util.Map;

/**
 * What the dispatcher makes of messages, for tests that also need the way in.
 *
 * @param headers by name, in any case
 */
public record Outgoing(Map<String, String> headers, byte[] body) {

  /** The request with the attributes in headers. */
  public static Outgoing binary(BasicProperties properties, byte[] body) {
    return request(ContentMode.BINARY, properties, body);
  }

  /** The request with the attributes in a document. */
  public static Outgoing structured(BasicProperties properties, byte[] body) {
    return request(ContentMode.STRUCTURED, properties, body);
  }

  private static Outgoing request(ContentMode mode, BasicProperties properties, byte[] body) {
    HttpDelivery delivery =
        new HttpDelivery(
            "notify",
            URI.create("http://shop"),
            Method.POST,
            5_000,
            8,
            false,
            mode,
            Redirects.REFUSE,
            new Retry(1, 1, 1),
            null,
            null);
    OutgoingEvent event =
        new EventFactory(URI.create("/q"), mode)
            .event(new QueuedMessage("q", false, properties, body), Instant.EPOCH);
    DeliveryRequest request = new RequestFactory(delivery).request(event);
    return new Outgoing(request.headers(), request.body().orElseThrow());
  }
}
