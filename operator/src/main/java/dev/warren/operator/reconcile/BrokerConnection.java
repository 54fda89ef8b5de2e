package dev.warren.operator.reconcile;

import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.ManagementApiBrokerClient;
import dev.warren.operator.model.CredentialSecrets;
import dev.warren.operator.model.Ports;
import dev.warren.operator.plan.QueueNode;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds a topology's broker: the nodes that may answer, those first that serve clients. */
final class BrokerConnection {

  private BrokerConnection() {}

  /**
   * A client of the nodes.
   *
   * @param admin the Secret with the operator's account
   */
  static BrokerClient of(HttpClient http, Collection<QueueNode> nodes, Secret admin) {
    List<URI> endpoints =
        nodes.stream()
            // One that leaves may have been forgotten, and not know it.
            .filter(QueueNode::isInService)
            // A Pod also counts as pending while a container beside RabbitMQ cannot be started.
            .filter(QueueNode::hasStarted)
            .sorted(Comparator.comparing((QueueNode node) -> !node.isReady()))
            .flatMap(node -> NodeAddress.http(node, Ports.MANAGEMENT))
            .toList();
    return new ManagementApiBrokerClient(
        http,
        endpoints,
        CredentialSecrets.text(admin, CredentialSecrets.USERNAME),
        CredentialSecrets.text(admin, CredentialSecrets.PASSWORD));
  }
}
