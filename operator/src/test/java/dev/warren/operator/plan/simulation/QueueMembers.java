package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The nodes of the broker, which of them run, and the members of queues on them. */
public final class QueueMembers {

  private final SortedMap<String, Boolean> nodes = new TreeMap<>();
  private final Map<String, Set<String>> plugins = new HashMap<>();
  private final Map<String, Set<String>> members = new TreeMap<>();
  private final Map<String, String> leaders = new TreeMap<>();
  private boolean leaderless;
  private int placed;
  private int balanced;

  /** The nodes that know each other, and whether they run. */
  SortedMap<String, Boolean> nodes() {
    return nodes;
  }

  Map<String, Set<String>> all() {
    return members;
  }

  Set<String> of(String queue) {
    return members.get(queue);
  }

  Map<String, Set<String>> plugins() {
    return plugins;
  }

  boolean isRunning(int n) {
    return nodes.getOrDefault(NAMES.brokerNode(n), false);
  }

  boolean hasMajority() {
    return hasMajority(nodes.keySet());
  }

  public boolean hasMajority(Set<String> some) {
    return hasMajorityWithout(some, Set.of());
  }

  public boolean hasMajorityWithout(Set<String> some, Set<String> lost) {
    long left = some.stream().filter(node -> nodes.get(node) && !lost.contains(node)).count();
    return 2 * left > some.size();
  }

  static Set<String> without(String node, Set<String> nodes) {
    Set<String> others = new LinkedHashSet<>(nodes);
    others.remove(node);
    return others;
  }

  // Members

  void declare(Queue queue) {
    boolean classic = queue.type().equals("classic");
    List<String> running = nodes.keySet().stream().filter(nodes::get).toList();
    members.put(
        queue.name(),
        running.stream()
            // On any node, as RabbitMQ does.
            .skip(classic ? ++placed % running.size() : 0)
            .limit(classic ? 1 : 3)
            .collect(toCollection(LinkedHashSet::new)));
  }

  void put(String queue, Set<String> onThese) {
    members.put(queue, new LinkedHashSet<>(onThese));
  }

  void add(String queue, String node) {
    assertThat(nodes).containsKey(node);
    if (hasMajority(members.get(queue)) && nodes.get(node)) {
      members.get(queue).add(node);
    }
  }

  /**
   * @return whether the queue can decide it, and had that member
   */
  boolean remove(String queue, String node) {
    if (!hasMajority(members.get(queue)) || !members.get(queue).contains(node)) {
      return false;
    }
    Set<String> others = without(node, members.get(queue));
    assertThat(others).as("the last member of %s", queue).isNotEmpty();
    assertThat(hasMajority(others)).as("%s is left with %s", queue, others).isTrue();
    members.put(queue, others);
    return true;
  }

  void delete(String queue) {
    members.remove(queue);
  }

  /** Somebody removes a member from a queue, if it has several and a majority. */
  public void shrinkByHand(String queue) {
    Set<String> all = members.getOrDefault(queue, Set.of());
    all.stream()
        .skip(1)
        .findFirst()
        .filter(node -> hasMajority(all) && hasMajority(without(node, all)))
        .ifPresent(all::remove);
  }

  // Leaders

  /** A leader stays until it is down. */
  private Optional<String> leader(String queue) {
    Set<String> all = members.get(queue);
    if (leaderless || !hasMajority(all)) {
      return Optional.empty();
    }
    String last = leaders.get(queue);
    String leader =
        all.contains(last) && nodes.get(last)
            ? last
            : all.stream().filter(nodes::get).findFirst().orElseThrow();
    leaders.put(queue, leader);
    return Optional.of(leader);
  }

  void balanceLeaders() {
    balanced++;
    int next = 0;
    for (String queue : members.keySet()) {
      List<String> online = members.get(queue).stream().filter(nodes::get).sorted().toList();
      if (!online.isEmpty()) {
        leaders.put(queue, online.get(next++ % online.size()));
      }
    }
  }

  /** How many times the leaders were balanced. */
  public int timesBalanced() {
    return balanced;
  }

  /** The node leads all queues of which it has a member. */
  public void leadAll(int n) {
    members.keySet().stream()
        .filter(queue -> members.get(queue).contains(NAMES.brokerNode(n)))
        .forEach(queue -> leaders.put(queue, NAMES.brokerNode(n)));
  }

  void loseLeaders() {
    leaderless = true;
  }

  // Plugins

  /** What a node has enabled. */
  public Set<String> plugins(int n) {
    return plugins.get(NAMES.brokerNode(n));
  }

  /** Somebody disables a plugin by hand. */
  public void disablePlugin(int n, String plugin) {
    Set<String> left = new HashSet<>(plugins(n));
    left.remove(plugin);
    plugins.put(NAMES.brokerNode(n), left);
  }

  /**
   * @param messages how many each queue has
   */
  Map<String, QueueState> observe(Map<String, Long> messages) {
    Map<String, QueueState> states = new TreeMap<>();
    members.forEach(
        (queue, all) ->
            states.put(
                queue,
                new QueueState(
                    queue,
                    leader(queue),
                    List.copyOf(all),
                    all.stream().filter(nodes::get).toList(),
                    messages.getOrDefault(queue, 0L),
                    0,
                    0)));
    return states;
  }
}
