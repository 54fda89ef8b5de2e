package dev.warren.operator.plan.objects;


import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.observation.ObservedObjects;

import dev.warren.operator.model.Revision;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares objects as they shall be with those in Kubernetes. */
public final class ObjectPlanner {

  private final ObservedObjects observed;

  public ObjectPlanner(ObservedObjects observed) {
    this.observed = observed;
  }

  /** What makes these objects as they shall be, in their order. */
  public List<KubernetesAction> plan(Collection<? extends HasMetadata> desired) {
    return desired.stream().map(this::plan).flatMap(Optional::stream).toList();
  }

  /** What makes one object as it shall be; nothing if it is. */
  public Optional<KubernetesAction> plan(HasMetadata desired) {
    // A field that is no longer wanted is not seen by comparing what is wanted: the revision is.
    HasMetadata stamped = stamp(desired);
    Optional<HasMetadata> actual = observed.find(stamped);
    if (actual.isEmpty()) {
      return Optional.of(new Create(stamped, "it does not exist"));
    }
    return Drift.between(stamped, actual.get())
        .map(field -> new Apply(stamped, field + " is not as the resource says"));
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
