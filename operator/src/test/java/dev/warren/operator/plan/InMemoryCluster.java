package dev.warren.operator.plan;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.plan.BrokerAction.AddMember;
import dev.warren.operator.plan.BrokerAction.Bind;
import dev.warren.operator.plan.BrokerAction.DeclareExchange;
import dev.warren.operator.plan.BrokerAction.DeclareQueue;
import dev.warren.operator.plan.BrokerAction.PutPolicy;
import dev.warren.operator.plan.BrokerAction.PutUser;
import dev.warren.operator.plan.BrokerAction.RemoveMember;
import dev.warren.operator.plan.BrokerObservation.Node;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import dev.warren.operator.plan.BrokerObservation.Unreachable;
import dev.warren.operator.plan.KubernetesAction.Apply;
import dev.warren.operator.plan.KubernetesAction.Create;
import dev.warren.operator.plan.KubernetesAction.Delete;
import dev.warren.operator.plan.KubernetesAction.Replace;
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
import java.util.stream.Stream;

/**
 * An API server, the kubelets, the controllers and the brokers, as far as plans depend on them. It
 * does what a plan says as the real ones would, and fails at once where that would do harm.
 */
final class InMemoryCluster {

  static final Owner OWNER = new Owner("shop", "orders", "uid-of-orders");
  static final ResourceNames NAMES = ResourceNames.of("shop", "orders");

  private static final ObjectMapper JSON = new ObjectMapper();

  private record Stored(Class<? extends HasMetadata> type, ObjectNode object, JsonNode applied) {}

  private final SortedMap<String, Stored> objects = new TreeMap<>();
  private final Set<String> claimsEver = new HashSet<>();
  private final Set<String> claimsWithData = new HashSet<>();

  private final SortedMap<String, Boolean> brokerNodes = new TreeMap<>();
  private final Map<String, Exchange> exchanges = new TreeMap<>();
  private final Map<String, Queue> queues = new TreeMap<>();
  private final Map<String, Set<String>> members = new TreeMap<>();
  private final Map<String, Policy> policies = new TreeMap<>();
  private final Map<String, User> users = new TreeMap<>();
  private final Set<Binding> bindings = new HashSet<>();

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private int counter;
  private boolean reachable = true;
  private boolean guarded;
  private int startsPerStep = Integer.MAX_VALUE;

  /** From now on that many nodes at most start at each {@link #settle}. */
  void startNodesSlowly(int perStep) {
    startsPerStep = perStep;
  }

  /** From now on it is a failure when no majority of the nodes runs. */
  void guardMajority() {
    guarded = true;
  }

