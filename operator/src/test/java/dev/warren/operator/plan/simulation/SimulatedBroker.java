package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.AddStreamMember;
import dev.warren.operator.action.BrokerAction.BalanceLeaders;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.DisconnectClients;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.FreeFeatureFlags;
import dev.warren.operator.action.BrokerAction.KeepClientsOut;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.PutRecord;
import dev.warren.operator.action.BrokerAction.PutUser;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveExchange;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.RemovePolicy;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.action.BrokerAction.RestoreAccount;
import dev.warren.operator.action.BrokerAction.SetPlugins;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.plan.topology.MemberCount;
import dev.warren.operator.plan.topology.MigrationPlanner;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The objects and messages in the broker. */
public final class SimulatedBroker {

  private final QueueMembers members;
  private final Map<String, Exchange> exchanges = new TreeMap<>();
  private final Map<String, Queue> queues = new TreeMap<>();
  private final Set<Binding> bindings = new HashSet<>();
  private final Map<String, Policy> policies = new TreeMap<>();
  private final Map<String, User> users = new TreeMap<>();
  private final Map<String, Long> messages = new TreeMap<>();
  private final Map<String, Move> moves = new TreeMap<>();
  private final Set<String> stoppedMoves = new HashSet<>();
  private final Set<String> halfDeleted = new HashSet<>();
  private OwnershipRecord declared = OwnershipRecord.NOTHING;
  private boolean closed;
  private boolean refusesOperator;
  private MessageTopologySpec expected;

  SimulatedBroker(QueueMembers members) {
    this.members = members;
  }

  // What the operator does
  /** The spec of the current plan. */
  void expect(MessageTopologySpec spec) {
    expected = spec;
  }

  void apply(BrokerAction action) {
    switch (action) {
      case PutRecord(OwnershipRecord record) -> declared = record;
      case DeclareExchange(Exchange exchange) -> {
        assertThat(declared.exchanges()).as("recorded before").contains(exchange.name());
        exchanges.put(exchange.name(), exchange);
      }
      case DeclareQueue(Queue queue) -> {
        if (!isShelter(queue.name())) {
          assertThat(declared.queues()).as("recorded before").containsKey(queue.name());
        }
        declare(queue);
      }
      case PutPolicy(Policy policy) -> policies.put(policy.name(), policy);
      case PutUser(String name, String password) ->
          users.put(name, new User(name, hash(password), Set.of(), true));
      case Bind(Binding binding) -> bind(binding);
      case Unbind(Binding binding) -> {
        assertThat(declared.bindings()).as("ours").contains(binding);
        bindings.remove(binding);
      }
      case RemoveQueue(String queue, boolean onlyIfEmpty) -> removeQueue(queue, onlyIfEmpty);
      case RemovePolicy(String policy) -> policies.remove(policy);
      case RemoveExchange(String exchange) -> removeExchange(exchange);
      case AddMember(String queue, String node) -> addMember("quorum", queue, node);
      case AddStreamMember(String stream, String node) -> addMember("stream", stream, node);
      case RemoveMember(String queue, String node) -> removeMember("quorum", queue, node);
      case RemoveStreamMember(String stream, String node) -> removeMember("stream", stream, node);
      case BalanceLeaders() -> members.balanceLeaders();
      case StartMove(String name, Move move) -> moves.put(name, move);
      case EndMove(String name) -> {
        moves.remove(name);
        stoppedMoves.remove(name);
      }
      case FinishDeletions(Set<String> found) ->
          found.stream().filter(Set.copyOf(halfDeleted)::contains).forEach(this::deleteByHand);
      case RecreateQueue recreate -> recreate(recreate);
      case KeepClientsOut() -> closed = true;
      case DisconnectClients() -> throw new AssertionError("a part of another action");
      case LetClientsIn() -> closed = false;
      case SetPlugins(String node, Set<String> wanted) -> members.plugins().put(node, wanted);
      case FreeFeatureFlags free -> {}
      case RestoreAccount restore -> refusesOperator = false;
      case StopNode(String node) -> throw new AssertionError("is done to the node: " + node);
      case ForgetNode(String node) -> throw new AssertionError("is done to the node: " + node);
    }
  }

  private void declare(Queue queue) {
    queues.put(queue.name(), queue);
    members.declare(queue);
  }

  private void bind(Binding binding) {
    assertThat(exchanges).containsKey(binding.exchange());
    assertThat(queues).containsKey(binding.queue());
    assertThat(declared.bindings()).as("recorded before").contains(binding);
    bindings.add(binding);
  }

  private void removeExchange(String exchange) {
    assertThat(declared.exchanges()).as("ours").contains(exchange);
    if (bindings.stream().noneMatch(binding -> binding.exchange().equals(exchange))) {
      exchanges.remove(exchange);
    }
  }

  private void removeQueue(String queue, boolean onlyIfEmpty) {
    if (!isShelter(queue)) {
      assertThat(declared.queues()).as("ours").containsKey(queue);
    }
    if (onlyIfEmpty && messages(queue) > 0) {
      return;
    }
    halfDeleted.remove(queue);
    loseQueue(queue);
  }

  /** The queue is lost with its only member. */
  void loseQueue(String queue) {
    queues.remove(queue);
    messages.remove(queue);
    members.delete(queue);
    bindings.removeIf(binding -> binding.queue().equals(queue));
  }

