package dev.warren.operator.plan.simulation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.observation.QueueNode;
import java.util.List;
import java.util.Optional;

/** The status of a node's Pod, as a kubelet writes it. */
final class PodStatus {

  /** A gateway of this image never becomes ready. */
  static final String BROKEN_IMAGE = "broken-image";

  private PodStatus() {}

  static void write(ObjectNode pod, boolean started, boolean ready) {
    Optional<String> gateway =
        pod.at("/spec/containers")
            .valueStream()
            .filter(container -> container.path("name").asText().equals(QueueNodePod.GATEWAY))
            .findFirst()
            .map(container -> container.path("image").asText());
    boolean gatewayWorks = gateway.filter(BROKEN_IMAGE::equals).isEmpty();
    ObjectNode status = pod.putObject("status");
    status.put("phase", started && gatewayWorks ? "Running" : "Pending");
    ArrayNode conditions = status.putArray("conditions");
    for (String type : List.of("Ready", "ContainersReady")) {
      conditions
          .addObject()
          .put("type", type)
          .put("status", ready && gatewayWorks ? "True" : "False");
    }
    ArrayNode containers = status.putArray("containerStatuses");
    addContainer(containers, QueueNodePod.CONTAINER, started, ready);
    if (gateway.isPresent()) {
      addContainer(
          containers, QueueNodePod.GATEWAY, started && gatewayWorks, ready && gatewayWorks);
    }
  }

  private static void addContainer(
      ArrayNode containers, String name, boolean started, boolean ready) {
    ObjectNode container = containers.addObject();
    container.put("name", name).put("ready", ready);
    container.putObject("state").putObject(started ? "running" : "waiting");
  }

  /** The node refused to start because its volume is empty. */
  static void writeRefused(ObjectNode pod) {
    write(pod, false, false);
    queueNode(pod)
        .putObject("lastState")
        .putObject("terminated")
        .put("exitCode", QueueNode.VOLUME_EMPTY);
  }

  /** What Kubernetes changes when a machine falls silent. */
  static void writeNotReady(ObjectNode pod) {
    if (pod.at("/status/conditions/0") instanceof ObjectNode ready) {
      ready.put("status", "False");
    }
  }

  /** The kubelet has ended the Pod without deleting it. */
  static void writeEvicted(ObjectNode pod) {
    pod.putObject("status").put("phase", "Failed").put("reason", "Evicted");
  }

  static boolean hasEnded(ObjectNode pod) {
    return pod.path("status").path("phase").asText().equals("Failed");
  }

  static ObjectNode queueNode(ObjectNode pod) {
    return (ObjectNode) pod.at("/status/containerStatuses/0");
  }
}
