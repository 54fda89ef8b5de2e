package dev.warren.operator.plan.simulation;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.certificates.BouncyCastleMaker;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.BrokerWork.Underway;
import dev.warren.operator.observation.CertificateObservation;
import dev.warren.operator.observation.IssuedDoor;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.ReconcilePlanner;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A cluster with the operator: its observations, and the effect of its plans. It fails at once
 * where a plan would do harm.
 */
public final class InMemoryCluster {

  static final Owner OWNER = new Owner("shop", "orders", "uid-of-orders");
  public static final ResourceNames NAMES = ResourceNames.of("shop", "orders");

  /** A gateway of this image never becomes ready. */
  public static final String BROKEN_IMAGE = PodStatus.BROKEN_IMAGE;

  private static final CertificateMaker MAKER = new BouncyCastleMaker();

  private final TestClock clock = new TestClock();
  private final SimulatedApiServer api = new SimulatedApiServer(clock);
  private final Machines machines;
  private final SimulatedDns dns = new SimulatedDns(clock);
  private final QueueMembers members = new QueueMembers();
  private final SimulatedBroker broker = new SimulatedBroker(members);
  private final SimulatedNodes nodes;
  private final Safeguards safeguards = new Safeguards(api, members);
  private final SimulatedActions actions;
  private final Faults faults;

  private final Map<Integer, Instant> lastSeenRunning = new HashMap<>();
  private boolean reachable = true;
  private ScalingObservation scaling = ScalingObservation.NONE;
  private List<Pod> consumerPods = List.of();
  private Map<String, QueueConsumers> queueConsumers = Map.of();
  private BrokerWork work = BrokerWork.NONE;
  private String gatewayImage = "gateway-image";
  private boolean guarded;
  private boolean recordRefused;
  private int randomTexts;

  /** Of seven machines. */
  public InMemoryCluster() {
    this(7);
  }

  public InMemoryCluster(int numberOfMachines) {
    machines = new Machines(api, clock, numberOfMachines);
    nodes = new SimulatedNodes(api, machines, members, broker);
    actions = new SimulatedActions(api, members, broker, nodes, dns, safeguards);
    faults = new Faults(api, machines, members, broker, nodes);
  }

  public Machines kubernetesNodes() {
    return machines;
  }

  public SimulatedApiServer api() {
    return api;
  }

  public SimulatedBroker broker() {
    return broker;
  }

  public QueueMembers queueMembers() {
    return members;
  }

  public Faults faults() {
    return faults;
  }

  // Settings

  /** At most this many nodes start at each {@link #settle}. */
  public void startNodesSlowly(int perStep) {
    nodes.startSlowly(perStep);
  }

  /** From now on the test fails when no majority of the nodes runs. */
  public void guardMajority() {
    guarded = true;
  }

  /** The image of new gateways. */
  public void setGatewayImage(String image) {
    gatewayImage = image;
  }

  /** Whether the API server refuses to write the record of the nodes. */
  public void refuseRecord(boolean refused) {
    recordRefused = refused;
  }

  /** How long the name of a Pod that has left its Service can be resolved. */
  public void cacheNamesFor(Duration time) {
    dns.cacheFor(time);
  }

  public void setReachable(boolean reachable) {
    this.reachable = reachable;
  }

  public void setScaling(ScalingObservation scaling) {
    this.scaling = scaling;
  }

  public void setConsumerPods(List<Pod> pods) {
    consumerPods = pods;
  }

  public void setQueueConsumers(Map<String, QueueConsumers> consumers) {
    queueConsumers = consumers;
  }

  /** These moves must be started again. */
  public void setStalledMoves(Set<String> stalled) {
    work = new BrokerWork(work.underway(), stalled);
  }

  /** This action is in progress. */
  public void setUnderway(Optional<Underway> underway) {
    work = new BrokerWork(underway, work.stalledMoves());
  }

  // What the operator does

