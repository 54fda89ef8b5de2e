package dev.warren.operator.plan.topology;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.ImmutableChanges;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.Problem;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerObservation.Messages;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Plans how a queue is recreated with another type or other arguments. Its messages wait in a
 * second queue, the shelter, whose name contains the queue's name. So each pass finds where the
 * previous one stopped, whatever ended it.
 *
 * <ol>
 *   <li>The shelter is declared, and the messages move into it.
 *   <li>When few are left, the queue is recreated, in one action in which no client can publish.
 *   <li>The messages move back, and the empty shelter is deleted.
 * </ol>
 */
public final class MigrationPlanner {

  /** The prefix of a shelter's name. No other queue has it. */
  public static final String SHELTER = "warren.shelter.";

  /** This many messages move within seconds while clients are locked out. */
  private static final long FEW = 10_000;

  private final Map<String, QueueSpec> specs;
  private final BrokerDefinitions desired;
  private final Reachable broker;
  private final Set<String> stalledMoves;
  private final List<BrokerAction> actions = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Retained> retained = new ArrayList<>();

  /**
   * @param migrating queues that differ from the spec and are about to be recreated
   * @param actions in their order, after all other declarations
   */
  public record MigrationPlan(
      Set<String> migrating,
      List<BrokerAction> actions,
      List<Problem> problems,
      List<Retained> retained) {}

  private MigrationPlanner(
      List<QueueSpec> specs,
      BrokerDefinitions desired,
      Reachable broker,
      Set<String> stalledMoves) {
    this.specs = specs.stream().collect(Collectors.toMap(QueueSpec::name, spec -> spec));
    this.desired = desired;
    this.broker = broker;
    this.stalledMoves = stalledMoves;
  }

  /**
   * The plan.
   *
   * @param stalledMoves the names of moves that must be restarted
   */
  public static MigrationPlan plan(
      List<QueueSpec> specs,
      BrokerDefinitions desired,
      Reachable broker,
      Set<String> stalledMoves) {
    return new MigrationPlanner(specs, desired, broker, stalledMoves).plan();
  }

  private MigrationPlan plan() {
    Set<String> migrating =
        desired.queues().values().stream()
            .filter(this::mustBeRecreated)
            .map(Queue::name)
            .collect(Collectors.toSet());
    Set<String> sheltered = sheltered(broker);
    Stream.concat(migrating.stream(), sheltered.stream())
        .distinct()
        .sorted()
        .forEach(
            queue -> {
              if (migrating.contains(queue)) {
                recreate(desired.queues().get(queue));
              } else if (desired.queues().containsKey(queue)) {
                bringBack(queue);
              } else {
                giveUp(queue);
              }
            });
    return new MigrationPlan(migrating, List.copyOf(actions), problems, retained);
  }

  private boolean mustBeRecreated(Queue wanted) {
    Queue actual = broker.definitions().queues().get(wanted.name());
    return actual != null
        && !actual.equals(wanted)
        && !actual.type().equals("stream")
        && !wanted.type().equals("stream")
        && specs.get(wanted.name()).immutableChanges() == ImmutableChanges.Migrate;
  }

  /** The queues that have a shelter. */
  static Set<String> sheltered(Reachable broker) {
    return broker.definitions().queues().keySet().stream()
        .filter(name -> name.startsWith(SHELTER))
        .map(name -> name.substring(SHELTER.length()))
        .collect(Collectors.toSet());
  }

  private void recreate(Queue queue) {
    String shelter = SHELTER + queue.name();
    StartMove out = new StartMove(shelter, new Move(queue.name(), shelter));
    problems.add(
        new Problem(
            Reason.MIGRATING,
            "queue '%s' is being recreated as a %s queue: %s"
                .formatted(queue.name(), queue.type(), progress(queue.name()))));
    if (!broker.definitions().queues().containsKey(shelter)) {
      actions.add(new DeclareQueue(new Queue(shelter, "quorum", Map.of())));
    }
    if (broker.halfDeleted().contains(queue.name())) {
      // If clients are locked out, ReopeningPlanner finishes the deletion before it lets them
      // connect.
      if (!broker.closed()) {
        actions.add(recreation(queue, out));
      }
    } else if (!isAsPlanned(out)) {
      actions.add(out);
    } else if (stalledMoves.contains(shelter)) {
      restart(out);
    } else if (mayBeginWithClientsKeptOut(queue.name())) {
      actions.add(recreation(queue, out));
    }
  }

