package dev.warren.operator.observe;

import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerClientFactory.BrokerAddress;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerSecrets;
import dev.warren.operator.broker.MoveWatch;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.BrokerWork.Underway;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.DispatcherReport;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Places;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.observation.Spread;
import dev.warren.operator.plan.consumers.ConsumedQueues;
import dev.warren.operator.plan.consumers.DeletionCosts;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Reads everything that a pass needs: Kubernetes from the caches, the broker by queries. */
public final class StateObserver {

  /** The kinds of which a topology has objects. */
  public static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          ConfigMap.class,
          Secret.class,
          Service.class,
          PodDisruptionBudget.class,
          PersistentVolumeClaim.class,
          Pod.class,
          Deployment.class);

  private static final Logger LOG = Logger.getLogger(StateObserver.class);

  private final KubernetesClient kubernetes;
  private final Function<BrokerAddress, BrokerClient> brokers;
  private final Function<Owner, Optional<Underway>> underway;
  private final Function<MessageTopology, Map<String, ConsumerScaling>> scaling;
  private final Clock clock;
  private final KubernetesNodes machines;
  private final ClusterMachines places;
  private final MoveWatch moves = new MoveWatch();
  private final LastSeen lastSeen = new LastSeen();
  private final ConsumerWatch consumers = new ConsumerWatch();
  private final DeliveryWatch deliveries;
  private final RefusedDeclarations refusals;
  private final CertificateSources certificates;

  /**
   * @param brokers creates a client of a broker
   * @param underway returns the background action at a topology's broker
   * @param scaling returns the scaling of a topology's consumers
   * @param dispatchers asks a dispatcher how its last attempts ended
   */
  public StateObserver(
      KubernetesClient kubernetes,
      Function<BrokerAddress, BrokerClient> brokers,
      Function<Owner, Optional<Underway>> underway,
      Function<MessageTopology, Map<String, ConsumerScaling>> scaling,
      Function<URI, CompletableFuture<DispatcherReport>> dispatchers,
      Clock clock) {
    this.kubernetes = kubernetes;
    this.brokers = brokers;
    this.underway = underway;
    this.scaling = scaling;
    this.deliveries = new DeliveryWatch(dispatchers);
    this.clock = clock;
    this.machines = new KubernetesNodes(kubernetes, clock);
    this.refusals = RefusedDeclarations.in(kubernetes);
    this.certificates = new CertificateSources(kubernetes, CertificateProbe.overNetwork());
    this.places = new ClusterMachines(kubernetes, clock);
  }

  /** The observation for one pass, and the broker on which to carry out its plan. */
  public record Observed(Observation observation, Optional<BrokerClient> broker) {}

  /** Reads the objects of a topology, and asks its broker. */
  public Observed observe(MessageTopology topology, Context<MessageTopology> context) {
    Instant now = clock.instant();
    TopologyObjects found = objects(topology, context);
    Optional<BrokerClient> broker = broker(found);
    // Before the query of the broker: what ends in between is seen by the next pass.
    Optional<Underway> beside = underway.apply(found.owner());
    BrokerObservation said = broker.map(BrokerClient::observe).orElseGet(() -> unreachable(found));
    Collection<QueueNode> nodes = found.nodes().values();
    List<Pod> consumerPods = found.consumerPods();
    Map<Integer, KubernetesNode> theirs = machines.of(nodes);
    Observation observation =
        new Observation(
            found.owned(),
            found.nodes(),
            found.highestNumber(),
            consumerPods,
            said,
            theirs,
            places(nodes),
            lastSeen.update(found.owner().uid(), found.names(), said, theirs, now),
            resolvable(broker, nodes),
            new WarningEvents(kubernetes, now).ofWaiting(nodes, consumerPods),
            scaling(topology, found, broker),
            queueConsumers(topology, found, said, broker, now),
            deliveries.of(found.owner().uid(), topology.getSpec().consumers(), consumerPods, now),
            new BrokerWork(beside, moves.stalled(found.owner().uid(), said, now)),
            refusals.of(found.owner().uid(), queues(topology), nodes, now),
            certificates.of(topology, found, now),
            now);
    return new Observed(observation, broker);
  }

  private static Set<String> queues(MessageTopology topology) {
    return topology.getSpec().queues().stream().map(QueueSpec::name).collect(toSet());
  }

  /** Only nodes that share a machine may have to move. */
  private Places places(Collection<QueueNode> nodes) {
    return Spread.of(nodes.stream()).shared().isEmpty() ? Places.NOT_READ : places.read();
  }

  private TopologyObjects objects(MessageTopology topology, Context<MessageTopology> context) {
    Owner owner = Owner.of(topology);
    Map<Class<?>, List<HasMetadata>> byKind = new HashMap<>();
    KINDS.forEach(
        kind ->
            byKind.put(
                kind,
                context.getSecondaryResourcesAsStream(kind).map(HasMetadata.class::cast).toList()));
    TopologyObjects cached = TopologyObjects.of(owner, byKind);
    if (!cached.isGrowing(topology.getSpec().nodes().replicas())) {
      return cached;
    }
    // A stale cache must not lead to a second use of a number, or to a second CA.
    List.of(ConfigMap.class, PersistentVolumeClaim.class, Pod.class, Secret.class)
        .forEach(kind -> byKind.put(kind, readNow(kind, owner)));
    return TopologyObjects.of(owner, byKind);
  }

  private Optional<BrokerClient> broker(TopologyObjects found) {
    ResourceNames names = found.names();
    Optional<Secret> admin = found.owned().find(Secret.class, names.adminSecret());
    Optional<Secret> authority = found.owned().find(Secret.class, names.nodesAuthoritySecret());
    if (!found.hasNodePods() || admin.isEmpty() || authority.isEmpty()) {
      return Optional.empty();
    }
    BrokerSecrets secrets =
        new BrokerSecrets(
            admin.get(),
            authority.get(),
            found.owned().find(Secret.class, names.connectionSecret()));
    return Optional.of(brokers.apply(new BrokerAddress(names, found.nodes().values(), secrets)));
  }

  private static BrokerObservation unreachable(TopologyObjects found) {
    return new BrokerObservation.Unreachable(
        Stream.of(found.names().adminSecret(), found.names().nodesAuthoritySecret())
            .filter(name -> found.owned().find(Secret.class, name).isEmpty())
            .filter(name -> found.hasNodePods())
            .findFirst()
            .map("Secret %s does not exist"::formatted)
            .orElse("No queue node runs yet"));
  }

  private ScalingObservation scaling(
      MessageTopology topology, TopologyObjects found, Optional<BrokerClient> broker) {
    Map<String, ConsumerScaling> known = scaling.apply(topology);
    boolean asked =
        DeletionCosts.areNeeded(
            topology.getSpec().consumers(), found.names(), found.owned(), known);
    return new ScalingObservation(known, broker.filter(api -> asked).flatMap(StateObserver::work));
  }

  private Map<String, QueueConsumers> queueConsumers(
      MessageTopology topology,
      TopologyObjects found,
      BrokerObservation said,
      Optional<BrokerClient> broker,
      Instant now) {
    String uid = found.owner().uid();
    if (!(said instanceof Reachable answer)) {
      return consumers.unknown(uid);
    }
    ConsumedQueues queues =
        new ConsumedQueues(topology.getSpec().consumers(), found.consumerPods());
    Set<String> toCount = queues.toCount(answer, found.names(), found.owned());
    return consumers.update(uid, answer, queues, count(broker, toCount), now);
  }

  private static Map<String, ConsumerCount> count(
      Optional<BrokerClient> broker, Set<String> queues) {
    try {
      return queues.isEmpty()
          ? Map.of()
          : broker.map(asked -> asked.consumers(queues)).orElse(Map.of());
    } catch (BrokerException e) {
      LOG.warnf("cannot find out how many consumers %s have: %s", queues, e.getMessage());
      return Map.of();
    }
  }

  private static Optional<Map<String, ClientWork>> work(BrokerClient broker) {
    try {
      return Optional.of(broker.workByAddress());
    } catch (BrokerException e) {
      LOG.warnf("cannot find out which Pods hold messages: %s", e.getMessage());
      return Optional.empty();
    }
  }

  /** Queries only removed names. If the query fails, the name counts as resolvable. */
  private static Set<Integer> resolvable(
      Optional<BrokerClient> broker, Collection<QueueNode> nodes) {
    return nodes.stream()
        .filter(node -> node.pod().isPresent() && !node.hasName())
        .map(QueueNode::number)
        .filter(n -> broker.map(asked -> canResolve(asked, n)).orElse(true))
        .collect(toSet());
  }

  private static boolean canResolve(BrokerClient broker, int node) {
    try {
      return broker.canResolve(node);
    } catch (BrokerException e) {
      LOG.warnf("cannot find out whether node %d can be resolved: %s", node, e.getMessage());
      return true;
    }
  }

  private List<HasMetadata> readNow(Class<? extends HasMetadata> kind, Owner owner) {
    return kubernetes
        .resources(kind)
        .inNamespace(owner.namespace())
        .withLabel(Labels.MANAGED_BY, Labels.WARREN)
        .withLabel(Labels.TOPOLOGY, owner.topology())
        .list()
        .getItems()
        .stream()
        .map(HasMetadata.class::cast)
        .toList();
  }
}