  /** Runs passes until there is nothing to do, also six minutes later. */
  public void converge(MessageTopologySpec spec) {
    boolean waited = false;
    for (int passes = 0; passes < 400; passes++) {
      ReconcilePlan plan = plan(spec);
      carryOut(plan, Integer.MAX_VALUE);
      boolean quiet = !settle() && plan.isEmpty();
      if (quiet && waited) {
        return;
      }
      waited = quiet;
      if (quiet) {
        advance(Duration.ofMinutes(6));
      }
    }
    throw new AssertionError("still not converged: " + plan(spec));
  }

  /** Runs a pass, and what happens until the next one. */
  public ReconcilePlan step(MessageTopologySpec spec) {
    ReconcilePlan plan = plan(spec);
    carryOut(plan, Integer.MAX_VALUE);
    settle();
    return plan;
  }

  public ReconcilePlan plan(MessageTopologySpec spec) {
    return planner(spec).plan();
  }

  /** What is planned for the nodes while the rest of the spec is invalid. */
  public ReconcilePlan planNodes(MessageTopologySpec spec) {
    return planner(spec).planNodes();
  }

  private ReconcilePlanner planner(MessageTopologySpec spec) {
    broker.expect(spec);
    return new ReconcilePlanner(
        OWNER,
        spec,
        new Images("default-image", gatewayImage),
        observe(),
        () -> "random" + ++randomTexts,
        MAKER);
  }

  /** Carries out the first actions of a plan, as an operator that is then killed. */
  public void carryOut(ReconcilePlan plan, int limit) {
    boolean blind = observeBroker() instanceof Unreachable;
    int left = inTurn(plan.certificates().actions(), limit, blind);
    left = inTurn(plan.support(), left, blind);
    boolean recorded = plan.record().isEmpty() || !recordRefused;
    left = inTurn(recorded ? plan.nodes() : List.of(), left, blind);
    left = inTurn(plan.consumerMarks(), left, blind);
    List<BrokerAction> toBroker = recorded ? plan.broker() : plan.brokerBeforeRecord();
    for (BrokerAction action : toBroker.stream().limit(left).toList()) {
      if (blind) {
        Safeguards.assertMayBeDoneBlindly(action);
      }
      actions.apply(action);
    }
    left = Math.max(0, left - toBroker.size());
    plan.consumerChanges().stream().limit(left).forEach(actions::apply);
  }

  /** Up to the first action that is refused; returns how many more may be done. */
  private int inTurn(List<KubernetesAction> planned, int limit, boolean blind) {
    for (KubernetesAction action : planned.stream().limit(limit).toList()) {
      if (blind) {
        Safeguards.assertMayBeDoneBlindly(action);
      }
      if (!actions.apply(action)) {
        break;
      }
    }
    return Math.max(0, limit - planned.size());
  }

  public void applyToBroker(BrokerAction action) {
    actions.apply(action);
  }

  /** The operator is restarted, and forgets what it has observed. */
  public void restartOperator() {
    lastSeenRunning.clear();
    machines.forgetHistory();
  }

  // What the operator observes

  public Observation observe() {
    SortedMap<Integer, QueueNode> seen = new TreeMap<>();
    Stream.concat(api.numbersOfPods().stream(), api.numbersOfVolumes().stream())
        .map(this::queueNode)
        .filter(node -> node.volume().isPresent() || node.pod().isPresent())
        .forEach(node -> seen.put(node.number(), node));
    BrokerObservation answer = observeBroker();
    return new Observation(
        new ObservedObjects(
            api.all().stream()
                .filter(object -> !(object instanceof Pod) && OWNER.owns(object))
                .toList()),
        seen,
        Stream.concat(api.numbersOfPods().stream(), api.numbersOfVolumes().stream())
            .mapToInt(n -> n)
            .max()
            .orElse(-1),
        consumerPods,
        answer,
        machinesOf(seen.values()),
        machines.places(),
        see(answer),
        resolvable(seen.values()),
        Map.of(),
        scaling,
        queueConsumers,
        Map.of(),
        work,
        Map.of(),
        certificates(seen.values()),
        clock.instant());
  }

  /** Every node has read its Secret. */
  private CertificateObservation certificates(Collection<QueueNode> seen) {
    Map<Integer, String> served = new TreeMap<>();
    seen.forEach(
        node ->
            api.find(Secret.class, NAMES.certificateSecret(node.number()))
                .ifPresent(secret -> served.put(node.number(), CertificateSecrets.digest(secret))));
    return new CertificateObservation(Map.of(), new IssuedDoor.NotRead(), served, Optional.empty());
  }

