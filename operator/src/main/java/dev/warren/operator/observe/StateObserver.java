package dev.warren.operator.observe;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerClientFactory.BrokerAddress;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.MoveWatch;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerWork;
import dev.warren.operator.observation.BrokerWork.Underway;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.KubernetesNode;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.observation.ScalingObservation;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Reads all that a pass goes by. Kubernetes comes from the caches, the broker is asked. */
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

  /** What has been waiting for less is on its way. */
  private static final Duration WORTH_A_QUESTION = Duration.ofSeconds(3);

  private static final int MOST_QUESTIONS = 10;

  private final KubernetesClient kubernetes;
  private final Function<BrokerAddress, BrokerClient> brokers;
  private final Function<Owner, Optional<Underway>> underway;
  private final Function<MessageTopology, Map<String, ConsumerScaling>> scaling;
  private final Clock clock;
  private final KubernetesNodes machines;
  private final MoveWatch moves = new MoveWatch();
  private final LastSeen lastSeen = new LastSeen();

  /**
   * @param brokers gives a client of a broker
   * @param underway says what is done at a topology's broker beside its passes
   * @param scaling says how it stands with the consumers of a topology that follow their load
   */
  public StateObserver(
      KubernetesClient kubernetes,
      Function<BrokerAddress, BrokerClient> brokers,
      Function<Owner, Optional<Underway>> underway,
      Function<MessageTopology, Map<String, ConsumerScaling>> scaling,
      Clock clock) {
    this.kubernetes = kubernetes;
    this.brokers = brokers;
    this.underway = underway;
    this.scaling = scaling;
    this.clock = clock;
    this.machines = new KubernetesNodes(kubernetes, clock);
  }

  /** What one pass goes by, and the broker to carry its plan out on. */
  public record Observed(Observation observation, Optional<BrokerClient> broker) {}

  public Observed observe(MessageTopology topology, Context<MessageTopology> context) {
    Instant now = clock.instant();
    Owner owner = Owner.of(topology);
    ResourceNames names = ResourceNames.of(owner.namespace(), owner.topology());
    Map<Class<?>, List<HasMetadata>> found = new HashMap<>();
    KINDS.forEach(
        kind ->
            found.put(
                kind,
                context.getSecondaryResourcesAsStream(kind).map(HasMetadata.class::cast).toList()));
    if (isGrowing(topology, owner, names, found)) {
      // A number must not be given twice because a cache is behind.
      List.of(ConfigMap.class, PersistentVolumeClaim.class, Pod.class)
          .forEach(kind -> found.put(kind, readNow(kind, owner)));
    }
    return observe(topology, names, found, now);
  }

  private Observed observe(
      MessageTopology topology,
      ResourceNames names,
      Map<Class<?>, List<HasMetadata>> found,
      Instant now) {
    Owner owner = Owner.of(topology);
    SortedMap<Integer, QueueNode> nodes = nodes(owner, names, found);
    ObservedObjects objects =
        new ObservedObjects(
            found.values().stream().flatMap(Collection::stream).filter(owner::owns).toList());
    Optional<Secret> admin = objects.find(Secret.class, names.adminSecret());
    boolean hasPods = nodes.values().stream().anyMatch(node -> node.pod().isPresent());
    Optional<BrokerClient> broker =
        admin
            .filter(secret -> hasPods)
            .map(secret -> brokers.apply(new BrokerAddress(names, nodes.values(), secret)));
    // Before the broker is asked: what ends in between is seen by the next pass.
    Optional<Underway> beside = underway.apply(owner);
    List<Pod> consumerPods =
        all(found, Pod.class).filter(pod -> isPartOf(pod, Component.CONSUMER)).toList();
    BrokerObservation said =
        broker
            .map(BrokerClient::observe)
            .orElseGet(
                () ->
                    new BrokerObservation.Unreachable(
                        hasPods
                            ? "Secret %s is not there".formatted(names.adminSecret())
                            : "No queue node runs yet"));
    Map<Integer, KubernetesNode> places = machines.of(nodes.values());
    Observation observation =
        new Observation(
            objects,
            nodes,
            highestNumber(names, found),
            consumerPods,
            said,
            places,
            lastSeen.update(owner.uid(), names, said, places, now),
            resolvable(broker, nodes.values()),
            warnings(nodes.values(), consumerPods, now),
            scaling(topology, names, objects, broker),
            new BrokerWork(beside, moves.stalled(owner.uid(), said, now)),
            now);
    return new Observed(observation, broker);
  }

  private ScalingObservation scaling(
      MessageTopology topology,
      ResourceNames names,
      ObservedObjects objects,
      Optional<BrokerClient> broker) {
    Map<String, ConsumerScaling> known = scaling.apply(topology);
    boolean asked = DeletionCosts.areNeeded(topology.getSpec().consumers(), names, objects, known);
    return new ScalingObservation(known, broker.filter(api -> asked).flatMap(StateObserver::work));
  }

  private static Optional<Map<String, ClientWork>> work(BrokerClient broker) {
    try {
      return Optional.of(broker.workByAddress());
    } catch (BrokerException e) {
      LOG.warnf("cannot find out which Pods hold messages: %s", e.getMessage());
      return Optional.empty();
    }
  }

  /** Asked only of nodes whose name was taken away. What cannot be asked counts as resolvable. */
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

  private static boolean isGrowing(
      MessageTopology topology,
      Owner owner,
      ResourceNames names,
      Map<Class<?>, List<HasMetadata>> found) {
    long present =
        nodes(owner, names, found).values().stream().filter(QueueNode::hasVolume).count();
    boolean recorded =
        all(found, ConfigMap.class)
            .anyMatch(map -> map.getMetadata().getName().equals(names.membership()));
    return present < topology.getSpec().nodes().replicas() || !recorded;
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

  private static SortedMap<Integer, QueueNode> nodes(
      Owner owner, ResourceNames names, Map<Class<?>, List<HasMetadata>> found) {
    Map<Integer, PersistentVolumeClaim> volumes =
        byNumber(
            all(found, PersistentVolumeClaim.class)
                .filter(owner::owns)
                .filter(claim -> !claim.getMetadata().getLabels().containsKey(Labels.RETIRED)),
            claim -> names.numberOfVolume(claim.getMetadata().getName()));
    Map<Integer, Pod> pods =
        byNumber(
            all(found, Pod.class)
                .filter(owner::owns)
                .filter(
                    pod ->
                        isPartOf(pod, Component.QUEUE_NODE) || isPartOf(pod, Component.LOST_NODE)),
            pod -> names.numberOfPod(pod.getMetadata().getName()));
    SortedMap<Integer, QueueNode> nodes = new TreeMap<>();
    Stream.concat(volumes.keySet().stream(), pods.keySet().stream())
        .forEach(
            n ->
                nodes.put(
                    n,
                    new QueueNode(
                        n, Optional.ofNullable(volumes.get(n)), Optional.ofNullable(pods.get(n)))));
    return nodes;
  }

  private static <T> Map<Integer, T> byNumber(Stream<T> objects, Function<T, OptionalInt> number) {
    return objects
        .filter(object -> number.apply(object).isPresent())
        .collect(toMap(object -> number.apply(object).getAsInt(), Function.identity()));
  }

  /** Of any volume, also one that an earlier topology of this name has left. */
  private static int highestNumber(ResourceNames names, Map<Class<?>, List<HasMetadata>> found) {
    return Stream.concat(
            all(found, PersistentVolumeClaim.class)
                .map(claim -> names.numberOfVolume(claim.getMetadata().getName())),
            all(found, Pod.class).map(pod -> names.numberOfPod(pod.getMetadata().getName())))
        .flatMapToInt(OptionalInt::stream)
        .max()
        .orElse(-1);
  }

  private Map<String, String> warnings(
      Collection<QueueNode> nodes, List<Pod> consumerPods, Instant now) {
    WarningEvents events = new WarningEvents(kubernetes, now);
    List<HasMetadata> waiting = new ArrayList<>();
    for (QueueNode node : nodes) {
      node.pod().filter(pod -> isWaiting(pod, now)).ifPresent(waiting::add);
      node.volume().filter(volume -> isWaiting(volume, now)).ifPresent(waiting::add);
    }
    consumerPods.stream().filter(pod -> isWaiting(pod, now)).forEach(waiting::add);
    Map<String, String> warnings = new HashMap<>();
    waiting.stream()
        .limit(MOST_QUESTIONS)
        .forEach(
            object ->
                events
                    .last(object)
                    .ifPresent(
                        warning ->
                            warnings.put(
                                object.getKind() + "/" + object.getMetadata().getName(), warning)));
    return warnings;
  }

  private static boolean isWaiting(Pod pod, Instant now) {
    return pod.getStatus() != null
        && "Pending".equals(pod.getStatus().getPhase())
        && isWorthAQuestion(pod, now);
  }

  private static boolean isWaiting(PersistentVolumeClaim claim, Instant now) {
    return claim.getStatus() != null
        && "Pending".equals(claim.getStatus().getPhase())
        && isWorthAQuestion(claim, now);
  }

  private static boolean isWorthAQuestion(HasMetadata object, Instant now) {
    Instant made = Instant.parse(object.getMetadata().getCreationTimestamp());
    return made.plus(WORTH_A_QUESTION).isBefore(now);
  }

  private static boolean isPartOf(Pod pod, Component component) {
    return component.value().equals(pod.getMetadata().getLabels().get(Labels.COMPONENT));
  }

  private static <T extends HasMetadata> Stream<T> all(
      Map<Class<?>, List<HasMetadata>> found, Class<T> kind) {
    return found.get(kind).stream().map(kind::cast);
  }
}
