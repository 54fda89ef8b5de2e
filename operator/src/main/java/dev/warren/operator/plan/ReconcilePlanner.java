package dev.warren.operator.plan;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.BalanceLeaders;
import dev.warren.operator.action.BrokerAction.PutRecord;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerStep;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.QueueNodeConfig;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.certificates.CertificatePlan;
import dev.warren.operator.plan.certificates.CertificatePlanner;
import dev.warren.operator.plan.consumers.ConsumerPlanner;
import dev.warren.operator.plan.nodes.MembershipPlan;
import dev.warren.operator.plan.nodes.MembershipPlanner;
import dev.warren.operator.plan.nodes.NodePlanner;
import dev.warren.operator.plan.nodes.NodePlanner.NodePlan;
import dev.warren.operator.plan.nodes.NodeRemovalPlanner;
import dev.warren.operator.plan.nodes.NodeRemovalPlanner.RemovalPlan;
import dev.warren.operator.plan.nodes.PluginPlanner;
import dev.warren.operator.plan.nodes.StuckBootPlanner;
import dev.warren.operator.plan.objects.CredentialsPlanner;
import dev.warren.operator.plan.objects.CredentialsPlanner.CredentialsPlan;
import dev.warren.operator.plan.objects.SupportPlanner;
import dev.warren.operator.plan.topology.AccountPlanner;
import dev.warren.operator.plan.topology.MigrationPlanner;
import dev.warren.operator.plan.topology.MigrationPlanner.MigrationPlan;
import dev.warren.operator.plan.topology.PrunePlanner;
import dev.warren.operator.plan.topology.PrunePlanner.PrunePlan;
import dev.warren.operator.plan.topology.QueueMembersPlanner;
import dev.warren.operator.plan.topology.RenamePlanner;
import dev.warren.operator.plan.topology.RenamePlanner.RenamePlan;
import dev.warren.operator.plan.topology.ReopeningPlanner;
import dev.warren.operator.plan.topology.TopologyPlan;
import dev.warren.operator.plan.topology.TopologyPlanner;
import dev.warren.operator.plan.topology.UnfinishedDeletions;
import dev.warren.operator.plan.topology.UserPlanner;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans a whole topology, from a valid spec and what was observed. */
public final class ReconcilePlanner {

  /** How long a topology waits for a node's first start before it is declared without the node. */
  private static final Duration FIRST_START = Duration.ofSeconds(60);

  private final Owner owner;
  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Images images;
  private final Observation observed;
  private final Supplier<String> newSecret;
  private final CertificateMaker maker;

