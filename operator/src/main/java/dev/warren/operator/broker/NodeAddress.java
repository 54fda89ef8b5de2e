package dev.warren.operator.broker;

import dev.warren.operator.model.Ports;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Pod;
import java.net.URI;
import java.util.stream.Stream;

/**
 * Where the operator reaches the management API of a queue node.
 *
 * @param pod the name of its Pod
 * @param url such as https://10.1.2.3:15671
 * @param identity what the node must prove
 */
public record NodeAddress(String pod, URI url, NodeIdentity identity) {

  /**
   * That of a node; empty while its Pod has no address.
   *
   * @param authorities PEM: the CAs of the topology's nodes
   */
  static Stream<NodeAddress> of(QueueNode node, ResourceNames names, String authorities) {
    NodeIdentity identity =
        new NodeIdentity(
            names.namespace() + "/" + names.prefix(), names.host(node.number()), authorities);
    return node.pod().stream().flatMap(pod -> of(pod, identity));
  }

  private static Stream<NodeAddress> of(Pod pod, NodeIdentity identity) {
    return PodUrl.https(pod, Ports.MANAGEMENT_TLS)
        .map(url -> new NodeAddress(pod.getMetadata().getName(), url, identity));
  }
}
