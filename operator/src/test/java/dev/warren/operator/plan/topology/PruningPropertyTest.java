package dev.warren.operator.plan.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueDeletion;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.simulation.InMemoryCluster;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

/** Any edits, in any order, wherever the operator is killed. */
class PruningPropertyTest {

  private static final String THEIRS = "theirs";

  private final Map<String, QueueDeletion> lastOnDelete = new HashMap<>();

  /**
   * A change of the resource.
   *
   * @param killedAfter the operator is killed after so many actions, and started again
   * @param filled queues that get messages before
   */
  record Edit(MessageTopologySpec spec, int killedAfter, Set<String> filled) {}

  @BeforeTry
  void nothingWasDeclaredYet() {
    lastOnDelete.clear();
  }

  @Property(tries = 60)
  void theBrokerHasWhatIsDeclaredAndWhatIsNotOurs(
      @ForAll("edits") @Size(min = 1, max = 8) List<Edit> edits) {
    InMemoryCluster cluster = new InMemoryCluster();
    cluster.converge(edits.getFirst().spec());
    declareForeignObjects(cluster);
    for (Edit edit : edits) {
      Set<String> before = definitions(cluster).queues().keySet();
      edit.filled().stream()
          .filter(before::contains)
          .forEach(queue -> cluster.broker().setMessages(queue, 3));
      edit.spec().queues().forEach(queue -> lastOnDelete.put(queue.name(), queue.onDelete()));
      cluster.carryOut(cluster.plan(edit.spec()), edit.killedAfter());
      cluster.restartOperator();
      cluster.converge(edit.spec());

      assertThat(definitions(cluster).queues().keySet())
          .as("with messages, so not to be deleted")
          .containsAll(
              edit.filled().stream()
                  .filter(before::contains)
                  .filter(queue -> lastOnDelete.get(queue) != QueueDeletion.Delete)
                  .toList());
    }
    definitions(cluster).queues().keySet().forEach(queue -> cluster.broker().setMessages(queue, 0));
    MessageTopologySpec last = edits.getLast().spec();
    cluster.converge(last);

    assertExactly(definitions(cluster), last);
  }

  @Example
  void aConsumerIsRemovedBeforeItsQueue() {
    InMemoryCluster cluster = new InMemoryCluster();
    cluster.converge(
        Specs.of(
            1,
            "",
            """
            queues: [{name: work, type: quorum, onDelete: Delete}]
            consumers: [{name: worker, queue: work, replicas: 1, prefetch: 1, template: {spec: {containers: [{name: app, image: a}]}}}]
            """));
    MessageTopologySpec without = Specs.of(1);

    ReconcilePlan plan = cluster.plan(without);

    assertThat(plan.consumers())
        .extracting(KubernetesAction::describe)
        .containsExactly("delete Deployment orders-worker: the spec no longer has this consumer");
    assertThat(plan.broker()).isEmpty();
    assertThat(plan.retained()).extracting(Retained::name).containsExactly("work");
    cluster.converge(without);
    assertThat(definitions(cluster).queues()).isEmpty();
  }

  private static void declareForeignObjects(InMemoryCluster cluster) {
    cluster.broker().declareByHand(new Exchange(THEIRS, "topic", Map.of()));
    cluster.broker().declareByClient(THEIRS, "quorum", Map.of());
    cluster.broker().bindByHand(new Binding(THEIRS, THEIRS, "", Map.of()));
  }

  private void assertExactly(BrokerDefinitions actual, MessageTopologySpec spec) {
    BrokerDefinitions desired = DesiredDefinitions.of(spec);
    Set<String> queues = with(desired.queues().keySet(), THEIRS);
    lastOnDelete.forEach(
        (queue, onDelete) -> {
          if (onDelete == QueueDeletion.Retain) {
            queues.add(queue);
          }
        });
    assertThat(actual.queues().keySet()).isEqualTo(queues);
    assertThat(actual.exchanges().keySet()).isEqualTo(with(desired.exchanges().keySet(), THEIRS));
    assertThat(actual.bindings())
        .isEqualTo(with(desired.bindings(), new Binding(THEIRS, THEIRS, "", Map.of())));
    assertThat(actual.policies()).containsAllEntriesOf(desired.policies());
    assertThat(actual.policies().keySet())
        .allMatch(
            policy ->
                desired.policies().containsKey(policy)
                    || isOfRetained(policy, desired.queues().keySet()));
  }

  private boolean isOfRetained(String policy, Set<String> desired) {
    return lastOnDelete.entrySet().stream()
        .filter(queue -> queue.getValue() == QueueDeletion.Retain)
        .filter(queue -> !desired.contains(queue.getKey()))
        .anyMatch(queue -> policy.equals("warren." + queue.getKey()));
  }

  private static <T> Set<T> with(Set<T> set, T more) {
    Set<T> all = new HashSet<>(set);
    all.add(more);
    return all;
  }

  private static BrokerDefinitions definitions(InMemoryCluster cluster) {
    return cluster.observe().reachable().orElseThrow().definitions();
  }

  @Provide
  Arbitrary<List<Edit>> edits() {
    return Combinators.combine(
            specs(),
            Arbitraries.integers().between(0, 12),
            Arbitraries.of("a", "b", "c").set().ofMaxSize(3))
        .as(Edit::new)
        .list();
  }

  private static Arbitrary<MessageTopologySpec> specs() {
    Arbitrary<String> queue =
        Combinators.combine(
                Arbitraries.of("a", "b", "c"),
                Arbitraries.of(QueueDeletion.class),
                Arbitraries.of("", ", messageTTL: 1h", ", maxLength: 5"))
            .as("{name: %s, type: quorum, onDelete: %s%s}"::formatted);
    Arbitrary<List<String>> queues =
        queue.list().uniqueElements(text -> text.charAt(7)).ofMaxSize(3);
    Arbitrary<Set<String>> exchanges = Arbitraries.of("x", "y").set().ofMaxSize(2);
    Arbitrary<List<String>> keys =
        Arbitraries.of("", "k", "l").list().uniqueElements().ofMaxSize(2);
    return Combinators.combine(queues, exchanges, keys).as(PruningPropertyTest::spec);
  }

  /** Binds every exchange to every queue, by every key. */
  private static MessageTopologySpec spec(
      List<String> queues, Set<String> exchanges, List<String> keys) {
    List<String> bindings = new ArrayList<>();
    for (String exchange : exchanges) {
      for (String queue : queues) {
        for (String key : keys) {
          bindings.add(
              "{exchange: %s, queue: %s, routingKey: '%s'}"
                  .formatted(exchange, queue.charAt(7), key));
        }
      }
    }
    return Specs.of(
        1,
        "",
        "queues: %s%nexchanges: %s%nbindings: %s%n"
            .formatted(
                queues,
                exchanges.stream()
                    .map("{name: %s, type: topic}"::formatted)
                    .collect(Collectors.toList()),
                bindings));
  }
}
