package dev.warren.operator.broker;

import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.net.URI;
import java.util.stream.Stream;

/** Where the operator reaches a queue node. */
public final class NodeAddress {

  private NodeAddress() {}

  /** A port of its Pod over HTTP; empty while the Pod has no address. */
  public static Stream<URI> http(QueueNode node, int port) {
    return node.pod().map(Pod::getStatus).map(PodStatus::getPodIP).stream()
        .map(ip -> ip.contains(":") ? "[" + ip + "]" : ip)
        .map(host -> URI.create("http://%s:%d".formatted(host, port)));
  }
}
