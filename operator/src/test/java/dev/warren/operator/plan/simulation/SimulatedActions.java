package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static dev.warren.operator.plan.simulation.QueueMembers.without;
import static dev.warren.operator.plan.simulation.SimulatedApiServer.metadata;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Grow;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.KubernetesAction.Replace;
import dev.warren.operator.action.KubernetesAction.Scale;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval.Kind;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Set;

/** Carries out single actions, and fails where one would do harm. */
final class SimulatedActions {

  private final SimulatedApiServer api;
  private final QueueMembers members;
  private final SimulatedBroker broker;
  private final SimulatedNodes nodes;
  private final SimulatedDns dns;
  private final Safeguards safeguards;

  SimulatedActions(
      SimulatedApiServer api,
      QueueMembers members,
      SimulatedBroker broker,
      SimulatedNodes nodes,
      SimulatedDns dns,
      Safeguards safeguards) {
    this.api = api;
    this.members = members;
    this.broker = broker;
    this.nodes = nodes;
    this.dns = dns;
    this.safeguards = safeguards;
  }

  /**
   * @return whether it was done; if not, the object has changed since it was observed
   */
  boolean apply(KubernetesAction action) {
    HasMetadata object = action.object();
    switch (action) {
      case Create ignored -> api.create(object);
      case Apply ignored -> api.serverSideApply(object);
      case Scale ignored -> api.serverSideApply(object);
      case Grow ignored -> api.serverSideApply(object);
      case Mark mark -> {
        if (!api.has(object)) {
          return false;
        }
        mark(mark);
      }
      case Replace ignored -> {
        if (object instanceof ConfigMap record) {
          safeguards.assertMayBeRecorded(Membership.of(record).orElseThrow());
        }
        api.replace(object);
      }
      case Delete ignored -> {
        if (!api.isUnchanged(object)) {
          return false;
        }
        delete(object);
      }
    }
    return true;
  }

  private void mark(Mark mark) {
    String name = mark.object().getMetadata().getName();
    String uid = mark.object().getMetadata().getUid();
    if (mark.labels().containsValue(Component.LOST_NODE.value())) {
      safeguards.assertMayLeaveService(NAMES.numberOfPod(name).orElseThrow());
      dns.leaveService(uid);
    } else if (mark.labels().containsKey(Labels.COMPONENT)) {
      dns.enterService(uid);
    }
    if (mark.labels().containsKey(Labels.RETIRED)) {
      safeguards.assertIsGone(NAMES.numberOfVolume(name).orElseThrow());
    }
    api.mark(mark);
  }

  private void delete(HasMetadata object) {
    String name = object.getMetadata().getName();
    switch (object) {
      case PersistentVolumeClaim ignored -> {
        int n = NAMES.numberOfVolume(name).orElseThrow();
        safeguards.assertIsGone(n);
        api.deleteClaim(n);
      }
      case Pod ignored -> deletePod(object, NAMES.numberOfPod(name).orElseThrow());
      default -> api.remove(object);
    }
  }

  private void deletePod(HasMetadata object, int n) {
    assertThat(safeguards.isLeaving(n) && members.isRunning(n))
        .as("node %s leaves, but not by the deletion of its Pod while it runs", n)
        .isFalse();
    ObjectNode pod = api.pod(n).orElseThrow();
    if (Machines.assigned(pod) == null) {
      api.remove(object);
    } else {
      api.terminate(pod);
    }
  }

  void apply(BrokerAction action) {
    if (action instanceof ForgetNode(String node)) {
      forget(node);
    } else if (members.hasMajority()) { // Else it fails, and the next pass reports it.
      if (action instanceof StopNode(String node)) {
        stop(node);
      } else {
        broker.apply(action);
      }
    }
  }

  private void stop(String node) {
    int n = NAMES.number(node).orElseThrow();
    safeguards.assertIsLeaving(n);
    if (!members.isRunning(n)) {
      return;
    }
    assertThat(metadata(api.pod(n).orElseThrow()).path("labels").path(Labels.IN_SERVICE).asText())
        .as("%s is stopped while clients are sent to it", node)
        .isEqualTo("false");
    assertThat(members.hasMajority(without(node, members.nodes().keySet())))
        .as("%s is stopped, and the others are too few: %s", node, members.nodes())
        .isTrue();
    broker.queues().values().stream()
        .filter(queue -> !queue.type().equals("classic"))
        .forEach(
            queue ->
                assertThat(members.of(queue.name()))
                    .as("members of %s when %s is stopped", queue.name(), node)
                    .doesNotContain(node));
    nodes.stop(n);
  }

  private void forget(String node) {
    int n = NAMES.number(node).orElseThrow();
    if (!members.nodes().containsKey(node)) {
      return; // It is refused.
    }
    safeguards.assertIsLeaving(n);
    assertThat(members.isRunning(n)).as("%s is forgotten while it runs", node).isFalse();
    if (!nodes.haveVotes() || without(node, members.nodes().keySet()).isEmpty()) {
      return;
    }
    boolean dataGone = safeguards.recordedRemoval().kind() == Kind.GIVEN_UP || !nodes.hasData(n);
    for (String queue : List.copyOf(broker.queues().keySet())) {
      if (members.of(queue).contains(node)) {
        forget(n, queue, dataGone);
      }
    }
    members.nodes().remove(node);
  }

  private void forget(int n, String queue, boolean dataGone) {
    String node = NAMES.brokerNode(n);
    Set<String> others = without(node, members.of(queue));
    boolean only = others.isEmpty();
    assertThat(only && !dataGone).as("the only member of %s is on %s", queue, node).isFalse();
    if (only) {
      broker.loseQueue(queue);
      return;
    }
    boolean left = nodes.isStopped(n) && members.hasMajority(others);
    assertThat(members.hasMajority(members.of(queue)) || left || dataGone)
        .as("%s has no majority, and its member on %s might bring it back", queue, node)
        .isTrue();
    members.put(queue, others);
  }
}
