package dev.warren.operator.model;

import dev.warren.api.v1alpha1.StorageSpec;
import dev.warren.api.v1alpha1.StorageSpec.VolumeDeletion;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;

/** The volume of a queue node. */
public final class QueueNodeVolume {

  private final Owner owner;
  private final ResourceNames names;
  private final StorageSpec storage;

  public QueueNodeVolume(Owner owner, ResourceNames names, StorageSpec storage) {
    this.owner = owner;
    this.names = names;
    this.storage = storage;
  }

  /** The claim of a new node. */
  public PersistentVolumeClaim claim(int n) {
    return new PersistentVolumeClaimBuilder()
        .withMetadata(metadata(n, false))
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withStorageClassName(storage.className())
        .withNewResources()
        .addToRequests("storage", new Quantity(storage.size()))
        .endResources()
        .endSpec()
        .build();
  }

  /**
   * An existing claim as it shall be: what may not be changed about it stays.
   *
   * @param joined whether the node has been a member
   */
  public PersistentVolumeClaim claim(int n, PersistentVolumeClaim existing, boolean joined) {
    return new PersistentVolumeClaimBuilder()
        .withMetadata(metadata(n, joined))
        .withSpec(
            new PersistentVolumeClaimSpecBuilder()
                .withAccessModes(existing.getSpec().getAccessModes())
                .withStorageClassName(existing.getSpec().getStorageClassName())
                .withResources(existing.getSpec().getResources())
                .build())
        .build();
  }

  private ObjectMeta metadata(int n, boolean joined) {
    String name = names.volume(n);
    ObjectMetaBuilder metadata =
        storage.onDelete() == VolumeDeletion.Retain
            ? owner.kept(name, Component.QUEUE_NODE)
            : owner.owned(name, Component.QUEUE_NODE);
    metadata.addToLabels(Labels.TOPOLOGY_UID, owner.uid());
    if (joined) {
      metadata.addToAnnotations(Labels.JOINED, "true");
    }
    // Of the metadata alone: the rest is never changed once the claim is there.
    return metadata.addToAnnotations(Revision.ANNOTATION, Revision.of(metadata.build())).build();
  }
}
