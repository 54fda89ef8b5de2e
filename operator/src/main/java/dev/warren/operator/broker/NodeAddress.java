package dev.warren.operator.broker;

import dev.warren.operator.observation.QueueNode;
import java.net.URI;
import java.util.stream.Stream;

/**
 * Where the operator reaches a queue node.
 *
 * @param pod the name of its Pod
 * @param url of one port, such as http://10.1.2.3:15672
 */
public record NodeAddress(String pod, URI url) {

  /** A port of its Pod over HTTP; empty while the Pod has no address. */
  public static Stream<NodeAddress> http(QueueNode node, int port) {
    return node.pod().stream()
        .flatMap(
            pod ->
                PodUrl.of(pod, port).map(url -> new NodeAddress(pod.getMetadata().getName(), url)));
  }
}
