package dev.warren.operator.plan.simulation;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.UserMetadata;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Kubernetes' objects, stored and changed as its API server does it. */
public final class SimulatedApiServer {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param applied what the operator applied last
   */
  private record Stored(Class<? extends HasMetadata> type, ObjectNode object, JsonNode applied) {}

  private final Clock clock;
  private final SortedMap<String, Stored> objects = new TreeMap<>();
  private final Set<String> claimsEver = new HashSet<>();
  private int counter;

  SimulatedApiServer(Clock clock) {
    this.clock = clock;
  }

  // Reading

  public Set<String> names(String kind) {
    return objects.keySet().stream()
        .filter(key -> key.startsWith(kind + "/"))
        .map(key -> key.substring(kind.length() + 1))
        .collect(toCollection(TreeSet::new));
  }

  public JsonNode get(String kind, String name) {
    return object(kind, name).map(JsonNode.class::cast).orElse(MissingNode.getInstance());
  }

  Optional<ObjectNode> object(String kind, String name) {
    return Optional.ofNullable(objects.get(key(kind, name))).map(Stored::object);
  }

  Optional<ObjectNode> pod(int n) {
    return object("Pod", NAMES.node(n));
  }

  Optional<ObjectNode> volume(int n) {
    return object("PersistentVolumeClaim", NAMES.volume(n));
  }

  boolean has(HasMetadata object) {
    return objects.containsKey(key(object));
  }

  List<HasMetadata> all() {
    return objects.values().stream().map(SimulatedApiServer::read).toList();
  }

  <T extends HasMetadata> Optional<T> find(Class<T> kind, String name) {
    return Optional.ofNullable(objects.get(key(HasMetadata.getKind(kind), name)))
        .map(SimulatedApiServer::read)
        .map(kind::cast);
  }

  private static HasMetadata read(Stored stored) {
    return JSON.convertValue(stored.object(), stored.type());
  }

  Set<Integer> numbersOfPods() {
    Set<Integer> numbers = new TreeSet<>();
    names("Pod").forEach(pod -> NAMES.numberOfPod(pod).ifPresent(numbers::add));
    return numbers;
  }

  Set<Integer> numbersOfVolumes() {
    Set<Integer> numbers = new TreeSet<>();
    names("PersistentVolumeClaim")
        .forEach(claim -> NAMES.numberOfVolume(claim).ifPresent(numbers::add));
    return numbers;
  }

  public int highestNumberEver() {
    return claimsEver.stream()
        .flatMapToInt(claim -> NAMES.numberOfVolume(claim).stream())
        .max()
        .orElse(-1);
  }

  private static String key(String kind, String name) {
    return kind + "/" + name;
  }

  private static String key(HasMetadata object) {
    return key(object.getKind(), object.getMetadata().getName());
  }

  static ObjectNode metadata(ObjectNode object) {
    return (ObjectNode) object.get("metadata");
  }

  static String nameOf(ObjectNode object) {
    return metadata(object).path("name").asText();
  }

  static String uidOf(ObjectNode object) {
    return metadata(object).path("uid").asText();
  }

  static boolean isTerminating(ObjectNode object) {
    return metadata(object).has("deletionTimestamp");
  }

  // What the operator does

  void create(HasMetadata object) {
    assertThat(has(object)).as("there is one already: %s", key(object)).isFalse();
    String name = object.getMetadata().getName();
    if (object instanceof PersistentVolumeClaim) {
      assertThat(claimsEver.add(name)).as("%s is an identity used twice", name).isTrue();
    }
    if (object instanceof Pod) {
      assertThat(names("PersistentVolumeClaim"))
          .as("no Pod before its volume")
          .contains("data-" + name);
    }
    ObjectNode applied = JSON.valueToTree(object);
    ObjectNode created = applied.deepCopy();
    metadata(created).put("uid", newUid()).put("creationTimestamp", clock.instant().toString());
    store(object, created, applied);
  }

  void serverSideApply(HasMetadata object) {
    assertThat(has(object)).as("there is none: %s", key(object)).isTrue();
    Stored existing = objects.get(key(object));
    ObjectNode applied = JSON.valueToTree(object);
    store(object, ServerSideApply.merge(existing.object(), existing.applied(), applied), applied);
  }

