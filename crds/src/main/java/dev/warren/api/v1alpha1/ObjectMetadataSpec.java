package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** What users add to the metadata of the topology's objects. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ObjectMetadataSpec(
    @Size(max = 50)
        @ValidationRule(value = MetadataKeys.OF_LABELS, message = MetadataKeys.OF_LABELS_MESSAGE)
        @JsonPropertyDescription("Labels of the objects; at most 50.")
        Map<String, @Size(max = 63) @Pattern(MetadataKeys.LABEL_VALUE) String> labels,
    @Size(max = 50)
        @ValidationRule(
            value = MetadataKeys.OF_ANNOTATIONS,
            message = MetadataKeys.OF_ANNOTATIONS_MESSAGE)
        @JsonPropertyDescription("Annotations of the objects; at most 50.")
        Map<String, @Size(max = 4096) String> annotations) {

  /** Makes absent maps empty. */
  public ObjectMetadataSpec {
    labels = labels == null ? Map.of() : Map.copyOf(labels);
    annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
  }
}
