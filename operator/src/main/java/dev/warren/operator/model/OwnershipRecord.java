package dev.warren.operator.model;

import dev.warren.api.v1alpha1.ExchangeSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueDeletion;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a topology has declared in its broker, and may therefore remove. The broker keeps it as a
 * record, which is written before anything is declared: even if the operator loses its state,
 * nothing of the topology is left behind, and nothing of anybody else is removed.
 *
 * @param exchanges by name
 * @param queues by name, and what happens to each when it is removed from the resource
 * @param bindings with everything that distinguishes them
 */
public record OwnershipRecord(
    Set<String> exchanges, Map<String, QueueDeletion> queues, Set<Binding> bindings) {

  /** The record of a broker in which nothing has been declared yet. */
  public static final OwnershipRecord NOTHING = new OwnershipRecord(Set.of(), Map.of(), Set.of());

  /** Makes absent values empty, and sorts, so that equal records are written equally. */
  public OwnershipRecord {
    exchanges =
        Collections.unmodifiableSet(new TreeSet<>(exchanges == null ? Set.of() : exchanges));
    queues = Collections.unmodifiableMap(new TreeMap<>(queues == null ? Map.of() : queues));
    bindings =
        Collections.unmodifiableSet(new LinkedHashSet<>(bindings == null ? Set.of() : bindings));
  }

  /** Everything that a spec declares. */
  public static OwnershipRecord of(MessageTopologySpec spec) {
    return new OwnershipRecord(
        spec.exchanges().stream().map(ExchangeSpec::name).collect(Collectors.toSet()),
        spec.queues().stream().collect(Collectors.toMap(QueueSpec::name, QueueSpec::onDelete)),
        DesiredDefinitions.of(spec).bindings());
  }
}
