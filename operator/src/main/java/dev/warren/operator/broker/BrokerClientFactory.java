package dev.warren.operator.broker;

import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds the broker nodes that may answer for a topology. Nodes that serve clients come first. */
public final class BrokerClientFactory {

  private final NodeHttp http;
  private final NodeShell shell;
  private final Clock clock;

  /** The address of a topology's broker, and the Secrets to connect with. */
  public record BrokerAddress(
      ResourceNames names, Collection<QueueNode> nodes, BrokerSecrets secrets) {}

  public BrokerClientFactory(NodeHttp http, KubernetesClient kubernetes, Clock clock) {
    this.http = http;
    this.shell = new PodShell(kubernetes);
    this.clock = clock;
  }

  /** A client of the nodes. */
  public BrokerClient of(BrokerAddress address) {
    List<NodeAddress> endpoints =
        address.nodes().stream()
            // The cluster may have forgotten a leaving node without its knowledge.
            .filter(QueueNode::isInService)
            // A Pod also counts as pending while a container beside RabbitMQ cannot be started.
            .filter(QueueNode::hasStarted)
            .sorted(Comparator.comparing((QueueNode node) -> !node.isReady()))
            .flatMap(
                node -> NodeAddress.of(node, address.names(), address.secrets().nodesAuthorities()))
            .toList();
    String username = address.secrets().username();
    String password = address.secrets().password();
    return new TopologyBroker(
        new ManagementApiBrokerClient(http, endpoints, username, password),
        new AmqpBindings(
                endpoints,
                username,
                password,
                new ClientTls(address.secrets().clientTrust(), address.names().clientHost()))
            ::carryOut,
        shell,
        new BrokerNodes(address.names(), address.nodes()),
        clock);
  }
}
