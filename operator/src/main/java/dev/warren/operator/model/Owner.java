package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * The topology that objects belong to. Kubernetes deletes them with it, by their owner reference.
 * There is no finalizer, so that deleting a topology needs neither the operator nor the broker.
 */
public record Owner(String namespace, String topology, String uid) {

  /** The operator's name as the owner of fields in Kubernetes. It must never change. */
  public static final String FIELD_MANAGER = "warren-operator";

  public static Owner of(MessageTopology topology) {
    ObjectMeta metadata = topology.getMetadata();
    return new Owner(metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }

  /** Metadata of an object that is deleted with the topology. */
  public ObjectMetaBuilder owned(String name, Component component, UserMetadata users) {
    return kept(name, component, users).withOwnerReferences(reference());
  }

  /** The same, without what users add. */
  public ObjectMetaBuilder owned(String name, Component component) {
    return owned(name, component, UserMetadata.NONE);
  }

  /** Metadata of an object that stays when the topology is deleted. */
  public ObjectMetaBuilder kept(String name, Component component, UserMetadata users) {
    return new ObjectMetaBuilder()
        .withNamespace(namespace)
        .withName(name)
        .withLabels(users.labels())
        .addToLabels(Labels.of(topology, component))
        .withAnnotations(users.annotations());
  }

  /** Whether the object belongs to this topology, and not to another or an earlier one. */
  public boolean owns(HasMetadata object) {
    Map<String, String> labels = object.getMetadata().getLabels();
    return object.hasOwnerReferenceFor(uid)
        || (labels != null && uid.equals(labels.get(Labels.TOPOLOGY_UID)));
  }

  /**
   * The owner of an object that does not belong to this topology, as text. Two topologies may need
   * the same name: "a" has a Service "a-nodes", and so has a topology "a-nodes". Empty if the
   * object belongs to no topology.
   */
  public Optional<String> ofAnother(HasMetadata object) {
    return Optional.ofNullable(object.getMetadata().getLabels())
        .map(labels -> labels.get(Labels.TOPOLOGY))
        .map(
            name ->
                (name.equals(topology) ? "an earlier MessageTopology " : "MessageTopology ")
                    + name);
  }

  private OwnerReference reference() {
    return new OwnerReferenceBuilder()
        .withApiVersion(HasMetadata.getApiVersion(MessageTopology.class))
        .withKind(HasMetadata.getKind(MessageTopology.class))
        .withName(topology)
        .withUid(uid)
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }
}
