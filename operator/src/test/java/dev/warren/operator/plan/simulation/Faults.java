package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.operator.observation.KubernetesNode;

/** What befalls machines, Pods, volumes, nodes and the broker. */
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

  /** It and its Pods run on, but nobody hears of them. */
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
    machines.states().put(machine, KubernetesNode.State.READY);
  }

  /** It is taken out of the cluster, and will not return; volumes on it are of no use any more. */
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

  /** What a user begins with kubectl delete. */
  public void terminate(String pod) {
    api.terminate(pod(number(pod)));
  }

  /** A claim stays as long as a Pod uses it. */
  public void deleteClaim(int n) {
    api.deleteClaim(n);
  }

  /** The data is gone, and the node's program with it, but not the claim. */
  public void emptyVolume(int n) {
    nodes.loseData(n);
    nodes.crash(n);
  }

  // Nodes

  /** A node whose program ends again and again, so that its container waits to be started. */
  public void crash(String pod) {
    nodes.crash(number(pod));
  }

  /** A node whose program ends again and again for a reason of its own, until told otherwise. */
  public void crashAlways(String pod) {
    nodes.crashAlways(pod);
    crash(pod);
  }

  public void crashNoMore(String pod) {
    nodes.crashNoMore(pod);
  }

  /** It was refused by its volume, and is not any more. */
  public void startsAfterRefusal(String pod) {
    int n = number(pod);
    ObjectNode container = PodStatus.queueNode(pod(n));
    assertThat(container.path("lastState").isObject()).isTrue();
    nodes.restoreData(n);
    container.putObject("state").putObject("running");
  }

  /** A node that runs, but not well enough to serve clients. */
  public void hang(String pod) {
    int n = number(pod);
    PodStatus.write(pod(n), true, false);
    members.nodes().replace(NAMES.brokerNode(n), false);
  }

  /** Kubernetes alone says of a node which serves clients that it does not. */
  public void takeForNotReady(String pod) {
    PodStatus.writeNotReady(pod(number(pod)));
  }

  /** It has just started, and tells nothing of them yet. */
  public void keepSilentAboutPlugins(int n) {
    members.plugins().remove(NAMES.brokerNode(n));
  }

  /** What a user does with rabbitmqctl. */
  public void forgetByHand(int n) {
    members.nodes().remove(NAMES.brokerNode(n));
    members.all().values().forEach(all -> all.remove(NAMES.brokerNode(n)));
  }

  // The broker

  /** No queue has a leader any more, although all nodes run. */
  public void loseLeaders() {
    members.loseLeaders();
  }

  /** RabbitMQ has dropped the deletion of a queue half-way. */
  public void deleteByHalf(String queue) {
    broker.deleteByHalf(queue);
  }

  /** A move stops, as by the loss of the node where it runs, until it is started again. */
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
