package dev.warren.operator.load;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.PodUrl;
import dev.warren.operator.model.Ports;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the load sampler keeps of a reconcile, until the next one: no Secrets, no Pods.
 *
 * @param scaled the consumers whose number of Pods follows the load
 * @param deployments their Deployments, by the consumer's name
 * @param gateways the gateways that may receive messages
 * @param broker the broker to query; empty when no queue node runs
 */
public record LoadSnapshot(
    MessageTopology topology,
    List<ConsumerSpec> scaled,
    Map<String, Deployment> deployments,
    Set<URI> gateways,
    Optional<BrokerClient> broker) {

  /** Extracts what the sampler needs from an observation. */
  public static LoadSnapshot of(
      MessageTopology topology, Observation observed, Optional<BrokerClient> broker) {
    List<ConsumerSpec> scaled =
        topology.getSpec().consumers().stream()
            .filter(consumer -> consumer.scaling() != null)
            .toList();
    ResourceNames names =
        ResourceNames.of(topology.getMetadata().getNamespace(), topology.getMetadata().getName());
    Map<String, Deployment> deployments =
        scaled.stream()
            .map(ConsumerSpec::name)
            .flatMap(
                name ->
                    observed.objects().find(Deployment.class, names.consumer(name)).stream()
                        .map(deployment -> Map.entry(name, deployment)))
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    Set<URI> gateways =
        observed.nodes().values().stream()
            .filter(QueueNode::hasReadyGateway)
            .flatMap(node -> node.pod().stream())
            .flatMap(pod -> PodUrl.of(pod, Ports.GATEWAY_HEALTH))
            .collect(toSet());
    return new LoadSnapshot(topology, scaled, deployments, gateways, broker);
  }
}
