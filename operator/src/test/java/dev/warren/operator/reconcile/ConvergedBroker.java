package dev.warren.operator.reconcile;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A broker with the nodes and queues of a topology. A pass must not ask for more. */
final class ConvergedBroker implements BrokerClient {

  private final Map<String, Node> nodes;
  private final Map<String, QueueState> queues;
  private final BrokerDefinitions definitions;

  ConvergedBroker(MessageTopology topology) {
    MessageTopologySpec spec = topology.getSpec();
    ResourceNames names = ResourceNames.of(topology.getMetadata().getNamespace(), "orders");
    nodes =
        IntStream.range(0, spec.nodes().replicas())
            .mapToObj(names::brokerNode)
            .collect(
                Collectors.toMap(
                    name -> name, name -> new Node(name, true, List.of(), Optional.empty())));
    definitions = DesiredDefinitions.of(spec);
    queues =
        spec.queues().stream()
            .map(
                queue ->
                    new QueueState(
                        queue.name(),
                        Optional.of(names.brokerNode(0)),
                        List.copyOf(nodes.keySet()),
                        List.copyOf(nodes.keySet()),
                        1234,
                        0,
                        0))
            .collect(Collectors.toMap(QueueState::name, queue -> queue));
  }

  @Override
  public BrokerObservation observe() {
    return new BrokerObservation.Reachable(
        definitions,
        new TreeMap<>(nodes),
        queues,
        OwnershipRecord.NOTHING,
        Map.of(),
        Set.of(),
        false,
        Set.of());
  }

  @Override
  public void apply(BrokerAction action) {
    throw new AssertionError("no test changes the broker: " + action);
  }

  @Override
  public QueueLoad load(Set<String> queues) {
    throw new AssertionError("no pass asks for the load");
  }

  @Override
  public Map<String, ConsumerCount> consumers(Set<String> queues) {
    throw new AssertionError("no Pod is ready");
  }

  @Override
  public Map<String, ClientWork> workByAddress() {
    throw new AssertionError("no consumer has more Pods than it needs");
  }

  @Override
  public boolean canResolve(int node) {
    throw new AssertionError("no node is lost");
  }
}
