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

/** Finds a topology's broker: the nodes that may answer, those first that serve clients. */
public final class BrokerClientFactory {

  private final HttpClient http;
  private final NodeShell shell;
  private final Clock clock;

  /** Where a topology's broker is, and the Secret with the operator's account in it. */
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
            // One that leaves may have been forgotten, and not know it.
            .filter(QueueNode::isInService)
            // A Pod also counts as pending while a container beside RabbitMQ cannot be started.
            .filter(QueueNode::hasStarted)
            .sorted(Comparator.comparing((QueueNode node) -> !node.isReady()))
            .flatMap(node -> NodeAddress.http(node, Ports.MANAGEMENT))
            .toList();
    return new TopologyBroker(
        new ManagementApiBrokerClient(
            http,
            endpoints,
            CredentialSecrets.text(address.admin(), CredentialSecrets.USERNAME),
            CredentialSecrets.text(address.admin(), CredentialSecrets.PASSWORD)),
        shell,
        new BrokerNodes(address.names(), address.nodes()),
        clock);
  }
}
