package dev.warren.operator.reconcile;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonMappingException.Reference;
import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Explains why the operator cannot read the spec of a stored resource. */
final class UnreadableSpec {

  private static final int LONGEST_VALUE = 100;

  private UnreadableSpec() {}

  /**
   * Reads the resource as it is stored now; empty if its spec has become readable, or it is gone.
   */
  static Optional<Violation> find(MessageTopology topology, KubernetesClient kubernetes) {
    GenericKubernetesResource stored =
        kubernetes
            .genericKubernetesResources(
                ResourceDefinitionContext.fromResourceType(MessageTopology.class))
            .inNamespace(topology.getMetadata().getNamespace())
            .withName(topology.getMetadata().getName())
            .get();
    return Optional.ofNullable(stored)
        .flatMap(now -> violation(now.get("spec"), kubernetes.getKubernetesSerialization()));
  }

  /** The first value of a spec that cannot be read. */
  static Optional<Violation> violation(Object spec, KubernetesSerialization serialization) {
    if (spec == null) {
      return Optional.of(new Violation("spec", "is missing"));
    }
    try {
      serialization.convertValue(spec, MessageTopologySpec.class);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      List<Reference> place =
          e.getCause() instanceof JsonMappingException unreadable
              ? unreadable.getPath()
              : List.of();
      return Optional.of(
          new Violation(
              path(place),
              shortened(serialization.asJson(value(spec, place)))
                  + " cannot be read by this version of the operator. The definition of"
                  + " MessageTopology that accepted it was another one"));
    }
  }

  private static String path(List<Reference> place) {
    return "spec"
        + place.stream()
            .map(
                step ->
                    step.getFieldName() == null
                        ? "[%d]".formatted(step.getIndex())
                        : "." + step.getFieldName())
            .collect(Collectors.joining());
  }

  private static Object value(Object spec, List<Reference> place) {
    Object value = spec;
    for (Reference step : place) {
      value =
          switch (value) {
            case Map<?, ?> object -> object.get(step.getFieldName());
            case List<?> list when step.getIndex() >= 0 -> list.get(step.getIndex());
            case null, default -> value;
          };
    }
    return value;
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST_VALUE ? value : value.substring(0, LONGEST_VALUE) + "...";
  }
}
