package dev.warren.operator.plan;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.Sizes;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.Declared;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.Endpoints;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodeConfig;
import dev.warren.operator.model.QueueNodeVolume;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.TopologyServices;
import dev.warren.operator.plan.BalancePlanner.BalancePlan;
import dev.warren.operator.plan.BrokerAction.AddMember;
import dev.warren.operator.plan.BrokerAction.AddReplica;
import dev.warren.operator.plan.BrokerAction.PutRecord;
import dev.warren.operator.plan.BrokerAction.RemoveMember;
import dev.warren.operator.plan.BrokerAction.RemoveQueue;
import dev.warren.operator.plan.BrokerAction.RemoveReplica;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import dev.warren.operator.plan.BrokerObservation.Unreachable;
import dev.warren.operator.plan.CredentialsPlanner.CredentialsPlan;
import dev.warren.operator.plan.DeparturePlanner.DeparturePlan;
import dev.warren.operator.plan.MigrationPlanner.MigrationPlan;
import dev.warren.operator.plan.NodePlanner.NodePlan;
import dev.warren.operator.plan.PrunePlanner.PrunePlan;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Plans a whole topology, from a valid spec and what was observed. */
public final class ReconcilePlanner {

  /** For so long a node may be in its first start before its topology is declared without it. */
  private static final Duration FIRST_START = Duration.ofSeconds(60);

  private final Owner owner;
  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Images images;
  private final Observation observed;
  private final Supplier<String> newSecret;

  /**
   * @param newSecret gives a new random text of letters and digits each time
   */
  public ReconcilePlanner(
      Owner owner,
      MessageTopologySpec spec,
      Images images,
      Observation observed,
      Supplier<String> newSecret) {
    this.owner = owner;
    this.names = ResourceNames.of(owner.namespace(), owner.topology());
    this.spec = spec;
    this.images = images;
    this.observed = observed;
    this.newSecret = newSecret;
  }

  /**
   * The plan.
   *
   * @throws IllegalArgumentException when a pod template cannot be read
   */
  public ReconcilePlan plan() {
    return besideOthers(
        plan(
            true,
            credentials -> new TopologyPlans(planBroker(credentials), planConsumers(credentials))));
  }

  /**
   * The plan for the nodes alone, when what the spec says of the rest makes no sense: they are to
   * be kept all the same.
   *
   * @throws IllegalArgumentException when spec.nodes.podTemplate cannot be read
   */
  public ReconcilePlan planNodes() {
    TopologyPlan nothing =
        observed.broker() instanceof Unreachable unreachable
            ? TopologyPlan.waiting(Reason.BROKER_UNREACHABLE, unreachable.reason())
            : new TopologyPlan(List.of(), List.of());
    return besideOthers(plan(false, credentials -> new TopologyPlans(nothing, List.of())));
  }

  private ReconcilePlan besideOthers(ReconcilePlan plan) {
    return observed.work().underway().map(plan::beside).orElse(plan);
  }

  private record TopologyPlans(TopologyPlan broker, List<KubernetesAction> consumers) {}

  /**
   * @param makesSense whether all of the spec does, and not only what it says of the nodes
   */
  private ReconcilePlan plan(boolean makesSense, Function<Credentials, TopologyPlans> topology) {
    Membership membership = membership();
    CredentialsPlan secrets =
        new CredentialsPlanner(owner, names, observed.objects(), membership.formed(), newSecret)
            .plan();
    DeparturePlan departure = new DeparturePlanner(names, spec, observed, membership).plan();
    BalancePlan balance = new BalancePlanner(names, spec, observed, departure.membership()).plan();
    NodePlan nodes =
        new NodePlanner(owner, names, spec, images, observed, balance.membership()).plan();
    // While a Secret is being made, only the next pass knows what it says.
    TopologyPlans rest =
        secrets
            .credentials()
            .map(topology)
            .orElseGet(
                () ->
                    new TopologyPlans(
                        TopologyPlan.waiting(
                            Reason.SECRETS_NOT_READY,
                            "The Secrets of this resource are not there yet"),
                        List.of()));
    return new ReconcilePlan(
        planSupport(secrets.secrets(), nodes.membership().next(), makesSense),
        // What goes makes room, maybe for what is to be made.
        joined(List.of(departure.kubernetes(), nodes.actions())),
        joined(
            List.of(
                reopening(),
                departure.broker(),
                balance.actions(),
                rest.broker().actions(),
                planMembers(membership, rest.broker().actions()),
                PluginPlanner.plan(QueueNodeConfig.plugins(spec.nodes()), names, observed),
                StartPlanner.plan(names, observed))),
        rest.consumers(),
        joined(
            List.of(departure.problems(), nodes.problems(), secrets.problem().stream().toList())),
        rest.broker().problems(),
        rest.broker().retained(),
        nodes.membership().departure());
  }

