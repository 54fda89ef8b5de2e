package dev.warren.operator.model;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.Map;

/** Reads the pod templates of a resource, for which the CustomResourceDefinition has no schema. */
public final class PodTemplates {

  // A field that is left empty in YAML is null, which means the same as absent.
  private static final ObjectMapper JSON =
      JsonMapper.builder().defaultSetterInfo(JsonSetter.Value.forValueNulls(Nulls.SKIP)).build();

  private PodTemplates() {}

  /**
   * The user's template. Fields unknown here are kept, so that the API server validates them.
   *
   * @throws IllegalArgumentException when it does not have the form of a pod template
   */
  public static PodTemplateSpec read(Map<String, Object> template) {
    PodTemplateSpec read =
        template == null ? null : JSON.convertValue(template, PodTemplateSpec.class);
    return read == null ? new PodTemplateSpec() : read;
  }

  /**
   * The Pod of the user's template; without fields if the template has none.
   *
   * @throws IllegalArgumentException when it does not have the form of a pod template
   */
  public static PodSpec spec(Map<String, Object> template) {
    PodSpec spec = read(template).getSpec();
    return spec == null ? new PodSpec() : spec;
  }

  /**
   * The user's template, overlaid with the operator's.
   *
   * @throws IllegalArgumentException when the user's template does not have the form of a Pod
   *     template
   */
  static PodTemplateSpec overlay(Map<String, Object> users, PodTemplateSpec operators) {
    JsonNode lower = JSON.valueToTree(read(users));
    JsonNode upper = JSON.valueToTree(operators);
    return JSON.convertValue(JsonOverlay.over(lower, upper), PodTemplateSpec.class);
  }
}
