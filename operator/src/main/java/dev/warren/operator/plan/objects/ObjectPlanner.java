package dev.warren.operator.plan.objects;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.model.Revision;
import dev.warren.operator.observation.ObservedObjects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares the desired objects with those in Kubernetes. */
public final class ObjectPlanner {

  private final ObservedObjects observed;

  public ObjectPlanner(ObservedObjects observed) {
    this.observed = observed;
  }

  /** The changes that bring these objects to their desired state, in their order. */
  public List<KubernetesAction> plan(Collection<? extends HasMetadata> desired) {
    return desired.stream().map(this::plan).flatMap(Optional::stream).toList();
  }

  /** The change that brings one object to its desired state; empty if it has it already. */
  public Optional<KubernetesAction> plan(HasMetadata desired) {
    // A comparison of desired fields does not see a field that is no longer desired; the revision
    // does.
    HasMetadata stamped = stamp(desired);
    Optional<HasMetadata> actual = observed.find(stamped);
    if (actual.isEmpty()) {
      return Optional.of(new Create(stamped, "it does not exist"));
    }
    return Drift.between(stamped, actual.get())
        .map(field -> new Apply(stamped, field + " differs from the desired state"));
  }

  private static HasMetadata stamp(HasMetadata desired) {
    Map<String, String> annotations = new HashMap<>();
    if (desired.getMetadata().getAnnotations() != null) {
      annotations.putAll(desired.getMetadata().getAnnotations());
    }
    annotations.putIfAbsent(Revision.ANNOTATION, Revision.of(desired));
    desired.getMetadata().setAnnotations(annotations);
    return desired;
  }
}