  /** First of all, and whatever else there is to wait for. */
  private List<BrokerAction> reopening() {
    return observed
        .reachable()
        .filter(Reachable::closed)
        .map(broker -> MigrationPlanner.reopening(DesiredDefinitions.of(spec), broker))
        .orElse(List.of());
  }

  private static <T> List<T> joined(List<List<T>> lists) {
    return lists.stream().flatMap(List::stream).toList();
  }

  /**
   * @param topology what is done before: a queue that goes needs no members
   */
  private List<BrokerAction> planMembers(Membership membership, List<BrokerAction> topology) {
    Set<String> going =
        topology.stream()
            .filter(RemoveQueue.class::isInstance)
            .map(action -> ((RemoveQueue) action).queue())
            .collect(Collectors.toSet());
    Optional<String> leaving =
        membership.departing().map(departing -> names.brokerNode(departing.node()));
    return observed
        .reachable()
        .filter(broker -> observed.hasMajority())
        .map(
            broker ->
                QueueMembersPlanner.plan(spec.queues(), broker, leaving, spec.nodes().replicas()))
        .orElse(List.of())
        .stream()
        .filter(action -> !isOfOne(action, going))
        .toList();
  }

  private static boolean isOfOne(BrokerAction action, Set<String> queues) {
    return switch (action) {
      case AddMember add -> queues.contains(add.queue());
      case AddReplica add -> queues.contains(add.stream());
      case RemoveMember remove -> queues.contains(remove.queue());
      case RemoveReplica remove -> queues.contains(remove.stream());
      default -> false;
    };
  }

  /** What is recorded of the nodes, brought up to what is seen. */
  private Membership membership() {
    Optional<Membership> record =
        observed.objects().find(ConfigMap.class, names.membership()).flatMap(Membership::of);
    boolean hasVolumes =
        observed.nodes().values().stream().anyMatch(node -> node.volume().isPresent());
    // A Pod that serves clients says so too, if the operator itself cannot reach the broker.
    boolean runs =
        observed.nodes().values().stream().anyMatch(QueueNode::isReady)
            || observed.reachable().stream()
                .flatMap(broker -> broker.nodes().values().stream())
                .anyMatch(Node::running);
    // Volumes without a record: somebody deleted or spoilt it. Whether they hold data is unknown,
    // so they do.
    boolean formed = record.map(Membership::formed).orElse(hasVolumes) || runs;
    int next =
        IntStream.of(
                record.map(Membership::next).orElse(0),
                observed
                    .objects()
                    .find(Service.class, names.nodesService())
                    .map(TopologyServices::next)
                    .orElse(0),
                observed.highestNumber() + 1,
                highestInBroker() + 1)
            .max()
            .getAsInt();
    return new Membership(
        next,
        formed,
        record.flatMap(Membership::departure),
        record.map(Membership::balanced).orElse(""));
  }

  private int highestInBroker() {
    return observed.reachable().stream()
        .flatMap(broker -> broker.nodes().keySet().stream())
        .flatMapToInt(node -> names.number(node).stream())
        .max()
        .orElse(-1);
  }

  private List<KubernetesAction> planSupport(
      List<HasMetadata> secrets, int nextNode, boolean makesSense) {
    TopologyServices services = new TopologyServices(owner, names, Endpoints.of(spec));
    List<HasMetadata> desired = new ArrayList<>(secrets);
    desired.add(QueueNodeConfig.configMap(owner, names, spec.nodes(), smallestVolume()));
    desired.add(services.nodeNames(nextNode));
    ways(services).stream()
        // What is served stays as it is, and no Pod waits for a ConfigMap that is not there.
        .filter(object -> makesSense || observed.objects().find(object).isEmpty())
        .forEach(desired::add);
    desired.add(services.disruptionBudget());
    return new ObjectPlanner(observed.objects()).plan(desired);
  }

