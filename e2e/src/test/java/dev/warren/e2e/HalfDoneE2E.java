package dev.warren.e2e;

import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What RabbitMQ leaves half done and does not finish itself. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HalfDoneE2E {

  /** RabbitMQ's first step: a process that is not a member of the queue yet. */
  private static final String HALF_A_MEMBER =
      """
      {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"half">>)),
      {Name, _} = Leader = amqqueue:get_pid(Q),
      Uid = ra:new_uid(<<"half">>),
      ra:start_server(quorum_queues,
        #{cluster_name => Name, id => {Name, node()}, uid => Uid, friendly_name => "half",
          initial_members => [Leader], log_init_args => #{uid => Uid}, tick_timeout => 5000,
          machine => {module, rabbit_fifo,
            #{name => Name, queue_resource => amqqueue:get_name(Q)}}}).
      """;

  /** RabbitMQ's first step of a deletion: it forgets the queue itself last. */
  private static final String HALF_A_DELETION =
      """
      {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"whole">>)),
      {Name, _} = amqqueue:get_pid(Q),
      [ok = ra:force_delete_server(quorum_queues, {Name, Node}) ||
        Node <- rabbit_amqqueue:get_quorum_nodes(Q)].
      """;

  /**
   * Nodes that start at the same time take turns at the feature flags. Now and then RabbitMQ leaves
   * the turn with a node that is done, and no node can start any more.
   */
  private static final String KEEP_THE_TURN =
      "global:register_name({rabbit_ff_controller, global}, whereis(rabbit_ff_controller)).";

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-half-done");

  private static final Topology topology = namespace.topology("orders");

  @BeforeAll
  static void start() {
    topology.apply(spec(1)).awaitReady();
  }

  @Test
  @Order(1)
  void anUnfinishedMemberIsRemovedAndAdded() {
    Broker broker = topology.broker();
    broker.publish("half");
    broker.publish("whole");
    String leader = topology.get().getStatus().queues().getFirst().leader();
    topology.get().getStatus().nodes().members().stream()
        .map(NodeStatus::name)
        .filter(node -> !node.equals(leader))
        .forEach(
            node ->
                assertThat(namespace.run("exec", node, "--", "rabbitmqctl", "eval", HALF_A_MEMBER))
                    .contains("ok"));

    topology.apply(spec(3)).awaitReady();

    assertThat(topology.broker().onlineMembers())
        .containsEntry("half", 3)
        .containsEntry("whole", 3);
    assertThat(topology.broker().messages("half")).isOne();

    aDeletionIsFinishedAndTheQueueDeclaredAgain();
  }

  private static void aDeletionIsFinishedAndTheQueueDeclaredAgain() {
    Broker broker = topology.broker();
    await("its message is counted, so that it can be seen to be gone")
        .untilAsserted(() -> assertThat(broker.messages("whole")).isOne());
    namespace.run("exec", "orders-0", "--", "rabbitmqctl", "eval", HALF_A_DELETION);

    await("the queue is declared again, without what the deleted one had")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              assertThat(broker.onlineMembers()).containsEntry("whole", 3);
              assertThat(broker.messages("whole")).isZero();
            });

    topology.awaitReady();
    broker.publish("whole");
    await("the queue takes messages, and is counted some seconds later")
        .untilAsserted(() -> assertThat(broker.messages("whole")).isOne());
    assertThat(broker.messages("half")).isOne();
  }

  /** With three members, so that the queues stay available. */
  @Test
  @Order(2)
  void aNodeThatAnotherOneKeepsFromStartingStarts() {
    assertThat(namespace.run("exec", "orders-0", "--", "rabbitmqctl", "eval", KEEP_THE_TURN))
        .contains("yes");

    PodProcess.rabbit(namespace, "orders-1").kill();

    topology.awaitTrouble("NodesReady", "orders-1");
    topology.awaitReady();
  }

  private static String spec(int members) {
    return THREE_NODES
        + "queues: [{name: half, members: %1$d}, {name: whole, members: %1$d}]\n"
            .formatted(members);
  }
}
