package dev.warren.operator.model;

import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What must be known about a topology's nodes beyond what can be observed. It is written before the
 * operator acts on it.
 *
 * @param next the lowest number that no node has ever had
 * @param formed whether the nodes have formed a cluster; after that no node may form another
 * @param removal the last removal of a node, underway or done
 * @param balanced the running nodes among which the queues' leaders were last balanced, as a
 *     fingerprint; empty if never
 * @param failedMoves the moves of nodes to other machines that were given up
 */
public record Membership(
    int next,
    boolean formed,
    Optional<NodeRemoval> removal,
    String balanced,
    FailedMoves failedMoves) {

  private static final String NEXT = "next";
  private static final String FORMED = "formed";
  private static final String REMOVAL = "removal";
  private static final String BALANCED = "balanced";
  private static final String FAILED_MOVES = "failedMoves";

  /** A record without a removal. */
  public Membership(int next, boolean formed) {
    this(next, formed, Optional.empty(), "", FailedMoves.NONE);
  }

  /** Reads the record; empty if somebody has made it unreadable. */
  public static Optional<Membership> of(ConfigMap configMap) {
    Map<String, String> data = configMap.getData() == null ? Map.of() : configMap.getData();
    String next = data.getOrDefault(NEXT, "");
    return next.matches("[0-9]{1,9}")
        ? Optional.of(
            new Membership(
                Integer.parseInt(next),
                "true".equals(data.get(FORMED)),
                NodeRemoval.fromJson(data.get(REMOVAL)),
                data.getOrDefault(BALANCED, ""),
                FailedMoves.fromJson(data.get(FAILED_MOVES))))
        : Optional.empty();
  }

  /** The removal of a node that the others have not forgotten yet. */
  public Optional<NodeRemoval> removing() {
    return removal.filter(NodeRemoval::isUnderway);
  }

  /** Whether that node is being removed, or was the last one that was removed. */
  public boolean removes(int node) {
    return removal.filter(last -> last.node() == node).isPresent();
  }

  public Membership next(int number) {
    return new Membership(number, formed, removal, balanced, failedMoves);
  }

  public Membership removal(Optional<NodeRemoval> last) {
    return new Membership(next, formed, last, balanced, failedMoves);
  }

  public Membership balanced(String among) {
    return new Membership(next, formed, removal, among, failedMoves);
  }

  public Membership failedMoves(FailedMoves failed) {
    return new Membership(next, formed, removal, balanced, failed);
  }

  /** The record as it is stored. */
  public ConfigMap configMap(Owner owner, ResourceNames names, UserMetadata users) {
    Map<String, String> data = new TreeMap<>();
    data.put(NEXT, String.valueOf(next));
    data.put(FORMED, String.valueOf(formed));
    removal.ifPresent(last -> data.put(REMOVAL, last.toJson()));
    if (!balanced.isEmpty()) {
      data.put(BALANCED, balanced);
    }
    if (failedMoves.tries() > 0) {
      data.put(FAILED_MOVES, failedMoves.toJson());
    }
    ObjectMetaBuilder metadata = owner.owned(names.membership(), Component.TOPOLOGY, users);
    return new ConfigMapBuilder()
        .withMetadata(
            metadata.addToAnnotations(Revision.ANNOTATION, Revision.of(metadata.build())).build())
        .withData(data)
        .build();
  }
}