  /**
   * @param newSecret returns a new random text of letters and digits each time
   * @param maker makes certificates
   */
  public ReconcilePlanner(
      Owner owner,
      MessageTopologySpec spec,
      Images images,
      Observation observed,
      Supplier<String> newSecret,
      CertificateMaker maker) {
    this.owner = owner;
    this.names = ResourceNames.of(owner.namespace(), owner.topology());
    this.spec = spec;
    this.images = images;
    this.observed = observed;
    this.newSecret = newSecret;
    this.maker = maker;
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
            (credentials, trust) -> {
              TopologyPlan broker = planBroker(credentials);
              return new TopologyPlans(broker, planConsumers(credentials, trust, broker.actions()));
            }));
  }

  /**
   * The plan for the nodes alone, if other parts of the spec are invalid. The nodes are reconciled
   * anyway. No volume grows for an invalid spec, because none shrinks again.
   *
   * @throws IllegalArgumentException when spec.nodes.podTemplate cannot be read
   */
  public ReconcilePlan planNodes() {
    return besideOthers(
        plan(
                false,
                (credentials, trust) ->
                    new TopologyPlans(
                        observed.broker() instanceof Unreachable unreachable
                            ? AccountPlanner.plan(credentials, unreachable)
                            : new TopologyPlan(List.of(), List.of()),
                        List.of()))
            .withoutGrowth());
  }

  private ReconcilePlan besideOthers(ReconcilePlan plan) {
    return observed.work().underway().map(plan::beside).orElse(plan);
  }

  private record TopologyPlans(TopologyPlan broker, List<KubernetesAction> consumers) {}

  /**
   * @param isValid whether the whole spec is valid, and not only its part about the nodes
   */
  private ReconcilePlan plan(
      boolean isValid, BiFunction<Credentials, ClientTrust, TopologyPlans> topology) {
    MembershipPlan membership = new MembershipPlanner(owner, names, spec, images, observed).plan();
    CertificatePlan certificates =
        new CertificatePlanner(owner, names, spec, observed, maker).plan(membership.added());
    CredentialsPlan secrets =
        new CredentialsPlanner(
                owner,
                names,
                observed.objects(),
                membership.recorded().formed(),
                newSecret,
                spec,
                certificates.trust())
            .plan();
    RemovalPlan removal = planRemoval(membership);
    NodePlan nodes = new NodePlanner(owner, names, spec, images, observed).plan(membership);
    // While a Secret is being created, only the next pass knows its content.
    TopologyPlans rest =
        secrets
            .credentials()
            .map(known -> topology.apply(known, certificates.trust()))
            .orElseGet(
                () ->
                    new TopologyPlans(
                        TopologyPlan.waiting(
                            Reason.SECRETS_NOT_READY,
                            "The Secrets of this resource do not exist yet"),
                        List.of()));
    return new ReconcilePlan(
        new SupportPlanner(owner, names, spec, observed)
            .plan(secrets.secrets(), membership.desired().next(), isValid),
        membership.write(),
        // Removals come first: they may make room for what is created.
        joined(List.of(removal.kubernetes(), marked(nodes.actions(), certificates))),
        planBrokerSteps(membership, removal, rest.broker().actions()),
        rest.consumers(),
        joined(
            List.of(membership.problems(), nodes.problems(), secrets.problem().stream().toList())),
        rest.broker().problems(),
        rest.broker().retained(),
        membership.desired().removal(),
        certificates);
  }

  private List<KubernetesAction> marked(
      List<KubernetesAction> actions, CertificatePlan certificates) {
    return actions.stream()
        .map(action -> certificates.marked(action, pod -> names.numberOfPod(pod).orElse(-1)))
        .toList();
  }

  private RemovalPlan planRemoval(MembershipPlan membership) {
    return membership
        .desired()
        .removal()
        .map(new NodeRemovalPlanner(names, spec, observed)::plan)
        .orElse(RemovalPlan.NOTHING);
  }

  /**
   * @param topology declares, moves and removes exchanges, queues and bindings
   */
  private List<BrokerStep> planBrokerSteps(
      MembershipPlan membership, RemovalPlan removal, List<BrokerAction> topology) {
    List<BrokerAction> balance = membership.balances() ? List.of(new BalanceLeaders()) : List.of();
    return joined(
        List.of(
            BrokerStep.inOrder(reopening()),
            BrokerStep.behindRecord(joined(List.of(removal.broker(), balance))),
            BrokerStep.inOrder(
                joined(
                    List.of(
                        topology,
                        planMembers(membership.recorded(), topology),
                        PluginPlanner.plan(QueueNodeConfig.plugins(spec), names, observed),
                        StuckBootPlanner.plan(names, observed))))));
  }

  /** Comes before everything else, and waits for nothing. */
  private List<BrokerAction> reopening() {
    return observed
        .reachable()
        .filter(Reachable::closed)
        .map(broker -> ReopeningPlanner.plan(DesiredDefinitions.of(spec), broker))
        .orElse(List.of());
  }

  private static <T> List<T> joined(List<List<T>> lists) {
    return lists.stream().flatMap(List::stream).toList();
  }

  /**
   * @param topology the changes before these: a queue that is being removed needs no members
   */
  private List<BrokerAction> planMembers(Membership membership, List<BrokerAction> topology) {
    Set<String> going =
        topology.stream()
            .filter(RemoveQueue.class::isInstance)
            .map(action -> ((RemoveQueue) action).queue())
            .collect(Collectors.toSet());
    Optional<String> leaving =
        membership.removing().map(removing -> names.brokerNode(removing.node()));
    return observed
        .reachable()
        .filter(broker -> observed.hasMajority())
        .map(
            broker ->
                QueueMembersPlanner.plan(
                    spec.queues(), broker, leaving, spec.nodes().replicas(), going))
        .orElse(List.of());
  }

  private TopologyPlan planBroker(Credentials credentials) {
    if (observed.broker() instanceof Unreachable unreachable) {
      return AccountPlanner.plan(credentials, unreachable);
    }
    if (!observed.hasMajority()) {
      return TopologyPlan.waiting(Reason.NO_MAJORITY, "No majority of the queue nodes runs");
    }
    if (someNodeStartsForTheFirstTime()) {
      return TopologyPlan.waiting(
          Reason.NODES_STARTING, "The queue nodes are starting for the first time");
    }
    Reachable broker = observed.reachable().orElseThrow();
    BrokerDefinitions desired = DesiredDefinitions.of(spec);
    MigrationPlan migration =
        MigrationPlanner.plan(spec.queues(), desired, broker, observed.work().stalledMoves());
    TopologyPlan topology =
        TopologyPlanner.plan(desired, broker.definitions(), migration.migrating());
    RenamePlan rename =
        RenamePlanner.plan(
            spec.queues(), broker, migration.migrating(), observed.work().stalledMoves());
    PrunePlan prune =
        PrunePlanner.plan(
            desired, OwnershipRecord.of(spec), broker, consumedQueues(), rename.formerNames());
    List<BrokerAction> actions = new ArrayList<>();
    UserPlanner.plan(credentials, broker).ifPresent(actions::add);
    if (!prune.record().equals(broker.declared())) {
      actions.add(new PutRecord(prune.record()));
    }
    actions.addAll(UnfinishedDeletions.plan(broker, migration.migrating()));
    // Additions come first, so that a message has a route at any moment.
    actions.addAll(topology.actions());
    actions.addAll(rename.actions());
    actions.addAll(migration.actions());
    actions.addAll(prune.removals());
    return new TopologyPlan(
        actions,
        joined(List.of(topology.problems(), migration.problems())),
        joined(List.of(prune.retained(), migration.retained(), rename.retained())));
  }

  /** The queues that Pods of consumers use or will use, including those of the last spec. */
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

  /** A queue declared now would get no member on such a node, and would need one later. */
  private boolean someNodeStartsForTheFirstTime() {
    List<String> joined =
        observed.reachable().map(broker -> List.copyOf(broker.nodes().keySet())).orElse(List.of());
    return observed.nodes().values().stream()
        .filter(node -> !joined.contains(names.brokerNode(node.number())))
        .filter(node -> !MembershipPlanner.movesTo(node.number(), names, observed))
        .flatMap(node -> node.pod().stream())
        .anyMatch(pod -> observed.age(pod).compareTo(FIRST_START) < 0);
  }

  private List<KubernetesAction> planConsumers(
      Credentials credentials, ClientTrust trust, List<BrokerAction> broker) {
    ConsumerDeployment deployments =
        new ConsumerDeployment(owner, names, spec, images, credentials, trust);
    return new ConsumerPlanner(names, deployments, observed, broker).plan(spec.consumers());
  }
}