  private BrokerObservation observeBroker() {
    return reachable ? broker.observe() : new Unreachable("no node answers");
  }

  private QueueNode queueNode(int n) {
    return new QueueNode(
        n,
        api.find(PersistentVolumeClaim.class, NAMES.volume(n))
            .filter(OWNER::owns)
            .filter(claim -> !claim.getMetadata().getLabels().containsKey(Labels.RETIRED)),
        api.find(Pod.class, NAMES.node(n)));
  }

  private Map<Integer, KubernetesNode> machinesOf(Collection<QueueNode> seen) {
    Map<Integer, KubernetesNode> found = new TreeMap<>();
    seen.stream()
        .filter(node -> !node.hasReadyPod() && machineOf(node.number()) != null)
        .forEach(
            node -> {
              String machine = machineOf(node.number());
              found.put(node.number(), new KubernetesNode(machine, machines().get(machine)));
            });
    return found;
  }

  private Map<Integer, Instant> see(BrokerObservation answer) {
    if (answer instanceof Reachable there) {
      Instant now = clock.instant();
      there
          .nodes()
          .values()
          .forEach(
              node -> {
                int n = NAMES.number(node.name()).orElseThrow();
                lastSeenRunning.merge(n, now, (last, at) -> node.running() ? at : last);
              });
    }
    return Map.copyOf(lastSeenRunning);
  }

  private Set<Integer> resolvable(Collection<QueueNode> seen) {
    return seen.stream()
        .filter(node -> node.pod().isPresent() && !node.hasName())
        .filter(node -> dns.isCached(node.pod().orElseThrow().getMetadata().getUid()))
        .map(QueueNode::number)
        .collect(toCollection(TreeSet::new));
  }

  // Time

  public void advance(Duration time) {
    clock.advance(time);
  }

  /**
   * Time passes: Pods end and start, volumes are bound, nodes form and join a cluster. A new node
   * needs two such steps until it runs. Nothing changes on a silent machine.
   *
   * @return whether a node came or went
   */
  public boolean settle() {
    advance(Duration.ofSeconds(2));
    boolean moved = broker.moveMessages();
    boolean ended = nodes.endPods();
    boolean started = nodes.startPods();
    assertThat(guarded && !nodes.haveVotes())
        .as("too many of the nodes are down: %s", brokerNodes())
        .isFalse();
    return ended || started || moved;
  }

  // The state of the cluster

  public Set<String> names(String kind) {
    return api.names(kind);
  }

  public JsonNode get(String kind, String name) {
    return api.get(kind, name);
  }

  public Map<String, Boolean> brokerNodes() {
    return members.nodes();
  }

  /** The members of each queue. */
  public Map<String, Set<String>> members() {
    return members.all();
  }

  public SortedMap<String, KubernetesNode.State> machines() {
    return machines.states();
  }

  /** The machine of a node's Pod, or that to which its volume ties it. */
  public String machineOf(int n) {
    return machines.of(n);
  }

  /** The broker nodes on that machine. */
  public Set<String> onMachine(String machine) {
    return brokerNodes().keySet().stream()
        .filter(node -> machine != null)
        .filter(node -> machine.equals(machineOf(NAMES.number(node).orElseThrow())))
        .collect(toCollection(TreeSet::new));
  }

  public Optional<NodeRemoval> recordedRemoval() {
    return safeguards.recorded().flatMap(Membership::removal);
  }

  /** The record of the nodes as a text. */
  public String record() {
    return get("ConfigMap", NAMES.membership()).path("data").toString();
  }

  // What users do

  /** What a user does with kubectl delete. */
  public void delete(String kind, String name) {
    api.delete(kind, name);
    nodes.stopWithoutPod();
  }

  /** What a user does with kubectl annotate. */
  public void giveUp(String pod) {
    api.annotate(pod, Labels.REPLACE, "true");
  }

  public void unannotate(String pod) {
    api.removeAnnotation(pod, Labels.REPLACE);
  }
}
