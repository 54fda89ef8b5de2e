package dev.warren.gateway.http;

import dev.warren.gateway.broker.Message;
import dev.warren.gateway.config.GatewayConfig;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Where a message goes.
 *
 * @param exchange empty for the default one, whose routing keys are queues
 * @param routingKey at most 255 bytes
 */
record Destination(String exchange, String routingKey) {

  private static final String QUEUES = "queues";
  private static final String EXCHANGES = "exchanges";

  /**
   * The destination that a path names: {@code /queues/QUEUE}, {@code
   * /exchanges/EXCHANGE/ROUTINGKEY}, or {@code /exchanges/EXCHANGE} for an empty routing key. Names
   * are percent-encoded, slashes in them too.
   *
   * @param path as it was sent, without a query
   * @throws HttpProblem 404 if the path has another form, 400 if a name in it is invalid
   */
  static Destination ofPath(String path) throws HttpProblem {
    String[] segments = path.split("/", -1);
    if (segments.length == 3 && segments[1].equals(QUEUES) && segments[0].isEmpty()) {
      return new Destination("", name(segments[2]));
    }
    if (segments.length >= 3
        && segments.length <= 4
        && segments[1].equals(EXCHANGES)
        && segments[0].isEmpty()) {
      String routingKey = segments.length == 4 ? decoded(segments[3]) : "";
      return new Destination(name(segments[2]), routingKey);
    }
    throw HttpProblem.notFound(
        "publish to /queues/{queue} or /exchanges/{exchange}/{routingKey}, with slashes in names as"
            + " %2F");
  }

  /**
   * Checks that the topology declares it, so that the broker is not asked for anything else.
   *
   * @throws HttpProblem 404
   */
  void mustBeDeclared(GatewayConfig config) throws HttpProblem {
    if (exchange.isEmpty()) {
      if (!config.queues().contains(routingKey)) {
        throw HttpProblem.notFound("the topology declares no queue '" + routingKey + "'");
      }
    } else if (!config.exchanges().contains(exchange)) {
      throw HttpProblem.notFound("the topology declares no exchange '" + exchange + "'");
    }
  }

  private static String name(String segment) throws HttpProblem {
    String name = decoded(segment);
    if (name.isEmpty()) {
      throw HttpProblem.badRequest("a name is empty");
    }
    return name;
  }

  /** In a path a plus is a plus; invalid UTF-8 is refused, not replaced. */
  private static String decoded(String segment) throws HttpProblem {
    byte[] raw = segment.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '%') {
        bytes.write(decodedByte(raw, i));
        i += 2;
      } else {
        bytes.write(raw[i]);
      }
    }
    if (bytes.size() > Message.LONGEST_SHORT_STRING) {
      throw HttpProblem.badRequest(
          "a name is longer than " + Message.LONGEST_SHORT_STRING + " bytes");
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw HttpProblem.badRequest("a name in the path is not UTF-8");
    }
  }

  private static int decodedByte(byte[] raw, int at) throws HttpProblem {
    int high = at + 1 < raw.length ? Character.digit(raw[at + 1], 16) : -1;
    int low = at + 2 < raw.length ? Character.digit(raw[at + 2], 16) : -1;
    if (high < 0 || low < 0) {
      throw HttpProblem.badRequest("a % in the path must be followed by two hexadecimal digits");
    }
    return high << 4 | low;
  }
}
