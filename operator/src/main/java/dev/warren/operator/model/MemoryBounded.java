package dev.warren.operator.model;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.Map;
import java.util.Optional;

/** The resources of containers that are never without a memory limit. */
final class MemoryBounded {

  private static final String MEMORY = "memory";

  private MemoryBounded() {}

  /**
   * The user's resources. If they have no memory limit: the default one, or their request if that
   * is more.
   *
   * @param users null for the defaults
   * @param defaults with a memory limit
   */
  static ResourceRequirements resources(ResourceRequirements users, ResourceRequirements defaults) {
    if (users == null) {
      return defaults;
    }
    if (memory(users.getLimits()).isPresent()) {
      return users;
    }
    Quantity limit =
        memory(users.getRequests())
            .filter(request -> request.compareTo(limit(defaults)) > 0)
            .orElse(limit(defaults));
    return new ResourceRequirementsBuilder(users).addToLimits(MEMORY, limit).build();
  }

  /**
   * The memory limit of such resources.
   *
   * @throws java.util.NoSuchElementException when there is none
   */
  static Quantity limit(ResourceRequirements resources) {
    return memory(resources.getLimits()).orElseThrow();
  }

  private static Optional<Quantity> memory(Map<String, Quantity> amounts) {
    return Optional.ofNullable(amounts).map(all -> all.get(MEMORY));
  }
}
