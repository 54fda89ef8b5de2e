package dev.warren.operator.plan.objects;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.model.Endpoints;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodeConfig;
import dev.warren.operator.model.QueueNodeVolume;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.TopologyServices;
import dev.warren.operator.observation.Observation;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Plans what the queue nodes need: Secrets, configuration, Services, a disruption budget. */
public final class SupportPlanner {

  private final Owner owner;
  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Observation observed;

  public SupportPlanner(
      Owner owner, ResourceNames names, MessageTopologySpec spec, Observation observed) {
    this.owner = owner;
    this.names = names;
    this.spec = spec;
    this.observed = observed;
  }

  /**
   * @param nextNode the number of the next node
   * @param isValid whether the whole spec is valid, and not only its part about the nodes
   */
  public List<KubernetesAction> plan(List<HasMetadata> secrets, int nextNode, boolean isValid) {
    TopologyServices services = new TopologyServices(owner, names, spec);
    List<HasMetadata> desired = new ArrayList<>(secrets);
    desired.add(QueueNodeConfig.configMap(owner, names, spec, smallestVolume()));
    desired.add(services.nodeNames(nextNode));
    desired.add(services.management());
    clientAccess(services).stream()
        // The gateways keep their configuration, and no Pod waits for a ConfigMap that does not
        // exist.
        .filter(object -> isValid || observed.objects().find(object).isEmpty())
        .forEach(desired::add);
    desired.add(services.disruptionBudget());
    return new ObjectPlanner(observed.objects()).plan(desired);
  }

  /** In bytes. A volume that has not grown yet, or cannot, must not count as if it had. */
  private long smallestVolume() {
    List<PersistentVolumeClaim> existing = observed.volumes();
    return Stream.concat(
            Stream.of(QueueNodeVolume.sizeOfNew(spec.nodes().storage(), existing)),
            existing.stream().flatMap(claim -> QueueNodeVolume.capacity(claim).stream()))
        .mapToLong(size -> Quantity.getAmountInBytes(size).longValue())
        .min()
        .getAsLong();
  }

  /** The Service that clients use, and the configuration of its endpoints. */
  private List<HasMetadata> clientAccess(TopologyServices services) {
    return Endpoints.of(spec).exist() || hasGatewayConfig()
        ? List.of(GatewayConfig.configMap(owner, names, spec), services.clients())
        : List.of(services.clients());
  }

  /** Gateways that still run after the last endpoint was removed must learn of its removal. */
  private boolean hasGatewayConfig() {
    return observed.objects().find(ConfigMap.class, names.gatewayConfigMap()).isPresent();
  }
}
