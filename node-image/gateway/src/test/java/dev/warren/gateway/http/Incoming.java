package dev.warren.gateway.http;

import dev.warren.gateway.broker.Message;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What the gateway makes of requests, for tests that also need the way out. */
public final class Incoming {

  private Incoming() {}

  /** The messages of a request to a queue. */
  public static List<Message> messages(Map<String, String> headers, byte[] body) {
    MultiMap all = MultiMap.caseInsensitiveMultiMap();
    headers.forEach(all::add);
    try {
      return HttpMessages.of(new Destination("", "q"), all, Buffer.buffer(body), Instant.EPOCH);
    } catch (HttpProblem problem) {
      throw new AssertionError(problem.json().encode(), problem);
    }
  }
}
