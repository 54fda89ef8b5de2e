package dev.warren.e2e;

import static dev.warren.e2e.Topology.THREE_NODES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopologyStatus.NodeStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What RabbitMQ leaves half done after an interruption and does not finish itself. */
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

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-half-done");

  @Test
  void anUnfinishedMemberIsRemovedAndAdded() {
    Topology topology = namespace.topology("orders").apply(spec(1)).awaitReady();
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

    aDeletionIsFinishedAndTheQueueDeclaredAgain(topology);
  }

  private static void aDeletionIsFinishedAndTheQueueDeclaredAgain(Topology topology) {
    namespace.run("exec", "orders-0", "--", "rabbitmqctl", "eval", HALF_A_DELETION);
    Broker broker = topology.broker();

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

  private static String spec(int members) {
    return THREE_NODES
        + "queues: [{name: half, members: %1$d}, {name: whole, members: %1$d}]\n"
            .formatted(members);
  }
}
