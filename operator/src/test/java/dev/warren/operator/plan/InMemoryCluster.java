package dev.warren.operator.plan;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.AddStreamMember;
import dev.warren.operator.action.BrokerAction.BalanceLeaders;
import dev.warren.operator.action.BrokerAction.Bind;
import dev.warren.operator.action.BrokerAction.DeclareExchange;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerAction.DisconnectClients;
import dev.warren.operator.action.BrokerAction.EndMove;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.ForgetNode;
import dev.warren.operator.action.BrokerAction.FreeFeatureFlags;
import dev.warren.operator.action.BrokerAction.KeepClientsOut;
import dev.warren.operator.action.BrokerAction.LetClientsIn;
import dev.warren.operator.action.BrokerAction.PutPolicy;
import dev.warren.operator.action.BrokerAction.PutRecord;
import dev.warren.operator.action.BrokerAction.PutUser;
import dev.warren.operator.action.BrokerAction.QueueDeletion;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.RemoveExchange;
import dev.warren.operator.action.BrokerAction.RemoveMember;
import dev.warren.operator.action.BrokerAction.RemovePolicy;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.action.BrokerAction.RestoreAccount;
import dev.warren.operator.action.BrokerAction.SetPlugins;
import dev.warren.operator.action.BrokerAction.StartMove;
import dev.warren.operator.action.BrokerAction.StopNode;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Grow;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.KubernetesAction.Replace;
import dev.warren.operator.action.KubernetesAction.Scale;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.Move;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.BrokerWork.Underway;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
import dev.warren.operator.plan.topology.MemberCount;
import dev.warren.operator.plan.topology.MigrationPlanner;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An API server, the machines, the kubelets, the controllers and the brokers, as far as plans
 * depend on them. It does what a plan says as the real ones would, and fails at once where that
 * would do harm.
 */
public final class InMemoryCluster {

  static final Owner OWNER = new Owner("shop", "orders", "uid-of-orders");
  public static final ResourceNames NAMES = ResourceNames.of("shop", "orders");

  private static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  /** A gateway of this image never becomes ready. */
  static final String BROKEN_IMAGE = "broken-image";

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Stored(Class<? extends HasMetadata> type, ObjectNode object, JsonNode applied) {}

  private final SortedMap<String, Stored> objects = new TreeMap<>();
  private final Set<String> claimsEver = new HashSet<>();
  private final Set<String> claimsWithData = new HashSet<>();
  private final SortedMap<String, KubernetesNode.State> machines = new TreeMap<>();
  private Duration namesAreCachedFor = Duration.ofSeconds(12);
  private final Map<String, Instant> outOfServiceSince = new HashMap<>();
  private final Map<Integer, Instant> lastSeenRunning = new HashMap<>();

  private final SortedMap<String, Boolean> brokerNodes = new TreeMap<>();
  private final Map<String, Set<String>> plugins = new HashMap<>();
  private final Map<String, Exchange> exchanges = new TreeMap<>();
  private final Map<String, Queue> queues = new TreeMap<>();
  private final Map<String, Set<String>> members = new TreeMap<>();
  private final Map<String, String> leaders = new TreeMap<>();
  private boolean leaderless;

  /** Every node that has been a member, by the number of the Pod's name. */
  private final Set<Integer> everJoined = new TreeSet<>();

  /** Pods whose node was stopped although its Erlang goes on; by UID. */
  private final Set<String> stopped = new HashSet<>();

  private final Set<String> crashLooping = new HashSet<>();
  private final Map<String, Policy> policies = new TreeMap<>();
  private final Map<String, User> users = new TreeMap<>();
  private final Set<Binding> bindings = new HashSet<>();
  private final Map<String, Long> messages = new TreeMap<>();
  private OwnershipRecord declared = OwnershipRecord.NOTHING;
  private final Map<String, Move> moves = new TreeMap<>();
  private final Set<String> stoppedMoves = new HashSet<>();
  private final Set<String> halfDeleted = new HashSet<>();
  private BrokerWork work = BrokerWork.NONE;
  private boolean closed;

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int counter;
  private boolean reachable = true;
  private boolean lockedOut;
  private ScalingObservation scaling = ScalingObservation.NONE;
  private List<Pod> consumerPods = List.of();
  private boolean guarded;
  private boolean recordRefused;
  private int startsPerStep = Integer.MAX_VALUE;
  private int balanced;
  private MessageTopologySpec spec;
  private String gatewayImage = "gateway-image";

  public InMemoryCluster() {
    for (int i = 0; i < 7; i++) {
      machines.put("m" + i, KubernetesNode.State.READY);
    }
  }

  /** From now on that many nodes at most start at each {@link #settle}. */
  public void startNodesSlowly(int perStep) {
    startsPerStep = perStep;
  }

  /** From now on it is a failure when no majority of the nodes runs. */
  public void guardMajority() {
    guarded = true;
  }

  /** From now on the operator makes gateways of this image. */
  void setGatewayImage(String image) {
    gatewayImage = image;
  }

  /** Whether the API server refuses to write the record of the nodes from now on. */
  public void refuseRecord(boolean refused) {
    recordRefused = refused;
  }

  /** As when definitions are imported that do not have the operator's account. */
  public void lockOut() {
    lockedOut = true;
  }

  public void setReachable(boolean reachable) {
    this.reachable = reachable;
  }

  /** From now on the load of consumers is this. */
  public void setScaling(ScalingObservation scaling) {
    this.scaling = scaling;
  }

  /** From now on consumers have these Pods. */
  public void setConsumerPods(List<Pod> pods) {
    consumerPods = pods;
  }

  public void pass(Duration time) {
    now = now.plus(time);
  }

