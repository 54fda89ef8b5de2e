package dev.warren.operator.observation;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import dev.warren.operator.model.ResourceNames;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * On which machines the queue nodes are. Nodes whose Pods have no machine yet are left out.
 *
 * @param byMachine the nodes on each machine, in their order
 */
public record Spread(Map<String, List<QueueNode>> byMachine) {

  public static Spread of(Stream<QueueNode> nodes) {
    return new Spread(
        nodes
            .filter(node -> node.machine().isPresent())
            .collect(groupingBy(node -> node.machine().get(), TreeMap::new, toList())));
  }

  /** How many nodes are on a machine. */
  public int on(String machine) {
    return byMachine.getOrDefault(machine, List.of()).size();
  }

  /** The machines with several nodes: those with the most first, then by name. */
  public List<String> shared() {
    return byMachine.keySet().stream()
        .filter(machine -> on(machine) > 1)
        .sorted(
            Comparator.comparingInt((String machine) -> on(machine))
                .reversed()
                .thenComparing(machine -> machine))
        .toList();
  }

  /** Says which nodes share which machine, as a sentence; empty if none do. */
  public String describe(ResourceNames names) {
    return shared().stream()
        .map(machine -> "%s are on one machine, %s".formatted(on(machine, names), machine))
        .collect(joining("; "));
  }

  private String on(String machine, ResourceNames names) {
    List<String> nodes =
        byMachine.get(machine).stream().map(node -> names.node(node.number())).toList();
    int last = nodes.size() - 1;
    return String.join(", ", nodes.subList(0, last)) + " and " + nodes.get(last);
  }
}
