package dev.warren.operator.observe;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Declarations of queues that RabbitMQ refused, in the text of a node's log. */
final class DeclarationErrors {

  /**
   * RabbitMQ's words for a client that declares an existing queue in another way. The names are
   * those of RabbitMQ's own properties and arguments.
   */
  private static final Pattern REFUSED =
      Pattern.compile(
          "operation queue\\.declare caused a channel exception precondition_failed: "
              + "inequivalent arg '([a-z_-]{1,60})' for queue '(.{1,255}?)' in vhost '/'");

  private DeclarationErrors() {}

  /**
   * The property or argument that differed last, by the name of the queue.
   *
   * @param queues those that are of interest
   */
  static Map<String, String> in(String log, Set<String> queues) {
    Map<String, String> found = new HashMap<>();
    Matcher refusal = REFUSED.matcher(log);
    while (refusal.find()) {
      if (queues.contains(refusal.group(2))) {
        found.put(refusal.group(2), refusal.group(1));
      }
    }
    return found;
  }
}
