package dev.warren.operator.observation;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;

/** cert-manager's Certificate of a topology, as the API server has it now. */
public sealed interface IssuedDoor {

  /** It matters not, and was not read. */
  record NotRead() implements IssuedDoor {}

  /** The cluster has no such kind of object: cert-manager is not installed. */
  record NoKind() implements IssuedDoor {}

  /** It does not exist. */
  record Absent() implements IssuedDoor {}

  /** It exists. */
  record Found(GenericKubernetesResource certificate) implements IssuedDoor {}

  /** Whether it exists is unknown. */
  record Unreadable(String why) implements IssuedDoor {}
}