  private String progress(String queue) {
    if (broker.halfDeleted().contains(queue)) {
      return "its deletion is half done and is being finished";
    }
    return isLed(queue) ? remaining(queue) + " to be moved out" : "it waits for a leader";
  }

  private String remaining(String queue) {
    return messages(queue)
        .map(left -> left + " messages remain")
        .orElse("an unknown number of messages remains");
  }

  private RecreateQueue recreation(Queue queue, StartMove emptying) {
    String policy = DesiredDefinitions.policyName(queue.name());
    return new RecreateQueue(
        queue,
        Optional.ofNullable(desired.policies().get(policy)),
        bindings(queue.name()),
        emptying);
  }

  private boolean isAsPlanned(StartMove move) {
    return move.move().equals(broker.moves().get(move.name()));
  }

  private void restart(StartMove move) {
    actions.add(new EndMove(move.name()));
    actions.add(move);
  }

  /**
   * The queue's desired bindings, and those of others, but not what the resource no longer
   * declares.
   */
  private Set<Binding> bindings(String queue) {
    Set<Binding> declaredOnce = broker.declared().bindings();
    return Stream.concat(
            desired.bindings().stream(),
            broker.definitions().bindings().stream()
                .filter(binding -> !declaredOnce.contains(binding)))
        .filter(binding -> binding.queue().equals(queue))
        .collect(Collectors.toSet());
  }

  /**
   * Clients may be locked out only while a move runs and has moved something, because no move can
   * start after that. Without a leader, the queue's messages cannot move, and clients would be
   * locked out in vain.
   */
  private boolean mayBeginWithClientsKeptOut(String queue) {
    Optional<Long> left = messages(queue);
    boolean moves =
        left.filter(number -> number == 0).isPresent()
            || messages(SHELTER + queue).filter(number -> number > 0).isPresent();
    boolean areFew = left.filter(number -> number <= FEW).isPresent();
    return isLed(queue)
        && broker.runningMoves().contains(SHELTER + queue)
        && ((areFew && moves) || isReservedForOneConsumer(queue));
  }

  private boolean isLed(String queue) {
    QueueState state = broker.queues().get(queue);
    return state != null && state.leader().isPresent();
  }

  /** While its only consumer is connected, no message moves out of it. */
  private boolean isReservedForOneConsumer(String queue) {
    return Boolean.TRUE.equals(
        broker.definitions().queues().get(queue).arguments().get("x-single-active-consumer"));
  }

  private void bringBack(String queue) {
    String shelter = SHELTER + queue;
    StartMove back = new StartMove(shelter, new Move(shelter, queue));
    if (!broker.definitions().queues().containsKey(queue)) {
      // It is declared in this pass.
      return;
    }
    problems.add(
        new Problem(
            Reason.MIGRATING,
            "queue '%s' is getting its messages back: %s"
                .formatted(
                    queue,
                    isLed(shelter)
                        ? remaining(shelter) + " to be moved"
                        : "its shelter '%s' has no leader".formatted(shelter))));
    if (broker.seemsEmpty(shelter)) {
      if (broker.moves().containsKey(shelter)) {
        actions.add(new EndMove(shelter));
      }
      actions.add(new RemoveQueue(shelter, true));
    } else if (isLed(shelter) && !isAsPlanned(back)) {
      actions.add(back);
    } else if (stalledMoves.contains(shelter)) {
      restart(back);
    }
  }

  /** The resource no longer declares the queue. Its messages are kept in the shelter. */
  private void giveUp(String queue) {
    String shelter = SHELTER + queue;
    if (broker.moves().containsKey(shelter)) {
      actions.add(new EndMove(shelter));
    }
    if (broker.seemsEmpty(shelter)) {
      actions.add(new RemoveQueue(shelter, true));
    } else {
      retained.add(
          new Retained(
              Retained.QUEUE,
              shelter,
              "It may have messages of queue '%s', which was removed from the resource while it was being recreated"
                  .formatted(queue)));
    }
  }

  /** Empty if unknown. */
  private Optional<Long> messages(String queue) {
    return Optional.ofNullable(broker.queues().get(queue))
        .flatMap(QueueState::messages)
        .map(Messages::all);
  }
}
