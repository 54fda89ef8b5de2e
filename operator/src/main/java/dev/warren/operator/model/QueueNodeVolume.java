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
import java.util.Collection;
import java.util.Optional;

/** The volume of a queue node. */
public final class QueueNodeVolume {

  private static final String STORAGE = "storage";
  private static final Quantity DEFAULT_SIZE = new Quantity("10Gi");

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

  /**
   * The size of a new node's volume: that of the spec. If it has none, that of the largest existing
   * volume, so that a size that is left out changes nothing.
   */
  public static Quantity sizeOfNew(
      StorageSpec storage, Collection<PersistentVolumeClaim> existing) {
    return Optional.ofNullable(storage.size())
        .map(Quantity::new)
        .or(() -> existing.stream().map(QueueNodeVolume::request).max(Quantity::compareTo))
        .orElse(DEFAULT_SIZE);
  }

  /** The claim of a new node, whose size is {@link #sizeOfNew}. */
  public PersistentVolumeClaim claim(int n, Quantity size) {
    return new PersistentVolumeClaimBuilder()
        .withMetadata(metadata(n, false))
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withStorageClassName(storage.className())
        .withNewResources()
        .addToRequests(STORAGE, size)
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
   * An existing claim with the size of the spec.
   *
   * @return empty if the spec has no size, or if the claim has that size or more: a claim never
   *     shrinks, so nothing but a size in the spec may let it grow
   */
  public Optional<PersistentVolumeClaim> grown(
      int n, PersistentVolumeClaim existing, boolean joined) {
    return Optional.ofNullable(storage.size())
        .map(Quantity::new)
        .filter(size -> size.compareTo(request(existing)) > 0)
        .map(
            size ->
                claim(n, existing, joined)
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