  /** Plans and does everything until there is nothing to do, nor later. */
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
        pass(Duration.ofMinutes(2));
      }
    }
    throw new AssertionError("still not converged: " + plan(spec));
  }

  public ReconcilePlan plan(MessageTopologySpec spec) {
    return planner(spec).plan();
  }

  /** What is planned for a spec of which the rest makes no sense. */
  public ReconcilePlan planNodes(MessageTopologySpec spec) {
    return planner(spec).planNodes();
  }

  private ReconcilePlanner planner(MessageTopologySpec spec) {
    this.spec = spec;
    return new ReconcilePlanner(
        OWNER,
        spec,
        new Images("default-image", gatewayImage),
        observe(),
        () -> "random" + ++counter);
  }

  /** One pass of the operator, and what happens until the next one. */
  public ReconcilePlan step(MessageTopologySpec spec) {
    ReconcilePlan plan = plan(spec);
    carryOut(plan, Integer.MAX_VALUE);
    settle();
    return plan;
  }

  /** Does the first actions of a plan, as an operator does that is then killed. */
  public void carryOut(ReconcilePlan plan, int actions) {
    boolean blind = observeBroker() instanceof Unreachable;
    int left = inTurn(plan.support(), actions, blind);
    boolean recorded = plan.record().isEmpty() || !recordRefused;
    left = inTurn(recorded ? plan.nodes() : List.of(), left, blind);
    List<BrokerAction> broker = recorded ? plan.broker() : plan.brokerBeforeRecord();
    for (BrokerAction action : broker.stream().limit(left).toList()) {
      assertThat(blind && isDestructive(action)).as("done blindly: %s", action).isFalse();
      apply(action);
    }
    left = Math.max(0, left - broker.size());
    plan.consumers().stream().limit(left).forEach(this::apply);
  }

  /** Up to the first that is refused; how many more may be done. */
  private int inTurn(List<KubernetesAction> actions, int limit, boolean blind) {
    for (KubernetesAction action : actions.stream().limit(limit).toList()) {
      assertThat(blind && isDestructive(action)).as("done blindly: %s", action).isFalse();
      if (!apply(action)) {
        break;
      }
    }
    return Math.max(0, limit - actions.size());
  }

  private static boolean isDestructive(KubernetesAction action) {
    return switch (action) {
      case Delete delete -> delete.object() instanceof PersistentVolumeClaim;
      case Mark mark ->
          mark.labels().containsKey(Labels.RETIRED)
              || mark.labels().containsValue(Component.LOST_NODE.value())
              || "false".equals(mark.labels().get(Labels.IN_SERVICE));
      default -> false;
    };
  }

  private static boolean isDestructive(BrokerAction action) {
    return action instanceof QueueDeletion
        || action instanceof RemoveExchange
        || action instanceof Unbind
        || action instanceof StopNode
        || action instanceof ForgetNode
        || action instanceof RemoveMember
        || action instanceof RemoveStreamMember;
  }

  /** An operator that starts again has seen nothing yet. */
  public void restartOperator() {
    lastSeenRunning.clear();
  }

  // Kubernetes

  /**
   * @return whether it was done; if not, the object has changed since it was observed
   */
  boolean apply(KubernetesAction action) {
    HasMetadata object = action.object();
    String key = key(object.getKind(), object.getMetadata().getName());
    Stored existing = objects.get(key);
    switch (action) {
      case Create create -> {
        assertThat(existing).as("there is one already: %s", create).isNull();
        create(key, object);
      }
      case Apply ignored -> serverSideApply(key, object, existing);
      case Scale ignored -> serverSideApply(key, object, existing);
      case Grow ignored -> serverSideApply(key, object, existing);
      case Mark mark -> {
        if (existing == null) {
          return false;
        }
        assertSame(mark, existing);
        mark(mark, existing);
      }
      case Replace replace -> {
        assertSame(replace, existing);
        if (object instanceof ConfigMap record) {
          assertMayBeRecorded(recorded(), Membership.of(record).orElseThrow());
        }
        store(key, object, JSON.valueToTree(object), existing.applied());
      }
      case Delete delete -> {
        assertSame(delete, existing);
        if (!metadata(existing)
            .path("resourceVersion")
            .asText()
            .equals(object.getMetadata().getResourceVersion())) {
          return false;
        }
        delete(key, existing);
      }
    }
    return true;
  }

  private void serverSideApply(String key, HasMetadata object, Stored existing) {
    assertThat(existing).as("there is none: %s", key).isNotNull();
    ObjectNode applied = JSON.valueToTree(object);
    store(
        key,
        object,
        ServerSideApply.merge(existing.object(), existing.applied(), applied),
        applied);
  }

  private void mark(Mark mark, Stored existing) {
    ObjectNode labels = metadata(existing).withObject("/labels");
    if (mark.labels().containsValue(Component.LOST_NODE.value())) {
      int n = NAMES.numberOfPod(mark.object().getMetadata().getName()).orElseThrow();
      assertThat(recorded().flatMap(Membership::removal).map(NodeRemoval::node))
          .as("only a node that leaves is taken out of the Services")
          .contains(n);
      outOfServiceSince.putIfAbsent(mark.object().getMetadata().getUid(), now);
    } else if (mark.labels().containsKey(Labels.COMPONENT)) {
      outOfServiceSince.remove(mark.object().getMetadata().getUid());
    }
    if (mark.labels().containsKey(Labels.RETIRED)) {
      assertIsGone(NAMES.numberOfVolume(mark.object().getMetadata().getName()).orElseThrow());
    }
    mark.labels().forEach(labels::put);
    ObjectNode annotations = metadata(existing).withObject("/annotations");
    mark.annotations().forEach(annotations::put);
    metadata(existing).put("resourceVersion", String.valueOf(++counter));
  }

  private void delete(String key, Stored existing) {
    if (existing.type() == PersistentVolumeClaim.class) {
      int n = NAMES.numberOfVolume(nameOf(existing)).orElseThrow();
      assertIsGone(n);
      deleteClaim(n);
    } else if (existing.type() == Pod.class) {
      int n = NAMES.numberOfPod(nameOf(existing)).orElseThrow();
      boolean leaving =
          recorded().flatMap(Membership::removing).filter(d -> d.node() == n).isPresent();
      assertThat(leaving && isRunning(n))
          .as("node %s leaves, but not by the deletion of its Pod while it runs", n)
          .isFalse();
      if (assigned(existing) == null) {
        objects.remove(key);
      } else {
        metadata(existing).put("deletionTimestamp", now.toString());
      }
    } else {
      objects.remove(key);
    }
  }

  /** Nothing of a node may be taken away that is, or might be, a member. */
  private void assertIsGone(int n) {
    assertThat(brokerNodes).as("the others know %s", n).doesNotContainKey(NAMES.brokerNode(n));
    assertThat(recorded().flatMap(Membership::removal).filter(d -> !d.isUnderway()))
        .as("the removal of %s is recorded", n)
        .map(NodeRemoval::node)
        .contains(n);
  }

  /** A removal is recorded before anything else, and none begins while another is underway. */
  private void assertMayBeRecorded(Optional<Membership> before, Membership after) {
    Optional<NodeRemoval> underway = before.flatMap(Membership::removing);
    if (underway.isEmpty()) {
      return;
    }
    int n = underway.get().node();
    if (after.removal().filter(removal -> removal.node() == n).isEmpty()) {
      assertThat(isRunning(n))
          .as("two removals at once, unless that of %s, which runs, is put off", n)
          .isTrue();
    }
  }

  public Optional<NodeRemoval> plannedRemoval() {
    return recorded().flatMap(Membership::removal);
  }

  /** The record of the nodes as a text. */
  public String record() {
    return get("ConfigMap", NAMES.membership()).path("data").toString();
  }

  private Optional<Membership> recorded() {
    return find(ConfigMap.class, NAMES.membership()).flatMap(Membership::of);
  }

  private static String nameOf(Stored stored) {
    return metadata(stored).path("name").asText();
  }

  private void create(String key, HasMetadata object) {
    if (object instanceof PersistentVolumeClaim) {
      assertThat(claimsEver.add(key)).as("%s is an identity used twice", key).isTrue();
    }
    if (object instanceof Pod) {
      String claim = "data-" + object.getMetadata().getName();
      assertThat(objects)
          .as("no Pod before its volume")
          .containsKey(key("PersistentVolumeClaim", claim));
    }
    ObjectNode applied = JSON.valueToTree(object);
    ObjectNode created = applied.deepCopy();
    ((ObjectNode) created.get("metadata"))
        .put("uid", "uid-" + ++counter)
        .put("creationTimestamp", now.toString());
    store(key, object, created, applied);
  }

  private void store(String key, HasMetadata object, ObjectNode json, JsonNode applied) {
    Defaults.add(object.getKind(), json);
    ((ObjectNode) json.get("metadata")).put("resourceVersion", String.valueOf(++counter));
    objects.put(key, new Stored(object.getClass(), json, applied));
  }

  private static void assertSame(KubernetesAction action, Stored existing) {
    assertThat(existing).as("there is none: %s", action).isNotNull();
    assertThat(metadata(existing).path("uid").asText())
        .as("another one by now: %s", action)
        .isEqualTo(action.object().getMetadata().getUid());
  }

  /** What a user does with kubectl delete. */
  public void delete(String kind, String name) {
    assertThat(objects.remove(key(kind, name))).as("%s %s", kind, name).isNotNull();
    stopNodesWithoutPod();
  }

  /** Storage stands behind a node's claim, so much of it. */
  public void provide(int n, String capacity) {
    objects
        .get(key("PersistentVolumeClaim", NAMES.volume(n)))
        .object()
        .withObject("/status/capacity")
        .put("storage", capacity);
  }

  /** What a user does with kubectl edit. */
  public void edit(String kind, String name, String pointer, JsonNode value) {
    Stored stored = objects.get(key(kind, name));
    JsonNode parent = stored.object().at(pointer.substring(0, pointer.lastIndexOf('/')));
    String field = pointer.substring(pointer.lastIndexOf('/') + 1);
    if (value.isMissingNode()) {
      ((ObjectNode) parent).remove(field);
    } else {
      ((ObjectNode) parent).set(field, value);
    }
  }

  /** Somebody else's volume. */
  public void putForeignVolume(String name) {
    PersistentVolumeClaim claim = new PersistentVolumeClaim();
    claim.setMetadata(
        new Owner("shop", "orders", "uid-of-an-earlier-one")
            .kept(name, Component.QUEUE_NODE)
            .build());
    create(key("PersistentVolumeClaim", name), claim);
  }

  /** What a user does with kubectl annotate. */
  public void cacheNamesFor(Duration time) {
    namesAreCachedFor = time;
  }

  public void giveUp(String pod) {
    metadata(objects.get(key("Pod", pod))).withObject("/annotations").put(Labels.REPLACE, "true");
  }

  int highestNumberEver() {
    return claimsEver.stream()
        .map(key -> key.substring(key.indexOf('/') + 1))
        .flatMapToInt(claim -> NAMES.numberOfVolume(claim).stream())
        .max()
        .orElse(-1);
  }

  /** What a user begins with kubectl delete. */
  public void terminate(String pod) {
    metadata(objects.get(key("Pod", pod))).put("deletionTimestamp", now.toString());
  }

  public void unannotate(String pod) {
    metadata(objects.get(key("Pod", pod))).withObject("/annotations").remove(Labels.REPLACE);
  }

  /** New Pods for all nodes, which nobody has noticed. */
  public void replacePods() {
    objects.values().stream()
        .filter(stored -> stored.type() == Pod.class)
        .forEach(pod -> metadata(pod).put("uid", "uid-" + ++counter));
  }

  /** A claim stays as long as a Pod uses it. */
  public void deleteClaim(int n) {
    Stored claim = objects.get(key("PersistentVolumeClaim", NAMES.volume(n)));
    metadata(claim).put("deletionTimestamp", now.toString());
    removeUnusedClaims();
  }

  private void removeUnusedClaims() {
    objects
        .entrySet()
        .removeIf(
            entry -> {
              Stored claim = entry.getValue();
              boolean unused =
                  claim.type() == PersistentVolumeClaim.class
                      && metadata(claim).has("deletionTimestamp")
                      && !objects.containsKey(
                          key("Pod", nameOf(claim).substring("data-".length())));
              if (unused) {
                claimsWithData.remove(entry.getKey());
              }
              return unused;
            });
  }

  /** The data is gone, and the node's program with it, but not the claim. */
  public void emptyVolume(int n) {
    claimsWithData.remove(key("PersistentVolumeClaim", NAMES.volume(n)));
    crash(NAMES.node(n));
  }

  // Machines

  /** It and its Pods run on, but nobody hears of them. */
  public void silence(String machine) {
    machines.put(machine, KubernetesNode.State.SILENT);
    numbersOfPods().stream()
        .filter(n -> machine.equals(machineOf(n)))
        .forEach(
            n -> {
              brokerNodes.replace(NAMES.brokerNode(n), false);
              notReady(objects.get(key("Pod", NAMES.node(n))));
            });
  }

  public void bringBack(String machine) {
    machines.put(machine, KubernetesNode.State.READY);
  }

  /** It is taken out of the cluster, and will not return; volumes on it are of no use any more. */
  public void destroy(String machine) {
    silence(machine);
    machines.put(machine, KubernetesNode.State.GONE);
    objects
        .values()
        .removeIf(stored -> stored.type() == Pod.class && machine.equals(assigned(stored)));
    removeUnusedClaims();
    stopNodesWithoutPod();
  }

  public SortedMap<String, KubernetesNode.State> machines() {
    return machines;
  }

  /** The machine of a node's Pod, or that to which its volume ties it. */
  public String machineOf(int n) {
    Stored pod = objects.get(key("Pod", NAMES.node(n)));
    String assigned = pod == null ? null : assigned(pod);
    Stored claim = objects.get(key("PersistentVolumeClaim", NAMES.volume(n)));
    return assigned != null || claim == null
        ? assigned
        : metadata(claim).path("annotations").path(SELECTED_NODE).asText(null);
  }

  private static String assigned(Stored pod) {
    return pod.object().path("spec").path("nodeName").asText(null);
  }

  /** A Pod goes where its volume is, or else to the machine with the fewest. */
  private boolean schedule(int n, Stored pod, Stored claim) {
    String tied = machineOf(n);
    Optional<String> machine =
        tied != null
            ? Optional.of(tied)
            : machines.keySet().stream()
                .filter(name -> machines.get(name) == KubernetesNode.State.READY)
                .min(Comparator.comparing(this::podsOn).thenComparing(name -> name));
    if (machine.isEmpty() || machines.get(machine.get()) != KubernetesNode.State.READY) {
      return false;
    }
    ((ObjectNode) pod.object().get("spec")).put("nodeName", machine.get());
    metadata(claim).withObject("/annotations").put(SELECTED_NODE, machine.get());
    return true;
  }

  private long podsOn(String machine) {
    return numbersOfPods().stream()
        .filter(n -> machine.equals(machineOf(n)))
        .map(n -> metadata(objects.get(key("Pod", NAMES.node(n)))).path("labels"))
        .filter(
            labels ->
                labels.path(Labels.COMPONENT).asText().equals(Component.QUEUE_NODE.value())
                    && !labels.path(Labels.LEAVING).asText().equals("true"))
        .count();
  }

  private boolean isOnReadyMachine(int n) {
    String machine = machineOf(n);
    return machine != null && machines.get(machine) == KubernetesNode.State.READY;
  }

  /** The kubelet ends a Pod without deleting it, as when the machine has no memory left. */
  public void evict(String pod) {
    ObjectNode status = objects.get(key("Pod", pod)).object().putObject("status");
    status.put("phase", "Failed").put("reason", "Evicted");
    stopNodesWithoutPod();
  }

  public Set<String> names(String kind) {
    return objects.keySet().stream()
        .filter(key -> key.startsWith(kind + "/"))
        .map(key -> key.substring(kind.length() + 1))
        .collect(toCollection(TreeSet::new));
  }

  public JsonNode get(String kind, String name) {
    Stored stored = objects.get(key(kind, name));
    return stored == null ? MissingNode.getInstance() : stored.object();
  }

  public Map<String, Boolean> brokerNodes() {
    return brokerNodes;
  }

  public Map<String, Set<String>> members() {
    return members;
  }

  // What goes on by itself

  /**
   * Time passes: Pods end and start, volumes are bound, nodes found and join a cluster. A new node
   * needs two such steps until it runs. Nothing of that goes on on a silent machine.
   *
   * @return whether a node came or went
   */
  public boolean settle() {
    now = now.plusSeconds(2);
    boolean moved = move();
    boolean ended =
        objects
            .values()
            .removeIf(
                stored ->
                    stored.type() == Pod.class
                        && metadata(stored).has("deletionTimestamp")
                        && (assigned(stored) == null
                            || machines.get(assigned(stored)) == KubernetesNode.State.READY));
    removeUnusedClaims();
    stopNodesWithoutPod();
    boolean begun = false;
    int starts = 0;
    for (int n : numbersOfPods()) {
      Stored pod = objects.get(key("Pod", NAMES.node(n)));
      String claim = key("PersistentVolumeClaim", NAMES.volume(n));
      if (hasEnded(pod) || !objects.containsKey(claim)) {
        continue;
      }
      if (assigned(pod) == null && !schedule(n, pod, objects.get(claim))) {
        continue;
      }
      if (!isOnReadyMachine(n)) {
        continue;
      }
      ((ObjectNode) objects.get(claim).object().get("spec")).put("volumeName", "pv-" + n);
      boolean runs = isRunning(n);
      boolean isNew = !pod.object().has("status");
      begun |= isNew;
      if (isStopped(n) || crashLooping.contains(nameOf(pod))) {
        continue;
      }
      if (!runs && !isNew && starts < startsPerStep) {
        if (isRefusedByItsVolume(n, claim, pod)) {
          refused(pod);
          continue;
        }
        if (start(n, claim, pod)) {
          runs = true;
          starts++;
        }
      }
      status(pod, true, runs);
    }
    assertThat(guarded && !hasVotes())
        .as("too many of the nodes are down: %s", brokerNodes)
        .isFalse();
    return ended || begun || moved || starts > 0;
  }

  /** A former member that is blank does not start if it knows that it has been one. */
  private boolean isRefusedByItsVolume(int n, String claim, Stored pod) {
    if (claimsWithData.contains(claim) || !everJoined.contains(n)) {
      return false;
    }
    assertThat(metadata(pod).path("annotations").path(Labels.JOINED).asText())
        .as("node %s would join again under its old name, but blank", n)
        .isEqualTo("true");
    return true;
  }

  /** A node with data goes on; a blank one founds a cluster or joins that of its seed. */
  private boolean start(int n, String claim, Stored pod) {
    String node = NAMES.brokerNode(n);
    if (claimsWithData.contains(claim)) {
      // One that was forgotten is refused by the others.
      plugins.put(node, pluginsOfTheConfiguration());
      return brokerNodes.replace(node, true) != null;
    }
    String seed = metadata(pod).path("annotations").path(QueueNodePod.SEED_ANNOTATION).asText();
    if (seed.equals(node)) {
      assertThat(brokerNodes).as("%s founds a second cluster", node).isEmpty();
      assertThat(everJoined).as("%s founds a second cluster", node).isEmpty();
      users.put("warren-admin", new User("warren-admin", "", Set.of("administrator"), true));
    } else if (!brokerNodes.getOrDefault(seed, false) || !hasMajority(brokerNodes.keySet())) {
      return false;
    }
    claimsWithData.add(claim);
    everJoined.add(n);
    brokerNodes.put(node, true);
    plugins.put(node, pluginsOfTheConfiguration());
    return true;
  }

  private Set<String> pluginsOfTheConfiguration() {
    String file =
        find(ConfigMap.class, NAMES.configMap()).orElseThrow().getData().get("enabled_plugins");
    return Set.of(file.replaceAll("[\\[\\].\\s]", "").split(","));
  }

  /** What a node has enabled. */
  public Set<String> plugins(int n) {
    return plugins.get(NAMES.brokerNode(n));
  }

  /** It has just started, and tells nothing of them yet. */
  public void keepSilentAboutPlugins(int n) {
    plugins.remove(NAMES.brokerNode(n));
  }

  /** Somebody does it by hand. */
  public void disable(int n, String plugin) {
    Set<String> left = new HashSet<>(plugins(n));
    left.remove(plugin);
    plugins.put(NAMES.brokerNode(n), left);
  }

  private void stopNodesWithoutPod() {
    brokerNodes.replaceAll(
        (node, runs) -> {
          Stored pod = objects.get(key("Pod", NAMES.node(NAMES.number(node).orElseThrow())));
          return runs && pod != null && !hasEnded(pod);
        });
  }

  private static boolean hasEnded(Stored pod) {
    return pod.object().path("status").path("phase").asText().equals("Failed");
  }

  private void status(Stored pod, boolean started, boolean ready) {
    Optional<String> gateway =
        pod.object()
            .at("/spec/containers")
            .valueStream()
            .filter(container -> container.path("name").asText().equals(QueueNodePod.GATEWAY))
            .findFirst()
            .map(container -> container.path("image").asText());
    boolean gatewayWorks = gateway.filter(BROKEN_IMAGE::equals).isEmpty();
    ObjectNode status = pod.object().putObject("status");
    status.put("phase", started && gatewayWorks ? "Running" : "Pending");
    ArrayNode conditions = status.putArray("conditions");
    for (String type : List.of("Ready", "ContainersReady")) {
      conditions
          .addObject()
          .put("type", type)
          .put("status", ready && gatewayWorks ? "True" : "False");
    }
    ArrayNode containers = status.putArray("containerStatuses");
    ObjectNode container = containers.addObject();
    container.put("name", QueueNodePod.CONTAINER).put("ready", ready);
    container.putObject("state").putObject(started ? "running" : "waiting");
    if (gateway.isPresent()) {
      ObjectNode beside = containers.addObject();
      beside.put("name", QueueNodePod.GATEWAY).put("ready", ready && gatewayWorks);
      beside.putObject("state").putObject(started && gatewayWorks ? "running" : "waiting");
    }
  }

  private void refused(Stored pod) {
    status(pod, false, false);
    ((ObjectNode) pod.object().at("/status/containerStatuses/0"))
        .putObject("lastState")
        .putObject("terminated")
        .put("exitCode", QueueNode.VOLUME_EMPTY);
  }

  /** All that Kubernetes notices when a machine falls silent. */
  private static void notReady(Stored pod) {
    if (pod.object().at("/status/conditions/0") instanceof ObjectNode ready) {
      ready.put("status", "False");
    }
  }

  private boolean isRunning(int n) {
    return brokerNodes.getOrDefault(NAMES.brokerNode(n), false);
  }

  private boolean isStopped(int n) {
    Stored pod = objects.get(key("Pod", NAMES.node(n)));
    return pod != null
        && stopped.contains(metadata(pod).path("uid").asText())
        && isOnReadyMachine(n);
  }

  /** A node whose program ends again and again for a reason of its own, until told otherwise. */
  public void crashAlways(String pod) {
    crashLooping.add(pod);
    crash(pod);
  }

  public void crashNoMore(String pod) {
    crashLooping.remove(pod);
  }

  /** A node whose program ends again and again, so that its container waits to be started. */
  public void crash(String pod) {
    status(objects.get(key("Pod", pod)), false, false);
    stopped.remove(metadata(objects.get(key("Pod", pod))).path("uid").asText());
    brokerNodes.replace(NAMES.brokerNode(NAMES.numberOfPod(pod).orElseThrow()), false);
  }

  /** It was refused by its volume, and is not any more. */
  public void startsAfterRefusal(String pod) {
    Stored stored = objects.get(key("Pod", pod));
    claimsWithData.add(key("PersistentVolumeClaim", "data-" + pod));
    assertThat(stored.object().at("/status/containerStatuses/0/lastState").isObject()).isTrue();
    ObjectNode container = (ObjectNode) stored.object().at("/status/containerStatuses/0");
    container.putObject("state").putObject("running");
  }

  /** A node that runs, but not well enough to serve clients. */
  public void hang(String pod) {
    status(objects.get(key("Pod", pod)), true, false);
    brokerNodes.replace(NAMES.brokerNode(NAMES.numberOfPod(pod).orElseThrow()), false);
  }

  /** Kubernetes alone says of a node which serves clients that it does not. */
  public void takeForNotReady(String pod) {
    notReady(objects.get(key("Pod", pod)));
  }

  // The brokers

  public void applyToBroker(BrokerAction action) {
    apply(action);
  }

  private void apply(BrokerAction action) {
    if (action instanceof ForgetNode(String node)) {
      forget(node);
      return;
    }
    if (!hasMajority(brokerNodes.keySet())) {
      return; // It fails, and the next pass says so.
    }
    switch (action) {
      case PutRecord(OwnershipRecord record) -> declared = record;
      case DeclareExchange(Exchange exchange) -> {
        assertThat(declared.exchanges()).as("recorded before").contains(exchange.name());
        exchanges.put(exchange.name(), exchange);
      }
      case DeclareQueue(Queue queue) -> {
        if (!isShelter(queue.name())) {
          assertThat(declared.queues()).as("recorded before").containsKey(queue.name());
        }
        declare(queue);
      }
      case PutPolicy(Policy policy) -> policies.put(policy.name(), policy);
      case PutUser(String name, String password) ->
          users.put(name, new User(name, hash(password), Set.of(), true));
      case Bind(Binding binding) -> {
        assertThat(exchanges).containsKey(binding.exchange());
        assertThat(queues).containsKey(binding.queue());
        assertThat(declared.bindings()).as("recorded before").contains(binding);
        bindings.add(binding);
      }
      case Unbind(Binding binding) -> {
        assertThat(declared.bindings()).as("ours").contains(binding);
        bindings.remove(binding);
      }
      case RemoveQueue(String queue, boolean onlyIfEmpty) -> removeQueue(queue, onlyIfEmpty);
      case RemovePolicy(String policy) -> policies.remove(policy);
      case RemoveExchange(String exchange) -> {
        assertThat(declared.exchanges()).as("ours").contains(exchange);
        if (bindings.stream().noneMatch(binding -> binding.exchange().equals(exchange))) {
          exchanges.remove(exchange);
        }
      }
      case AddMember(String queue, String node) -> addMember("quorum", queue, node);
      case AddStreamMember(String stream, String node) -> addMember("stream", stream, node);
      case RemoveMember(String queue, String node) -> removeMember("quorum", queue, node);
      case RemoveStreamMember(String stream, String node) -> removeMember("stream", stream, node);
      case BalanceLeaders() -> balance();
      case StopNode(String node) -> stop(node);
      case StartMove(String name, Move move) -> moves.put(name, move);
      case EndMove(String name) -> {
        moves.remove(name);
        stoppedMoves.remove(name);
      }
      case FinishDeletions(Set<String> found) ->
          found.stream().filter(Set.copyOf(halfDeleted)::contains).forEach(this::deleteByHand);
      case RecreateQueue recreate -> recreate(recreate);
      case KeepClientsOut() -> closed = true;
      case DisconnectClients() -> throw new AssertionError("a part of another action");
      case LetClientsIn() -> closed = false;
      case SetPlugins(String node, Set<String> wanted) -> plugins.put(node, wanted);
      case FreeFeatureFlags free -> {}
      case RestoreAccount restore -> lockedOut = false;
      case ForgetNode(String node) -> throw new AssertionError(node);
    }
  }

  private void addMember(String type, String queue, String node) {
    assertThat(queues.get(queue).type()).isEqualTo(type);
    assertThat(brokerNodes).containsKey(node);
    if (hasMajority(members.get(queue)) && brokerNodes.get(node)) {
      members.get(queue).add(node);
    }
  }

  private void removeMember(String type, String queue, String node) {
    assertThat(queues.get(queue).type()).isEqualTo(type);
    if (!hasMajority(members.get(queue)) || !members.get(queue).contains(node)) {
      return;
    }
    Set<String> others = without(node, members.get(queue));
    assertThat(others).as("the last member of %s", queue).isNotEmpty();
    assertThat(hasMajority(others)).as("%s is left with %s", queue, others).isTrue();
    spec.queues().stream()
        .filter(declared -> declared.name().equals(queue))
        .forEach(
            declared ->
                assertThat(others)
                    .as("members of %s after one was removed", queue)
                    .hasSizeGreaterThanOrEqualTo(
                        MemberCount.members(declared, spec.nodes().replicas())));
    members.put(queue, others);
  }

  private void stop(String node) {
    int n = NAMES.number(node).orElseThrow();
    assertIsLeaving(n);
    if (!isRunning(n)) {
      return;
    }
    Stored pod = objects.get(key("Pod", NAMES.node(n)));
    assertThat(metadata(pod).path("labels").path(Labels.IN_SERVICE).asText())
        .as("%s is stopped while clients are sent to it", node)
        .isEqualTo("false");
    assertThat(hasMajority(without(node, brokerNodes.keySet())))
        .as("%s is stopped, and the others are too few: %s", node, brokerNodes)
        .isTrue();
    queues.values().stream()
        .filter(queue -> !queue.type().equals("classic"))
        .forEach(
            queue ->
                assertThat(members.get(queue.name()))
                    .as("members of %s when %s is stopped", queue.name(), node)
                    .doesNotContain(node));
    brokerNodes.put(node, false);
    stopped.add(metadata(pod).path("uid").asText());
    notReady(pod);
  }

  private void forget(String node) {
    int n = NAMES.number(node).orElseThrow();
    if (!brokerNodes.containsKey(node)) {
      return; // It is refused.
    }
    assertIsLeaving(n);
    assertThat(isRunning(n)).as("%s is forgotten while it runs", node).isFalse();
    if (!hasVotes() || without(node, brokerNodes.keySet()).isEmpty()) {
      return;
    }
    boolean dataGone = recordedRemoval().kind() == Kind.GIVEN_UP || !hasData(n);
    for (Queue queue : List.copyOf(queues.values())) {
      Set<String> copies = members.get(queue.name());
      if (copies.contains(node)) {
        forget(node, queue.name(), dataGone);
      }
    }
    brokerNodes.remove(node);
  }

  /** Whether enough nodes can decide; one that was stopped in order to be forgotten still votes. */
  private boolean hasVotes() {
    long votes =
        brokerNodes.keySet().stream()
            .filter(node -> brokerNodes.get(node) || isStopped(NAMES.number(node).orElseThrow()))
            .count();
    return 2 * votes > brokerNodes.size();
  }

  /** What a user does with rabbitmqctl. */
  public void forgetByHand(int n) {
    brokerNodes.remove(NAMES.brokerNode(n));
    members.values().forEach(copies -> copies.remove(NAMES.brokerNode(n)));
  }

  private void forget(String node, String queue, boolean dataGone) {
    Set<String> others = without(node, members.get(queue));
    boolean only = others.isEmpty();
    assertThat(only && !dataGone).as("the only copy of %s is on %s", queue, node).isFalse();
    if (only) {
      queues.remove(queue);
      members.remove(queue);
      bindings.removeIf(binding -> binding.queue().equals(queue));
      return;
    }
    boolean left = isStopped(NAMES.number(node).orElseThrow()) && hasMajority(others);
    assertThat(hasMajority(members.get(queue)) || left || dataGone)
        .as("%s has no majority, and its member on %s might bring it back", queue, node)
        .isTrue();
    members.put(queue, others);
  }

  private void removeQueue(String queue, boolean onlyIfEmpty) {
    if (!isShelter(queue)) {
      assertThat(declared.queues()).as("ours").containsKey(queue);
    }
    if (onlyIfEmpty && messages.getOrDefault(queue, 0L) > 0) {
      return;
    }
    queues.remove(queue);
    members.remove(queue);
    messages.remove(queue);
    halfDeleted.remove(queue);
    bindings.removeIf(binding -> binding.queue().equals(queue));
  }

  private static boolean isShelter(String queue) {
    return queue.startsWith(MigrationPlanner.SHELTER);
  }

  private void recreate(RecreateQueue recreate) {
    String queue = recreate.queue().name();
    assertThat(halfDeleted.contains(queue) || isRunning(recreate.emptying().name()))
        .as("clients are kept out for %s, of which nothing moves", queue)
        .isTrue();
    closed = true;
    move();
    assertThat(messages.getOrDefault(queue, 0L)).as("messages that nothing moved").isZero();
    moves.remove(recreate.emptying().name());
    removeQueue(queue, false);
    recreate.policy().ifPresent(policy -> policies.put(policy.name(), policy));
    declare(recreate.queue());
    bindings.addAll(recreate.bindings());
    closed = false;
  }

  /** What has a move goes from one queue to the other. */
  private boolean move() {
    boolean any = false;
    for (String name : moves.keySet().stream().filter(this::isRunning).toList()) {
      Move move = moves.get(name);
      long moved = messages.getOrDefault(move.from(), 0L);
      if (moved > 0 && queues.containsKey(move.to())) {
        messages.put(move.from(), 0L);
        messages.merge(move.to(), moved, Long::sum);
        any = true;
      }
    }
    return any;
  }

  private boolean isRunning(String move) {
    return moves.containsKey(move) && !stoppedMoves.contains(move);
  }

  /** A move stops, as by the loss of the node where it runs, until it is started again. */
  public void stopMove(String name) {
    stoppedMoves.add(name);
  }

  /** From now on these moves are to be started again. */
  public void setStalledMoves(Set<String> stalled) {
    work = new BrokerWork(work.underway(), stalled);
  }

  /** From now on this goes on beside the passes. */
  public void setUnderway(Optional<Underway> underway) {
    work = new BrokerWork(underway, work.stalledMoves());
  }

  /** RabbitMQ has dropped the deletion of a queue half-way. */
  public void deleteByHalf(String queue) {
    messages.put(queue, 0L);
    halfDeleted.add(queue);
  }

  /** How many messages a queue has. */
  public long messages(String queue) {
    return messages.getOrDefault(queue, 0L);
  }

  /** An operator has ended while clients were kept out. */
  public void keepClientsOut() {
    closed = true;
  }

  public boolean isClosed() {
    return closed;
  }

  public Map<String, Queue> queues() {
    return queues;
  }

  /** What clients do: the queue holds that many messages now. */
  public void setMessages(String queue, long ready) {
    messages.put(queue, ready);
  }

  /** No queue has a leader any more, although all nodes run. */
  public void loseLeaders() {
    leaderless = true;
  }

  /** What somebody does by hand. */
  public void bindByHand(Binding binding) {
    bindings.add(binding);
  }

  /** What somebody does by hand, or an operator that ends half-way. */
  public void deleteByHand(String queue) {
    removeQueue(queue, false);
  }

  /** What somebody does by hand. */
  public void declareByHand(Exchange exchange) {
    exchanges.put(exchange.name(), exchange);
  }

  private boolean hasData(int n) {
    String claim = key("PersistentVolumeClaim", NAMES.volume(n));
    return objects.containsKey(claim)
        && !metadata(objects.get(claim)).has("deletionTimestamp")
        && claimsWithData.contains(claim);
  }

  private void assertIsLeaving(int n) {
    assertThat(recordedRemoval().node()).as("the node whose removal is recorded").isEqualTo(n);
  }

  private NodeRemoval recordedRemoval() {
    return recorded().flatMap(Membership::removing).orElseThrow();
  }

  private static Set<String> without(String node, Set<String> nodes) {
    Set<String> others = new LinkedHashSet<>(nodes);
    others.remove(node);
    return others;
  }

  private void balance() {
    balanced++;
    int next = 0;
    for (String queue : queues.keySet()) {
      List<String> online = members.get(queue).stream().filter(brokerNodes::get).sorted().toList();
      if (!online.isEmpty()) {
        leaders.put(queue, online.get(next++ % online.size()));
      }
    }
  }

  /** One node leads all the queues that it has. */
  public void leadAll(int n) {
    queues.keySet().stream()
        .filter(queue -> members.get(queue).contains(NAMES.brokerNode(n)))
        .forEach(queue -> leaders.put(queue, NAMES.brokerNode(n)));
  }

  /** How many times the leaders were balanced. */
  public int balanced() {
    return balanced;
  }

  /** A leader stays until it is down. */
  private Optional<String> leader(String queue) {
    Set<String> copies = members.get(queue);
    if (leaderless || !hasMajority(copies)) {
      return Optional.empty();
    }
    String last = leaders.get(queue);
    String leader =
        copies.contains(last) && brokerNodes.get(last)
            ? last
            : copies.stream().filter(brokerNodes::get).findFirst().orElseThrow();
    leaders.put(queue, leader);
    return Optional.of(leader);
  }

  private void declare(Queue queue) {
    queues.put(queue.name(), queue);
    int copies = queue.type().equals("classic") ? 1 : 3;
    List<String> running = brokerNodes.keySet().stream().filter(brokerNodes::get).toList();
    members.put(
        queue.name(),
        running.stream()
            // Like RabbitMQ, which puts them anywhere.
            .skip(queue.type().equals("classic") ? ++counter % running.size() : 0)
            .limit(copies)
            .collect(toCollection(LinkedHashSet::new)));
  }

  /** What a client does that declares a queue in its own way. */
  public void declareAsClassic(String queue) {
    declare(new Queue(queue, "classic", Map.of()));
  }

  public void declareClassicOn(String queue, int n) {
    declareAsClassic(queue);
    members.put(queue, new LinkedHashSet<>(List.of(NAMES.brokerNode(n))));
  }

  /** What a client does that declares a queue in its own way. */
  public void declareByClient(String queue, String type, Map<String, Object> arguments) {
    declare(new Queue(queue, type, arguments));
  }

  boolean hasMajority(Set<String> nodes) {
    return 2 * nodes.stream().filter(brokerNodes::get).count() > nodes.size();
  }

  boolean hasMajorityWithout(Set<String> nodes, Set<String> lost) {
    long left =
        nodes.stream().filter(node -> brokerNodes.get(node) && !lost.contains(node)).count();
    return 2 * left > nodes.size();
  }

  /** The broker nodes on that machine. */
  Set<String> onMachine(String machine) {
    return brokerNodes.keySet().stream()
        .filter(node -> machine != null)
        .filter(node -> machine.equals(machineOf(NAMES.number(node).orElseThrow())))
        .collect(toCollection(TreeSet::new));
  }

  /** Somebody takes one member from a queue, if it has several and can do so. */
  void shrinkByHand(String queue) {
    Set<String> copies = members.getOrDefault(queue, Set.of());
    copies.stream()
        .skip(1)
        .findFirst()
        .filter(node -> hasMajority(copies) && hasMajority(without(node, copies)))
        .ifPresent(copies::remove);
  }

  private static String hash(String password) {
    try {
      byte[] salt = {1, 2, 3, 4};
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(salt);
      byte[] digest = sha256.digest(password.getBytes(StandardCharsets.UTF_8));
      byte[] both = new byte[salt.length + digest.length];
      System.arraycopy(salt, 0, both, 0, salt.length);
      System.arraycopy(digest, 0, both, salt.length, digest.length);
      return Base64.getEncoder().encodeToString(both);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  // What the operator sees

  public Observation observe() {
    List<HasMetadata> all = objects.values().stream().map(InMemoryCluster::read).toList();
    SortedMap<Integer, QueueNode> nodes = new TreeMap<>();
    Stream.concat(numbersOfPods().stream(), numbersOfVolumes(true).stream())
        .forEach(n -> nodes.put(n, queueNode(n)));
    nodes.values().removeIf(node -> node.volume().isEmpty() && node.pod().isEmpty());
    BrokerObservation broker = observeBroker();
    return new Observation(
        new ObservedObjects(
            all.stream().filter(object -> !(object instanceof Pod) && OWNER.owns(object)).toList()),
        nodes,
        Stream.concat(numbersOfPods().stream(), numbersOfVolumes(false).stream())
            .mapToInt(n -> n)
            .max()
            .orElse(-1),
        consumerPods,
        broker,
        machinesOf(nodes.values()),
        see(broker),
        resolvable(nodes.values()),
        Map.of(),
        scaling,
        work,
        now);
  }

  private Map<Integer, KubernetesNode> machinesOf(Collection<QueueNode> nodes) {
    Map<Integer, KubernetesNode> found = new TreeMap<>();
    nodes.stream()
        .filter(node -> !node.hasReadyPod() && machineOf(node.number()) != null)
        .forEach(
            node -> {
              String machine = machineOf(node.number());
              found.put(node.number(), new KubernetesNode(machine, machines.get(machine)));
            });
    return found;
  }

  private Map<Integer, Instant> see(BrokerObservation broker) {
    if (broker instanceof Reachable answer) {
      answer
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

  private Set<Integer> resolvable(Collection<QueueNode> nodes) {
    return nodes.stream()
        .filter(node -> node.pod().isPresent() && !node.hasName())
        .filter(
            node ->
                outOfServiceSince
                    .getOrDefault(node.pod().orElseThrow().getMetadata().getUid(), now)
                    .plus(namesAreCachedFor)
                    .isAfter(now))
        .map(QueueNode::number)
        .collect(toCollection(TreeSet::new));
  }

  private QueueNode queueNode(int n) {
    return new QueueNode(
        n,
        find(PersistentVolumeClaim.class, NAMES.volume(n))
            .filter(OWNER::owns)
            .filter(claim -> !claim.getMetadata().getLabels().containsKey(Labels.RETIRED)),
        find(Pod.class, NAMES.node(n)));
  }

  private <T extends HasMetadata> Optional<T> find(Class<T> kind, String name) {
    return Optional.ofNullable(objects.get(key(HasMetadata.getKind(kind), name)))
        .map(InMemoryCluster::read)
        .map(kind::cast);
  }

  private static HasMetadata read(Stored stored) {
    return JSON.convertValue(stored.object(), stored.type());
  }

  private Set<Integer> numbersOfPods() {
    Set<Integer> numbers = new TreeSet<>();
    names("Pod").forEach(pod -> NAMES.numberOfPod(pod).ifPresent(numbers::add));
    return numbers;
  }

  private Set<Integer> numbersOfVolumes(boolean ours) {
    Set<Integer> numbers = new TreeSet<>();
    names("PersistentVolumeClaim").stream()
        .filter(
            name ->
                !ours || find(PersistentVolumeClaim.class, name).filter(OWNER::owns).isPresent())
        .forEach(claim -> NAMES.numberOfVolume(claim).ifPresent(numbers::add));
    return numbers;
  }

  private BrokerObservation observeBroker() {
    if (!reachable || !brokerNodes.containsValue(true)) {
      return new Unreachable("no node answers");
    }
    if (lockedOut) {
      return new Unreachable("the credentials are not accepted", true);
    }
    Map<String, Node> nodes = new TreeMap<>();
    brokerNodes.forEach(
        (name, runs) ->
            nodes.put(
                name,
                new Node(
                    name,
                    runs,
                    List.of(),
                    runs ? Optional.ofNullable(plugins.get(name)) : Optional.empty())));
    Map<String, QueueState> states = new TreeMap<>();
    members.forEach(
        (queue, copies) -> {
          List<String> online = copies.stream().filter(brokerNodes::get).toList();
          states.put(
              queue,
              new QueueState(
                  queue,
                  leader(queue),
                  List.copyOf(copies),
                  online,
                  messages.getOrDefault(queue, 0L),
                  0,
                  0));
        });
    return new Reachable(
        new BrokerDefinitions(
            new HashMap<>(exchanges),
            new HashMap<>(queues),
            new HashSet<>(bindings),
            new HashMap<>(policies),
            new HashMap<>(users)),
        nodes,
        states,
        declared,
        Map.copyOf(moves),
        moves.keySet().stream().filter(this::isRunning).collect(Collectors.toSet()),
        closed,
        Set.copyOf(halfDeleted));
  }

  private static String key(String kind, String name) {
    return kind + "/" + name;
  }

  private static ObjectNode metadata(Stored stored) {
    return (ObjectNode) stored.object().get("metadata");
  }

  /** What the API server adds to an object, and how it writes what it was given. */
  private static final class Defaults {

    private static final Map<String, String> QUANTITIES =
        Map.of("1000m", "1", "0.5", "500m", "1024Mi", "1Gi", "0.5Gi", "512Mi");

    static void add(String kind, ObjectNode object) {
      normalise(object);
      ObjectNode spec = object.path("spec") instanceof ObjectNode there ? there : null;
      switch (kind) {
        case "Pod" -> addToPodSpec(spec);
        case "Deployment" -> {
          put(spec, "progressDeadlineSeconds", 600);
          put(spec, "revisionHistoryLimit", 10);
          addToPodSpec((ObjectNode) spec.path("template").path("spec"));
        }
        case "Service" -> {
          put(spec, "clusterIP", "10.0.0.1");
          put(spec, "type", "ClusterIP");
          put(spec, "sessionAffinity", "None");
        }
        case "PersistentVolumeClaim" -> {
          if (spec != null) {
            put(spec, "storageClassName", "standard");
            put(spec, "volumeMode", "Filesystem");
          }
        }
        default -> {}
      }
    }

    private static void addToPodSpec(ObjectNode spec) {
      put(spec, "restartPolicy", "Always");
      put(spec, "dnsPolicy", "ClusterFirst");
      put(spec, "schedulerName", "default-scheduler");
      put(spec, "terminationGracePeriodSeconds", 30);
      spec.path("initContainers").forEach(container -> addToContainer((ObjectNode) container));
      spec.path("containers").forEach(container -> addToContainer((ObjectNode) container));
      for (JsonNode volume : spec.path("volumes")) {
        if (volume.path("secret") instanceof ObjectNode secret) {
          put(secret, "defaultMode", 420);
        }
      }
    }

    private static void addToContainer(ObjectNode container) {
      put(container, "terminationMessagePath", "/dev/termination-log");
      put(container, "terminationMessagePolicy", "File");
      put(container, "imagePullPolicy", "IfNotPresent");
      container.path("ports").forEach(port -> put((ObjectNode) port, "protocol", "TCP"));
      if (container.path("readinessProbe") instanceof ObjectNode probe) {
        put(probe, "successThreshold", 1);
        put(probe, "failureThreshold", 3);
      }
    }

    private static void put(ObjectNode object, String field, Object value) {
      if (!object.has(field)) {
        object.set(field, JSON.valueToTree(value));
      }
    }

    /** Leaves out what Go leaves out, and writes quantities in one way. */
    private static void normalise(JsonNode json) {
      if (json instanceof ObjectNode object) {
        List<String> omitted = new ArrayList<>();
        object
            .properties()
            .forEach(
                field -> {
                  boolean omittedWhenFalse =
                      Set.of("tty", "stdin", "readOnly", "hostNetwork").contains(field.getKey());
                  boolean emptyValue =
                      field.getKey().equals("value") && field.getValue().asText().isEmpty();
                  if (emptyValue || omittedWhenFalse && !field.getValue().asBoolean()) {
                    omitted.add(field.getKey());
                  }
                });
        object.remove(omitted);
        if (object.path("limits") instanceof ObjectNode limits) {
          limits
              .properties()
              .forEach(
                  limit ->
                      limits.put(
                          limit.getKey(),
                          QUANTITIES.getOrDefault(
                              limit.getValue().asText(), limit.getValue().asText())));
        }
        object.forEach(Defaults::normalise);
      } else if (json instanceof ArrayNode list) {
        list.forEach(Defaults::normalise);
      }
    }
  }
}
