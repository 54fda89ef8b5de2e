package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** The volume of a queue node. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record StorageSpec(
    @Size(max = 20)
        @ValidationRule(
            value = Sizes.IS_SIZE + " && " + Sizes.QUANTITY + ".compareTo(quantity('100Mi')) >= 0",
            message = "must be a size in bytes of at least 100Mi, such as 10Gi")
        @ValidationRule(
            value = Sizes.QUANTITY + ".compareTo(quantity(oldSelf)) >= 0",
            message = "must not become smaller, because volumes cannot shrink")
        @JsonPropertyDescription(
            "The size of the volume in bytes, such as 10Gi; at least 100Mi. It can be"
                + " raised at any time: volumes grow without a restart if their StorageClass"
                + " allows it; otherwise NodesReady reports it. A node that is replaced gets the"
                + " new size in any case. It cannot be lowered. If it is removed, existing volumes"
                + " keep their sizes.")
        String size,
    @Size(min = 1, max = 253)
        @JsonPropertyDescription(
            "The StorageClass of the volume. Nodes that already have a volume keep it.")
        String className,
    @Default("Delete")
        @JsonPropertyDescription(
            "What happens to the volumes when this resource is deleted. Delete: they are deleted"
                + " too. Retain: the claims stay, with the nodes' data, so that you can rescue"
                + " it. A new resource of this name does not use them.")
        VolumeDeletion onDelete,
    @Size(max = 50)
        @ValidationRule(value = MetadataKeys.OF_LABELS, message = MetadataKeys.OF_LABELS_MESSAGE)
        @JsonPropertyDescription(
            "Labels of the PersistentVolumeClaims, in addition to those of spec.objectMetadata, for"
                + " example for backups; at most 50. A change restarts nothing.")
        Map<String, @Size(max = 63) @Pattern(MetadataKeys.LABEL_VALUE) String> labels,
    @Size(max = 50)
        @ValidationRule(
            value = MetadataKeys.OF_ANNOTATIONS,
            message = MetadataKeys.OF_ANNOTATIONS_MESSAGE)
        @JsonPropertyDescription(
            "Annotations of the PersistentVolumeClaims, in addition to those of"
                + " spec.objectMetadata; at most 50. A change restarts nothing.")
        Map<String, @Size(max = 4096) String> annotations) {

  /** Makes absent maps empty. */
  public StorageSpec {
    labels = labels == null ? Map.of() : Map.copyOf(labels);
    annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
  }

  /** What happens to the volumes when the topology is deleted. */
  public enum VolumeDeletion {
    Delete,
    Retain
  }
}