  private static boolean isShelter(String queue) {
    return queue.startsWith(MigrationPlanner.SHELTER);
  }

  private void addMember(String type, String queue, String node) {
    assertThat(queues.get(queue).type()).isEqualTo(type);
    members.add(queue, node);
  }

  private void removeMember(String type, String queue, String node) {
    assertThat(queues.get(queue).type()).isEqualTo(type);
    if (members.remove(queue, node)) {
      expected.queues().stream()
          .filter(spec -> spec.name().equals(queue))
          .forEach(
              spec ->
                  assertThat(members.of(queue))
                      .as("members of %s after one was removed", queue)
                      .hasSizeGreaterThanOrEqualTo(
                          MemberCount.members(spec, expected.nodes().replicas())));
    }
  }

  private void recreate(RecreateQueue recreate) {
    String queue = recreate.queue().name();
    assertThat(halfDeleted.contains(queue) || isMoving(recreate.emptying().name()))
        .as("clients are kept out for %s, of which nothing moves", queue)
        .isTrue();
    closed = true;
    moveMessages();
    assertThat(messages(queue)).as("messages that nothing moved").isZero();
    moves.remove(recreate.emptying().name());
    removeQueue(queue, false);
    recreate.policy().ifPresent(policy -> policies.put(policy.name(), policy));
    declare(recreate.queue());
    bindings.addAll(recreate.bindings());
    closed = false;
  }

  /** Running moves move all messages from one queue to the other. */
  boolean moveMessages() {
    boolean any = false;
    for (String name : moves.keySet().stream().filter(this::isMoving).toList()) {
      Move move = moves.get(name);
      long moved = messages(move.from());
      if (moved > 0 && queues.containsKey(move.to())) {
        messages.put(move.from(), 0L);
        messages.merge(move.to(), moved, Long::sum);
        any = true;
      }
    }
    return any;
  }

  private boolean isMoving(String move) {
    return moves.containsKey(move) && !stoppedMoves.contains(move);
  }

  private static String hash(String password) {
    try {
      byte[] salt = {1, 2, 3, 4};
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(salt);
      byte[] digest = sha256.digest(password.getBytes(StandardCharsets.UTF_8));
      byte[] both = new byte[salt.length + digest.length];
      System.arraycopy(salt, 0, both, 0, salt.length);
      System.arraycopy(digest, 0, both, salt.length, digest.length);
      return Base64.getEncoder().encodeToString(both);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  // What the operator observes

  BrokerObservation observe() {
    if (!members.nodes().containsValue(true)) {
      return new Unreachable("no node answers");
    }
    if (refusesOperator) {
      return new Unreachable("the operator's credentials are not accepted", true);
    }
    Map<String, Node> nodes = new TreeMap<>();
    members
        .nodes()
        .forEach(
            (name, runs) ->
                nodes.put(
                    name,
                    new Node(
                        name,
                        runs,
                        List.of(),
                        Optional.ofNullable(members.plugins().get(name)).filter(known -> runs))));
    return new Reachable(
        new BrokerDefinitions(
            new HashMap<>(exchanges),
            new HashMap<>(queues),
            new HashSet<>(bindings),
            new HashMap<>(policies),
            new HashMap<>(users)),
        nodes,
        members.observe(messages),
        declared,
        Map.copyOf(moves),
        moves.keySet().stream().filter(this::isMoving).collect(toSet()),
        closed,
        Set.copyOf(halfDeleted));
  }

  public Map<String, Queue> queues() {
    return queues;
  }

  /** How many messages a queue has. */
  public long messages(String queue) {
    return messages.getOrDefault(queue, 0L);
  }

  /** Whether clients are kept out. */
  public boolean isClosed() {
    return closed;
  }

  // What clients do, and what somebody does by hand

  /** The first node creates this user. */
  void createAdministrator() {
    users.put("warren-admin", new User("warren-admin", "", Set.of("administrator"), true));
  }

  /** Clients have published or consumed: the queue has this many messages. */
  public void setMessages(String queue, long ready) {
    messages.put(queue, ready);
  }

  /** A client declares a queue with other arguments. */
  public void declareByClient(String queue, String type, Map<String, Object> arguments) {
    declare(new Queue(queue, type, arguments));
  }

  /** A client declares a queue with other arguments. */
  public void declareAsClassic(String queue) {
    declareByClient(queue, "classic", Map.of());
  }

  public void declareClassicOn(String queue, int n) {
    declareAsClassic(queue);
    members.put(queue, Set.of(NAMES.brokerNode(n)));
  }

  public void declareByHand(Exchange exchange) {
    exchanges.put(exchange.name(), exchange);
  }

  public void bindByHand(Binding binding) {
    bindings.add(binding);
  }

  /** Also by an operator that is killed half-way. */
  public void deleteByHand(String queue) {
    removeQueue(queue, false);
  }

  /** An operator has ended while clients were kept out. */
  public void keepClientsOut() {
    closed = true;
  }

  /** Definitions are imported that lack the operator's account. */
  public void loseAccountOfOperator() {
    refusesOperator = true;
  }

  // What goes wrong

  void stopMove(String name) {
    stoppedMoves.add(name);
  }

  void leaveHalfDeleted(String queue) {
    messages.put(queue, 0L);
    halfDeleted.add(queue);
  }
}
