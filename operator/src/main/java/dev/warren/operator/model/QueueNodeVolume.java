package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.StorageSpec;
import dev.warren.api.v1alpha1.StorageSpec.VolumeDeletion;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimSpecBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Optional;

/** The volume of a queue node. */
public final class QueueNodeVolume {

  private static final String STORAGE = "storage";

  private final Owner owner;
  private final ResourceNames names;
  private final StorageSpec storage;
  private final UserMetadata users;

  public QueueNodeVolume(Owner owner, ResourceNames names, MessageTopologySpec spec) {
    this.owner = owner;
    this.names = names;
    this.storage = spec.nodes().storage();
    this.users = UserMetadata.of(spec).with(storage.labels(), storage.annotations());
  }

  /** The claim of a new node. */
  public PersistentVolumeClaim claim(int n) {
    return new PersistentVolumeClaimBuilder()
        .withMetadata(metadata(n, false))
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withStorageClassName(storage.className())
        .withNewResources()
        .addToRequests(STORAGE, new Quantity(storage.size()))
        .endResources()
        .endSpec()
        .build();
  }

  /**
   * The desired state of an existing claim: fields that cannot be changed stay as they are.
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

  /**
   * An existing claim with the desired size.
   *
   * @return empty if it has that size or more: a claim never shrinks
   */
  public Optional<PersistentVolumeClaim> grown(
      int n, PersistentVolumeClaim existing, boolean joined) {
    Quantity size = new Quantity(storage.size());
    return Optional.of(claim(n, existing, joined))
        .filter(claim -> size.compareTo(request(claim)) > 0)
        .map(
            claim ->
                claim
                    .edit()
                    .editSpec()
                    .editResources()
                    .addToRequests(STORAGE, size)
                    .endResources()
                    .endSpec()
                    .build());
  }

  /** The size that a claim requests. */
  public static Quantity request(PersistentVolumeClaim claim) {
    return claim.getSpec().getResources().getRequests().get(STORAGE);
  }

  /** The actual size of a claim's volume; empty while it has none. */
  public static Optional<Quantity> capacity(PersistentVolumeClaim claim) {
    return Optional.ofNullable(claim.getStatus())
        .map(PersistentVolumeClaimStatus::getCapacity)
        .map(capacity -> capacity.get(STORAGE));
  }

  private ObjectMeta metadata(int n, boolean joined) {
    String name = names.volume(n);
    ObjectMetaBuilder metadata =
        storage.onDelete() == VolumeDeletion.Retain
            ? owner.kept(name, Component.QUEUE_NODE, users)
            : owner.owned(name, Component.QUEUE_NODE, users);
    metadata.addToLabels(Labels.TOPOLOGY_UID, owner.uid());
    if (joined) {
      metadata.addToAnnotations(Labels.JOINED, "true");
    }
    // Of the metadata alone: the rest never changes after the claim is created.
    return metadata.addToAnnotations(Revision.ANNOTATION, Revision.of(metadata.build())).build();
  }
}
