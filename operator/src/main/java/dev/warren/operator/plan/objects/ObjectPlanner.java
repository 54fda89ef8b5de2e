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
import java.util.stream.Stream;

/** Compares the desired objects with those in Kubernetes. */
public final class ObjectPlanner {

  private static final String REVISION = Drift.below("metadata.annotations", Revision.ANNOTATION);

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
    List<Difference> differences = Drift.between(stamped, actual.get());
    return differences.isEmpty()
        ? Optional.empty()
        : Optional.of(new Apply(stamped, because(stamped, actual.get(), differences)));
  }

  /** The revision is shown only if nothing else is known to differ. */
  private static String because(
      HasMetadata desired, HasMetadata actual, List<Difference> differences) {
    List<Difference> shown =
        Stream.concat(
                differences.stream().filter(difference -> !difference.path().equals(REVISION)),
                ReleasedFields.of(desired, actual).stream())
            .toList();
    return shown.isEmpty()
        ? "an earlier spec or another version of the operator made it"
        : Difference.describe(shown);
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
