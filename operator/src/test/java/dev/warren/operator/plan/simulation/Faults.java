package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.operator.observation.KubernetesNode;

/** Faults of machines, Pods, volumes, nodes and the broker. */
public final class Faults {

  private final SimulatedApiServer api;
  private final Machines machines;
  private final QueueMembers members;
  private final SimulatedBroker broker;
  private final SimulatedNodes nodes;

  Faults(
      SimulatedApiServer api,
      Machines machines,
      QueueMembers members,
      SimulatedBroker broker,
      SimulatedNodes nodes) {
    this.api = api;
    this.machines = machines;
    this.members = members;
    this.broker = broker;
    this.nodes = nodes;
  }

  // Machines

  /** The machine and its Pods still run, but are unreachable. */
  public void silence(String machine) {
    machines.states().put(machine, KubernetesNode.State.SILENT);
    api.numbersOfPods().stream()
        .filter(n -> machine.equals(machines.of(n)))
        .forEach(
            n -> {
              members.nodes().replace(NAMES.brokerNode(n), false);
              PodStatus.writeNotReady(pod(n));
            });
  }

  public void bringBack(String machine) {
    machines.bringBack(machine);
  }

  /** The machine is removed from the cluster, and its volumes are lost. */
  public void destroy(String machine) {
    silence(machine);
    machines.states().put(machine, KubernetesNode.State.GONE);
    api.removePods(pod -> machine.equals(Machines.assigned(pod)));
    nodes.stopWithoutPod();
  }

  // Pods and volumes

  /** The kubelet ends a Pod without deleting it, as when the machine has no memory left. */
  public void evict(String pod) {
    PodStatus.writeEvicted(pod(number(pod)));
    nodes.stopWithoutPod();
  }

  /** A Pod that was deleted and has not ended yet. */
  public void terminate(String pod) {
    api.terminate(pod(number(pod)));
  }

  /** A claim stays as long as a Pod uses it. */
  public void deleteClaim(int n) {
    api.deleteClaim(n);
  }

  /** The data is gone and the node has crashed, but the claim is there. */
  public void emptyVolume(int n) {
    nodes.loseData(n);
    nodes.crash(n);
  }

  // Nodes

  /** The node has crashed, and its container waits for its restart. */
  public void crash(String pod) {
    nodes.crash(number(pod));
  }

  /** The node crashes at every start, until {@link #stopCrashing}. */
  public void crashAlways(String pod) {
    nodes.crashAlways(pod);
    crash(pod);
  }

  public void stopCrashing(String pod) {
    nodes.stopCrashing(pod);
  }

  /** A node that refused to start on its empty volume has started after all. */
  public void startAfterRefusal(String pod) {
    int n = number(pod);
    ObjectNode container = PodStatus.queueNode(pod(n));
    assertThat(container.path("lastState").isObject()).isTrue();
    nodes.restoreData(n);
    container.putObject("state").putObject("running");
  }

  /** The node's container runs, but does not serve clients. */
  public void hang(String pod) {
    int n = number(pod);
    PodStatus.write(pod(n), true, false);
    members.nodes().replace(NAMES.brokerNode(n), false);
  }

  /** Kubernetes reports a node as not ready that serves clients. */
  public void reportNotReady(String pod) {
    PodStatus.writeNotReady(pod(number(pod)));
  }

  /** The node has just started, and its plugins are unknown. */
  public void hidePlugins(int n) {
    members.plugins().remove(NAMES.brokerNode(n));
  }

  /** What a user does with rabbitmqctl. */
  public void forgetByHand(int n) {
    members.nodes().remove(NAMES.brokerNode(n));
    members.all().values().forEach(all -> all.remove(NAMES.brokerNode(n)));
  }

  // The broker

  /** No queue has a leader, although all nodes run. */
  public void loseLeaders() {
    members.loseLeaders();
  }

  /** A deletion of the queue is half done. */
  public void leaveHalfDeleted(String queue) {
    broker.leaveHalfDeleted(queue);
  }

  /** A move stops, as after the loss of its node, until it is restarted. */
  public void stopMove(String name) {
    broker.stopMove(name);
  }

  private ObjectNode pod(int n) {
    return api.pod(n).orElseThrow();
  }

  private static int number(String pod) {
    return NAMES.numberOfPod(pod).orElseThrow();
  }
}
