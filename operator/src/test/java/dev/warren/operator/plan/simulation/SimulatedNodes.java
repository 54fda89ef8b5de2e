package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static dev.warren.operator.plan.simulation.SimulatedApiServer.metadata;
import static dev.warren.operator.plan.simulation.SimulatedApiServer.nameOf;
import static dev.warren.operator.plan.simulation.SimulatedApiServer.uidOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.QueueNodePod;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** The kubelets, and the queue nodes that they start in Pods, each by its number. */
final class SimulatedNodes {

  private final SimulatedApiServer api;
  private final Machines machines;
  private final QueueMembers members;
  private final SimulatedBroker broker;

  /** Every node that has been a member. */
  private final Set<Integer> everJoined = new TreeSet<>();

  /** Those with data on their volumes. */
  private final Set<Integer> withData = new HashSet<>();

  /** Pods whose RabbitMQ was stopped while Erlang still runs; by UID. */
  private final Set<String> stopped = new HashSet<>();

  private final Set<String> crashLooping = new HashSet<>();
  private int startsPerStep = Integer.MAX_VALUE;

  SimulatedNodes(
      SimulatedApiServer api, Machines machines, QueueMembers members, SimulatedBroker broker) {
    this.api = api;
    this.machines = machines;
    this.members = members;
    this.broker = broker;
  }

  void startSlowly(int perStep) {
    startsPerStep = perStep;
  }

  /**
   * Pods that were deleted end, on machines that are ready.
   *
   * @return whether there was one
   */
  boolean endPods() {
    boolean ended =
        api.removePods(
            pod ->
                SimulatedApiServer.isTerminating(pod)
                    && (Machines.assigned(pod) == null
                        || machines.isReady(Machines.assigned(pod))));
    stopWithoutPod();
    return ended;
  }

  void stopWithoutPod() {
    members
        .nodes()
        .replaceAll(
            (node, runs) ->
                runs
                    && api.pod(NAMES.number(node).orElseThrow())
                        .filter(pod -> !PodStatus.hasEnded(pod))
                        .isPresent());
  }

  /**
   * Pods are scheduled and started, volumes are bound, and nodes form or join a cluster.
   *
   * @return whether any was started
   */
  boolean startPods() {
    boolean begun = false;
    int starts = 0;
    for (int n : api.numbersOfPods()) {
      ObjectNode pod = api.pod(n).orElseThrow();
      if (!isPlaced(n, pod)) {
        continue;
      }
      ((ObjectNode) api.volume(n).orElseThrow().get("spec")).put("volumeName", "pv-" + n);
      boolean isNew = !pod.has("status");
      begun |= isNew;
      if (isStopped(n) || crashLooping.contains(nameOf(pod))) {
        continue;
      }
      boolean mayStart = !members.isRunning(n) && !isNew && starts < startsPerStep;
      if (mayStart && isRefusedByItsVolume(n, pod)) {
        PodStatus.writeRefused(pod);
        continue;
      }
      if (mayStart && start(n, pod)) {
        starts++;
      }
      PodStatus.write(pod, true, members.isRunning(n));
    }
    return begun || starts > 0;
  }

  private boolean isPlaced(int n, ObjectNode pod) {
    return !PodStatus.hasEnded(pod)
        && api.volume(n).isPresent()
        && (Machines.assigned(pod) != null || machines.schedule(n))
        && machines.isReady(machines.of(n));
  }

  /** A node that has joined before does not start on an empty volume. */
  private boolean isRefusedByItsVolume(int n, ObjectNode pod) {
    if (withData.contains(n) || !everJoined.contains(n)) {
      return false;
    }
    assertThat(metadata(pod).path("annotations").path(Labels.JOINED).asText())
        .as("node %s would join again under its old name, but blank", n)
        .isEqualTo("true");
    return true;
  }

  /** A node with data continues; a blank one forms a cluster or joins that of its seed. */
  private boolean start(int n, ObjectNode pod) {
    String node = NAMES.brokerNode(n);
    if (withData.contains(n)) {
      // The others refuse a forgotten node.
      members.plugins().put(node, pluginsOfTheConfiguration());
      return members.nodes().replace(node, true) != null;
    }
    String seed = metadata(pod).path("annotations").path(QueueNodePod.SEED_ANNOTATION).asText();
    if (seed.equals(node)) {
      assertThat(members.nodes()).as("%s forms a second cluster", node).isEmpty();
      assertThat(everJoined).as("%s forms a second cluster", node).isEmpty();
      broker.createAdministrator();
    } else if (!members.nodes().getOrDefault(seed, false) || !members.hasMajority()) {
      return false;
    }
    withData.add(n);
    everJoined.add(n);
    members.nodes().put(node, true);
    members.plugins().put(node, pluginsOfTheConfiguration());
    return true;
  }

  private Set<String> pluginsOfTheConfiguration() {
    String file =
        api.find(ConfigMap.class, NAMES.configMap()).orElseThrow().getData().get("enabled_plugins");
    return Set.of(file.replaceAll("[\\[\\].\\s]", "").split(","));
  }

  boolean hasData(int n) {
    return withData.contains(n)
        && api.volume(n).filter(claim -> !SimulatedApiServer.isTerminating(claim)).isPresent();
  }

  void loseData(int n) {
    withData.remove(n);
  }

  void restoreData(int n) {
    withData.add(n);
  }

  /** RabbitMQ stops, and Erlang still runs. */
  void stop(int n) {
    ObjectNode pod = api.pod(n).orElseThrow();
    members.nodes().put(NAMES.brokerNode(n), false);
    stopped.add(uidOf(pod));
    PodStatus.writeNotReady(pod);
  }

  boolean isStopped(int n) {
    return api.pod(n).filter(pod -> stopped.contains(uidOf(pod))).isPresent()
        && machines.isReady(machines.of(n));
  }

  /** Whether the nodes have a majority; a node that was stopped for its removal still votes. */
  boolean haveVotes() {
    long votes =
        members.nodes().keySet().stream()
            .filter(
                node -> members.nodes().get(node) || isStopped(NAMES.number(node).orElseThrow()))
            .count();
    return 2 * votes > members.nodes().size();
  }

  /** The node has crashed, and its container waits for its restart. */
  void crash(int n) {
    ObjectNode pod = api.pod(n).orElseThrow();
    PodStatus.write(pod, false, false);
    stopped.remove(uidOf(pod));
    members.nodes().replace(NAMES.brokerNode(n), false);
  }

  void crashAlways(String pod) {
    crashLooping.add(pod);
  }

  void stopCrashing(String pod) {
    crashLooping.remove(pod);
  }
}
