package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import java.util.Map;
import java.util.TreeMap;

/** The labels and annotations that the spec adds to objects. */
public record UserMetadata(Map<String, String> labels, Map<String, String> annotations) {

  public static final UserMetadata NONE = new UserMetadata(Map.of(), Map.of());

  /** Those of all objects, except Pods: they have templates, and a change restarts them. */
  public static UserMetadata of(MessageTopologySpec spec) {
    return spec.objectMetadata() == null
        ? NONE
        : new UserMetadata(spec.objectMetadata().labels(), spec.objectMetadata().annotations());
  }

  /** With those of one kind of object, which take precedence. */
  UserMetadata with(Map<String, String> labels, Map<String, String> annotations) {
    return new UserMetadata(joined(this.labels, labels), joined(this.annotations, annotations));
  }

  private static Map<String, String> joined(Map<String, String> all, Map<String, String> more) {
    Map<String, String> joined = new TreeMap<>(all);
    joined.putAll(more);
    return joined;
  }
}
