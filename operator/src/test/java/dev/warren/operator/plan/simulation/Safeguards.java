package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.QueueDeletion;
import dev.warren.operator.action.BrokerAction.RemoveExchange;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.Optional;

/** What no plan may do. */
final class Safeguards {

  private final SimulatedApiServer api;
  private final QueueMembers members;

  Safeguards(SimulatedApiServer api, QueueMembers members) {
    this.api = api;
    this.members = members;
  }

  Optional<Membership> recorded() {
    return api.find(ConfigMap.class, NAMES.membership()).flatMap(Membership::of);
  }

  NodeRemoval recordedRemoval() {
    return recorded().flatMap(Membership::removing).orElseThrow();
  }

  boolean isLeaving(int n) {
    return recorded().flatMap(Membership::removing).filter(d -> d.node() == n).isPresent();
  }

  void assertIsLeaving(int n) {
    assertThat(recordedRemoval().node()).as("the node whose removal is recorded").isEqualTo(n);
  }

  void assertMayLeaveService(int n) {
    assertThat(recorded().flatMap(Membership::removal).map(NodeRemoval::node))
        .as("only a node that leaves is taken out of the Services")
        .contains(n);
  }

  /** Nothing of a node may be deleted while it is, or might be, a member. */
  void assertIsGone(int n) {
    assertThat(members.nodes()).as("the others know %s", n).doesNotContainKey(NAMES.brokerNode(n));
    assertThat(recorded().flatMap(Membership::removal).filter(d -> !d.isUnderway()))
        .as("the removal of %s is recorded", n)
        .map(NodeRemoval::node)
        .contains(n);
  }

  /** No removal begins while another is underway. */
  void assertMayBeRecorded(Membership after) {
    Optional<NodeRemoval> underway = recorded().flatMap(Membership::removing);
    if (underway.isEmpty()) {
      return;
    }
    int n = underway.get().node();
    if (after.removal().filter(removal -> removal.node() == n).isEmpty()) {
      assertThat(members.isRunning(n))
          .as("two removals at once, unless that of %s, which runs, is put off", n)
          .isTrue();
    }
  }

  static void assertMayBeDoneBlindly(KubernetesAction action) {
    boolean destructive =
        switch (action) {
          case Delete delete -> delete.object() instanceof PersistentVolumeClaim;
          case Mark mark ->
              mark.labels().containsKey(Labels.RETIRED)
                  || mark.labels().containsValue(Component.LOST_NODE.value())
                  || "false".equals(mark.labels().get(Labels.IN_SERVICE));
          default -> false;
        };
    assertThat(destructive).as("done blindly: %s", action).isFalse();
  }

  static void assertMayBeDoneBlindly(BrokerAction action) {
    boolean destructive =
        action instanceof QueueDeletion
            || action instanceof RemoveExchange
            || action instanceof Unbind
            || action instanceof StopNode
            || action instanceof ForgetNode
            || action instanceof RemoveMember
            || action instanceof RemoveStreamMember;
    assertThat(destructive).as("done blindly: %s", action).isFalse();
  }
}