  void setReachable(boolean reachable) {
    this.reachable = reachable;
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** Plans and does everything until there is nothing to do, nor later. */
  void converge(MessageTopologySpec spec) {
    boolean waited = false;
    for (int passes = 0; passes < 100; passes++) {
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

  ReconcilePlan plan(MessageTopologySpec spec) {
    return new ReconcilePlanner(OWNER, spec, "default-image", observe(), () -> "random" + ++counter)
        .plan();
  }

  /** Does the first actions of a plan, as an operator does that is then killed. */
  void carryOut(ReconcilePlan plan, int actions) {
    List<Runnable> all = new ArrayList<>();
    plan.support().forEach(action -> all.add(() -> apply(action)));
    plan.nodes().forEach(action -> all.add(() -> apply(action)));
    plan.broker().forEach(action -> all.add(() -> apply(action)));
    plan.consumers().forEach(action -> all.add(() -> apply(action)));
    all.stream().limit(actions).forEach(Runnable::run);
  }

  // Kubernetes

  void apply(KubernetesAction action) {
    HasMetadata object = action.object();
    String key = key(object.getKind(), object.getMetadata().getName());
    Stored existing = objects.get(key);
    switch (action) {
      case Create create -> {
        assertThat(existing).as("there is one already: %s", create).isNull();
        create(key, object);
      }
      case Apply apply -> {
        assertThat(existing).as("there is none: %s", apply).isNotNull();
        ObjectNode applied = JSON.valueToTree(object);
        store(
            key,
            object,
            ServerSideApply.merge(existing.object(), existing.applied(), applied),
            applied);
      }
      case Replace replace -> {
        assertSame(replace, existing);
        store(key, object, JSON.valueToTree(object), existing.applied());
      }
      case Delete delete -> {
        assertSame(delete, existing);
        if (object instanceof Pod) {
          metadata(existing).put("deletionTimestamp", now.toString());
        } else {
          objects.remove(key);
        }
      }
    }
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
  void delete(String kind, String name) {
    assertThat(objects.remove(key(kind, name))).as("%s %s", kind, name).isNotNull();
    stopNodesWithoutPod();
  }

  /** What a user does with kubectl edit. */
  void edit(String kind, String name, String pointer, JsonNode value) {
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
  void putForeignVolume(String name) {
    PersistentVolumeClaim claim = new PersistentVolumeClaim();
    claim.setMetadata(
        new Owner("shop", "orders", "uid-of-an-earlier-one")
            .kept(name, Component.QUEUE_NODE)
            .build());
    create(key("PersistentVolumeClaim", name), claim);
  }

  /** The kubelet ends a Pod without deleting it, as when the machine has no memory left. */
  void evict(String pod) {
    ObjectNode status = objects.get(key("Pod", pod)).object().putObject("status");
    status.put("phase", "Failed").put("reason", "Evicted");
    stopNodesWithoutPod();
  }

  Set<String> names(String kind) {
    return objects.keySet().stream()
        .filter(key -> key.startsWith(kind + "/"))
        .map(key -> key.substring(kind.length() + 1))
        .collect(toCollection(TreeSet::new));
  }

  JsonNode get(String kind, String name) {
    Stored stored = objects.get(key(kind, name));
    return stored == null ? MissingNode.getInstance() : stored.object();
  }

  Map<String, Boolean> brokerNodes() {
    return brokerNodes;
  }

  Map<String, Set<String>> members() {
    return members;
  }

  // What goes on by itself

  /**
   * Time passes: Pods end and start, volumes are bound, nodes found and join a cluster. A new node
   * needs two such steps until it runs.
   *
   * @return whether a node came or went
   */
  boolean settle() {
    now = now.plusSeconds(2);
    boolean ended = objects.values().removeIf(stored -> metadata(stored).has("deletionTimestamp"));
    stopNodesWithoutPod();
    boolean begun = false;
    int starts = 0;
    for (int n : numbersOfPods()) {
      Stored pod = objects.get(key("Pod", NAMES.node(n)));
      if (hasEnded(pod)) {
        continue;
      }
      String claim = key("PersistentVolumeClaim", NAMES.volume(n));
      if (objects.containsKey(claim)) {
        ((ObjectNode) objects.get(claim).object().get("spec")).put("volumeName", "pv-" + n);
      }
      boolean runs = brokerNodes.getOrDefault(NAMES.brokerNode(n), false);
      boolean isNew = !pod.object().has("status");
      begun |= isNew;
      if (!runs && !isNew && starts < startsPerStep && start(n, claim, pod)) {
        runs = true;
        starts++;
      }
      status(pod, true, runs);
    }
    assertThat(guarded && !hasMajority(brokerNodes.keySet()))
        .as("too many of the nodes are down: %s", brokerNodes)
        .isFalse();
    return ended || begun || starts > 0;
  }

  /** A node with data goes on; a blank one founds a cluster or joins that of its seed. */
  private boolean start(int n, String claim, Stored pod) {
    String node = NAMES.brokerNode(n);
    if (!claimsWithData.contains(claim)) {
      String seed = metadata(pod).path("annotations").path(QueueNodePod.SEED_ANNOTATION).asText();
      if (seed.equals(node)) {
        assertThat(brokerNodes).as("%s founds a second cluster", node).isEmpty();
        users.put("warren-admin", new User("warren-admin", "", Set.of("administrator"), true));
      } else if (!brokerNodes.getOrDefault(seed, false)) {
        return false;
      }
      claimsWithData.add(claim);
    }
    brokerNodes.put(node, true);
    return true;
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
    ObjectNode status = pod.object().putObject("status");
    status.put("phase", started ? "Running" : "Pending");
    status
        .putArray("conditions")
        .addObject()
        .put("type", "Ready")
        .put("status", ready ? "True" : "False");
    ObjectNode container = status.putArray("containerStatuses").addObject();
    container.put("name", QueueNodePod.CONTAINER).put("ready", ready);
    container.putObject("state").putObject(started ? "running" : "waiting");
  }

  /** A node whose program ends again and again, so that its container waits to be started. */
  void crash(String pod) {
    status(objects.get(key("Pod", pod)), false, false);
    brokerNodes.replace(NAMES.brokerNode(NAMES.numberOfPod(pod).orElseThrow()), false);
  }

  /** A node that runs, but not well enough to serve clients. */
  void hang(String pod) {
    status(objects.get(key("Pod", pod)), true, false);
    brokerNodes.replace(NAMES.brokerNode(NAMES.numberOfPod(pod).orElseThrow()), false);
  }

  // The brokers

  private void apply(BrokerAction action) {
    if (!hasMajority(brokerNodes.keySet())) {
      return; // It fails, and the next pass says so.
    }
    switch (action) {
      case DeclareExchange(Exchange exchange) -> exchanges.put(exchange.name(), exchange);
      case DeclareQueue(Queue queue) -> declare(queue);
      case PutPolicy(Policy policy) -> policies.put(policy.name(), policy);
      case PutUser(String name, String password) ->
          users.put(name, new User(name, hash(password), Set.of(), true));
      case Bind(Binding binding) -> {
        assertThat(exchanges).containsKey(binding.exchange());
        assertThat(queues).containsKey(binding.queue());
        bindings.add(binding);
      }
      case AddMember(String queue, String node) -> {
        assertThat(queues.get(queue).type()).isEqualTo("quorum");
        if (hasMajority(members.get(queue))) {
          members.get(queue).add(node);
        }
      }
      case RemoveMember(String queue, String node) -> members.get(queue).remove(node);
    }
  }

  private void declare(Queue queue) {
    queues.put(queue.name(), queue);
    int copies = queue.type().equals("classic") ? 1 : 3;
    members.put(
        queue.name(),
        brokerNodes.keySet().stream()
            .filter(brokerNodes::get)
            .limit(copies)
            .collect(toCollection(LinkedHashSet::new)));
  }

  /** What a client does that declares a queue in its own way. */
  void declareAsClassic(String queue) {
    declare(new Queue(queue, "classic", Map.of()));
  }

  boolean hasMajority(Set<String> nodes) {
    return 2 * nodes.stream().filter(brokerNodes::get).count() > nodes.size();
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

  Observation observe() {
    List<HasMetadata> all = objects.values().stream().map(InMemoryCluster::read).toList();
    SortedMap<Integer, QueueNode> nodes = new TreeMap<>();
    Stream.concat(numbersOfPods().stream(), numbersOfVolumes(true).stream())
        .forEach(n -> nodes.put(n, queueNode(n)));
    return new Observation(
        new ObservedObjects(
            all.stream().filter(object -> !(object instanceof Pod) && OWNER.owns(object)).toList()),
        nodes,
        Stream.concat(numbersOfPods().stream(), numbersOfVolumes(false).stream())
            .mapToInt(n -> n)
            .max()
            .orElse(-1),
        List.of(),
        observeBroker(),
        Map.of(),
        now);
  }

  private QueueNode queueNode(int n) {
    return new QueueNode(
        n,
        find(PersistentVolumeClaim.class, NAMES.volume(n)).filter(OWNER::owns),
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
    Map<String, Node> nodes = new TreeMap<>();
    brokerNodes.forEach((name, runs) -> nodes.put(name, new Node(name, runs, List.of())));
    Map<String, QueueState> states = new TreeMap<>();
    members.forEach(
        (queue, copies) -> {
          List<String> online = copies.stream().filter(brokerNodes::get).toList();
          Optional<String> leader =
              hasMajority(copies) ? online.stream().findFirst() : Optional.empty();
          states.put(queue, new QueueState(queue, leader, List.copyOf(copies), online, 0, 0));
        });
    return new Reachable(
        new BrokerDefinitions(
            new HashMap<>(exchanges),
            new HashMap<>(queues),
            new HashSet<>(bindings),
            new HashMap<>(policies),
            new HashMap<>(users)),
        nodes,
        states);
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
