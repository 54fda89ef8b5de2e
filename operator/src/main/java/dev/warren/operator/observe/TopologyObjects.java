package dev.warren.operator.observe;

import static java.util.stream.Collectors.toMap;

import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The objects with a topology's label in Kubernetes.
 *
 * @param byKind all of them, also those that an earlier topology of this name has left
 * @param owned those of this topology
 * @param nodes its queue nodes by their numbers, from their volumes and Pods
 */
record TopologyObjects(
    Owner owner,
    ResourceNames names,
    Map<Class<?>, List<HasMetadata>> byKind,
    ObservedObjects owned,
    SortedMap<Integer, QueueNode> nodes) {

  static TopologyObjects of(Owner owner, Map<Class<?>, List<HasMetadata>> byKind) {
    ResourceNames names = ResourceNames.of(owner.namespace(), owner.topology());
    return new TopologyObjects(
        owner,
        names,
        byKind,
        new ObservedObjects(
            byKind.values().stream().flatMap(Collection::stream).filter(owner::owns).toList()),
        nodes(owner, names, byKind));
  }

  boolean hasNodePods() {
    return nodes.values().stream().anyMatch(node -> node.pod().isPresent());
  }

  List<Pod> consumerPods() {
    return all(byKind, Pod.class).filter(pod -> isPartOf(pod, Component.CONSUMER)).toList();
  }

  /** Whether nodes are missing, or the record of the nodes or a CA is. */
  boolean isGrowing(int replicas) {
    long present = nodes.values().stream().filter(QueueNode::hasVolume).count();
    boolean recorded =
        all(byKind, ConfigMap.class)
            .anyMatch(map -> map.getMetadata().getName().equals(names.membership()));
    return present < replicas
        || !recorded
        || owned.find(Secret.class, names.nodesAuthoritySecret()).isEmpty()
        || owned.find(Secret.class, names.clientsAuthoritySecret()).isEmpty();
  }

  /**
   * The highest number of any volume or Pod, including those that an earlier topology left; or -1.
   */
  int highestNumber() {
    return Stream.concat(
            all(byKind, PersistentVolumeClaim.class)
                .map(claim -> names.numberOfVolume(claim.getMetadata().getName())),
            all(byKind, Pod.class).map(pod -> names.numberOfPod(pod.getMetadata().getName())))
        .flatMapToInt(OptionalInt::stream)
        .max()
        .orElse(-1);
  }

  private static SortedMap<Integer, QueueNode> nodes(
      Owner owner, ResourceNames names, Map<Class<?>, List<HasMetadata>> byKind) {
    Map<Integer, PersistentVolumeClaim> volumes =
        byNumber(
            all(byKind, PersistentVolumeClaim.class)
                .filter(owner::owns)
                .filter(claim -> !claim.getMetadata().getLabels().containsKey(Labels.RETIRED)),
            claim -> names.numberOfVolume(claim.getMetadata().getName()));
    Map<Integer, Pod> pods =
        byNumber(
            all(byKind, Pod.class)
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

  private static boolean isPartOf(Pod pod, Component component) {
    return component.value().equals(pod.getMetadata().getLabels().get(Labels.COMPONENT));
  }

  private static <T extends HasMetadata> Stream<T> all(
      Map<Class<?>, List<HasMetadata>> byKind, Class<T> kind) {
    return byKind.get(kind).stream().map(kind::cast);
  }
}
