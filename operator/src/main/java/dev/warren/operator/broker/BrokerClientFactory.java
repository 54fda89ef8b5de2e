package dev.warren.operator.broker;

import dev.warren.operator.model.CredentialSecrets;
import dev.warren.operator.model.Ports;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.http.HttpClient;
import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds the broker nodes that may answer for a topology. Nodes that serve clients come first. */
public final class BrokerClientFactory {

  private final HttpClient http;
  private final NodeShell shell;
  private final Clock clock;

  /** The address of a topology's broker, and the Secret with the operator's account. */
  public record BrokerAddress(ResourceNames names, Collection<QueueNode> nodes, Secret admin) {}

  public BrokerClientFactory(HttpClient http, KubernetesClient kubernetes, Clock clock) {
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
            .flatMap(node -> NodeAddress.http(node, Ports.MANAGEMENT))
            .toList();
    String username = CredentialSecrets.text(address.admin(), CredentialSecrets.USERNAME);
    String password = CredentialSecrets.text(address.admin(), CredentialSecrets.PASSWORD);
    return new TopologyBroker(
        new ManagementApiBrokerClient(http, endpoints, username, password),
        new AmqpBindings(endpoints, username, password)::carryOut,
        shell,
        new BrokerNodes(address.names(), address.nodes()),
        clock);
  }
}