  void replace(HasMetadata object) {
    assertSame(object);
    store(object, JSON.valueToTree(object), objects.get(key(object)).applied());
  }

  void mark(Mark mark) {
    assertSame(mark.object());
    ObjectNode metadata = metadata(objects.get(key(mark.object())).object());
    ObjectNode labels = metadata.withObject("/labels");
    mark.labels().forEach(labels::put);
    ObjectNode annotations = metadata.withObject("/annotations");
    mark.annotations().forEach(annotations::put);
    metadata.put("resourceVersion", newVersion());
  }

  /** Whether the object is as it was observed. */
  boolean isUnchanged(HasMetadata observed) {
    assertSame(observed);
    return metadata(objects.get(key(observed)).object())
        .path("resourceVersion")
        .asText()
        .equals(observed.getMetadata().getResourceVersion());
  }

  private void assertSame(HasMetadata observed) {
    assertThat(has(observed)).as("there is none: %s", key(observed)).isTrue();
    assertThat(uidOf(objects.get(key(observed)).object()))
        .as("another one by now: %s", key(observed))
        .isEqualTo(observed.getMetadata().getUid());
  }

  private void store(HasMetadata object, ObjectNode json, JsonNode applied) {
    ServerDefaults.add(object.getKind(), json);
    metadata(json).put("resourceVersion", newVersion());
    objects.put(key(object), new Stored(object.getClass(), json, applied));
  }

  private String newVersion() {
    return String.valueOf(++counter);
  }

  private String newUid() {
    return "uid-" + ++counter;
  }

  // What controllers do

  void remove(HasMetadata object) {
    objects.remove(key(object));
  }

  void terminate(ObjectNode object) {
    metadata(object).put("deletionTimestamp", clock.instant().toString());
  }

  /**
   * @return whether there was such a Pod
   */
  boolean removePods(Predicate<ObjectNode> which) {
    boolean any =
        objects
            .values()
            .removeIf(stored -> stored.type() == Pod.class && which.test(stored.object()));
    removeUnusedClaims();
    return any;
  }

  /** A claim stays as long as a Pod uses it. */
  void deleteClaim(int n) {
    terminate(volume(n).orElseThrow());
    removeUnusedClaims();
  }

  private void removeUnusedClaims() {
    objects
        .values()
        .removeIf(
            stored ->
                stored.type() == PersistentVolumeClaim.class
                    && isTerminating(stored.object())
                    && !names("Pod").contains(nameOf(stored.object()).substring("data-".length())));
  }

  // What somebody does by hand

  /** What a user does with kubectl delete; at once. */
  void delete(String kind, String name) {
    assertThat(objects.remove(key(kind, name))).as("%s %s", kind, name).isNotNull();
  }

  /** What a user does with kubectl edit. */
  public void edit(String kind, String name, String pointer, JsonNode value) {
    JsonNode parent =
        object(kind, name).orElseThrow().at(pointer.substring(0, pointer.lastIndexOf('/')));
    String field = pointer.substring(pointer.lastIndexOf('/') + 1);
    if (value.isMissingNode()) {
      ((ObjectNode) parent).remove(field);
    } else {
      ((ObjectNode) parent).set(field, value);
    }
  }

  /** What a user does with kubectl annotate. */
  void annotate(String pod, String annotation, String value) {
    metadata(object("Pod", pod).orElseThrow()).withObject("/annotations").put(annotation, value);
  }

  void removeAnnotation(String pod, String annotation) {
    metadata(object("Pod", pod).orElseThrow()).withObject("/annotations").remove(annotation);
  }

  /** A volume with the name of one of ours, which belongs to an earlier topology. */
  public void createForeignVolume(String name) {
    PersistentVolumeClaim claim = new PersistentVolumeClaim();
    claim.setMetadata(
        new Owner("shop", "orders", "uid-of-an-earlier-one")
            .kept(name, Component.QUEUE_NODE, UserMetadata.NONE)
            .build());
    create(claim);
  }

  /** The volume behind a node's claim has this size. */
  public void provision(int n, String capacity) {
    volume(n).orElseThrow().withObject("/status/capacity").put("storage", capacity);
  }

  /** All Pods are replaced by new ones, and the operator has not noticed. */
  public void replacePods() {
    numbersOfPods().forEach(n -> metadata(pod(n).orElseThrow()).put("uid", newUid()));
  }
}