  /** In bytes. A volume that has not grown yet, or cannot, must not count as if it had. */
  private long smallestVolume() {
    return LongStream.concat(
            LongStream.of(Sizes.bytes(spec.nodes().storage().size())),
            observed.nodes().values().stream()
                .flatMap(node -> node.volume().stream())
                .flatMap(claim -> QueueNodeVolume.capacity(claim).stream())
                .mapToLong(capacity -> Quantity.getAmountInBytes(capacity).longValue()))
        .min()
        .getAsLong();
  }

  /** What leads clients to the nodes, and to their endpoints. */
  private List<HasMetadata> ways(TopologyServices services) {
    return Endpoints.of(spec).exist() || hasGatewayConfig()
        ? List.of(GatewayConfig.configMap(owner, names, spec), services.clients())
        : List.of(services.clients());
  }

  /** Gateways that are still there after the last endpoint was removed shall know that it was. */
  private boolean hasGatewayConfig() {
    return observed.objects().find(ConfigMap.class, names.gatewayConfigMap()).isPresent();
  }

  private TopologyPlan planBroker(Credentials credentials) {
    if (observed.broker() instanceof Unreachable unreachable) {
      return TopologyPlan.waiting(Reason.BROKER_UNREACHABLE, unreachable.reason());
    }
    if (!observed.hasMajority()) {
      return TopologyPlan.waiting(Reason.NO_MAJORITY, "No majority of the queue nodes runs");
    }
    if (someNodeStartsForTheFirstTime()) {
      return TopologyPlan.waiting(
          Reason.NODES_STARTING, "The queue nodes start for the first time");
    }
    Reachable broker = observed.reachable().orElseThrow();
    BrokerDefinitions desired = DesiredDefinitions.of(spec);
    MigrationPlan migration =
        MigrationPlanner.plan(spec.queues(), desired, broker, observed.work().stalledMoves());
    TopologyPlan topology =
        TopologyPlanner.plan(desired, broker.definitions(), migration.migrating());
    PrunePlan prune = PrunePlanner.plan(desired, Declared.of(spec), broker, consumedQueues());
    List<BrokerAction> actions = new ArrayList<>();
    UserPlanner.plan(credentials, broker).ifPresent(actions::add);
    if (!prune.record().equals(broker.declared())) {
      actions.add(new PutRecord(prune.record()));
    }
    actions.addAll(UnfinishedDeletions.plan(broker, migration.migrating()));
    // What is new comes first: a message that changes its way has one at any moment.
    actions.addAll(topology.actions());
    actions.addAll(migration.actions());
    actions.addAll(prune.removals());
    return new TopologyPlan(
        actions,
        joined(List.of(topology.problems(), migration.problems())),
        joined(List.of(prune.retained(), migration.retained())));
  }

  /** The queues that Pods of consumers use, or are about to: those of the last spec too. */
  private Set<String> consumedQueues() {
    return Stream.concat(
            observed.consumerPods().stream().map(Pod::getSpec),
            observed
                .objects()
                .all(Deployment.class)
                .map(deployment -> deployment.getSpec().getTemplate().getSpec()))
        .filter(Objects::nonNull)
        .flatMap(pod -> ConsumerDeployment.queues(pod).stream())
        .collect(Collectors.toSet());
  }

  /** A queue that is declared now would get no member there, and need one later. */
  private boolean someNodeStartsForTheFirstTime() {
    List<String> joined =
        observed.reachable().map(broker -> List.copyOf(broker.nodes().keySet())).orElse(List.of());
    return observed.nodes().values().stream()
        .filter(node -> !joined.contains(names.brokerNode(node.number())))
        .flatMap(node -> node.pod().stream())
        .anyMatch(pod -> observed.age(pod).compareTo(FIRST_START) < 0);
  }

  private List<KubernetesAction> planConsumers(Credentials credentials) {
    ConsumerDeployment deployments =
        new ConsumerDeployment(owner, names, spec.queues(), images.gateway(), credentials);
    return new ConsumerPlanner(names, deployments, observed).plan(spec.consumers());
  }
}
