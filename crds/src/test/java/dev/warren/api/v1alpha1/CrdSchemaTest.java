package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What every field of the definition must have. */
class CrdSchemaTest {

  /** Fields that accept anything. */
  static final Set<String> OPEN = Set.of("arguments", "podTemplate", "template");

  /** Fields whose types are Kubernetes' own, and maps with any key. */
  static final Set<String> FOREIGN =
      Set.of("metadata", "resources", "conditions", "labels", "annotations", "nodePorts");

  /** Excluded by a field that everything.yaml sets. */
  static final String EXCLUDED = "spec.tls.issuerRef";

  private final JSONSchemaProps root = CrdGeneration.committedSchema();

  @Test
  void everyFieldIsDescribed() {
    assertThat(root.getDescription()).isNotBlank();
    assertThat(fieldsWhere((name, schema) -> isBlank(schema.getDescription()))).isEmpty();
  }

  @Test
  void everyDescriptionIsWrittenAsSentences() {
    assertThat(fieldsWhere((name, schema) -> !schema.getDescription().endsWith("."))).isEmpty();
  }

  @Test
  void everyDefaultIsInTheDescription() {
    assertThat(
            fieldsWhere(
                (name, schema) ->
                    schema.getDefault() != null
                        && schema.getDefault().isValueNode()
                        && !schema.getDescription().contains(" Default: ")))
        .isEmpty();
  }

  /** For the API server writes it into the item, and kubectl apply of the same file differs. */
  @Test
  void noFieldInAListHasADefault() {
    assertThat(fieldsWhere((name, schema) -> items(schema).anyMatch(CrdSchemaTest::hasSomeDefault)))
        .isEmpty();
  }

  /** For the API server refuses the same file under several managers: {@link Defaults}. */
  @Test
  void noFieldInAnObjectWithoutADefaultHasOne() {
    assertThat(fieldsWhere((name, schema) -> schema.getDefault() == null && hasSomeDefault(schema)))
        .containsExactly("spec");
  }

  private static boolean hasSomeDefault(JSONSchemaProps schema) {
    return schema.getDefault() != null
        || Stream.concat(schema.getProperties().values().stream(), items(schema))
            .anyMatch(CrdSchemaTest::hasSomeDefault);
  }

  @Test
  void everyRuleHasAMessage() {
    assertThat(
            fieldsWhere(
                (name, schema) ->
                    Stream.concat(Stream.of(schema), items(schema))
                        .flatMap(s -> s.getXKubernetesValidations().stream())
                        .anyMatch(rule -> isBlank(rule.getMessage()))))
        .isEmpty();
  }

  @Test
  void everyListAndTextOfTheSpecIsBounded() {
    assertThat(
            fieldsWhere(
                (name, schema) ->
                    Stream.concat(Stream.of(schema), items(schema))
                        .anyMatch(CrdSchemaTest::unbounded)))
        .allMatch(field -> field.startsWith("status."));
  }

  @Test
  void onlyTheOpenFieldsTakeUnknownFields() {
    assertThat(
            fieldsWhere(
                (name, schema) ->
                    OPEN.contains(name)
                        != Boolean.TRUE.equals(schema.getXKubernetesPreserveUnknownFields())))
        .isEmpty();
  }

  @Test
  void everythingYamlSetsEveryField() throws IOException {
    JsonNode everything = Everything.tree();
    assertThat(
            fieldsWhere((name, schema) -> true).stream()
                .filter(field -> field.startsWith("spec."))
                .filter(field -> !field.startsWith(EXCLUDED))
                .filter(field -> !isSet(everything, List.of(field.split("\\.")))))
        .isEmpty();
  }

  @Test
  void theSchemaForKustomizeHasTheKeysOfTheDefinition() throws IOException {
    ObjectMapper json = new ObjectMapper();
    JsonNode schema = json.readTree(Path.of("../docs/kustomize/schema.json").toFile());
    assertThat(keys(schema.at("/definitions/dev.warren.v1alpha1.MessageTopology/properties/spec")))
        .isNotEmpty()
        .isEqualTo(keys(json.valueToTree(root.getProperties().get("spec"))));
  }

  /** The keys of each list that has some, by its path. */
  private static Map<String, JsonNode> keys(JsonNode schema) {
    Map<String, JsonNode> found = new TreeMap<>();
    addKeys("spec", schema, found);
    return found;
  }

  private static void addKeys(String path, JsonNode schema, Map<String, JsonNode> found) {
    if (schema.has("x-kubernetes-list-map-keys")) {
      found.put(path, schema.get("x-kubernetes-list-map-keys"));
    }
    schema
        .path("properties")
        .properties()
        .forEach(field -> addKeys(path + "." + field.getKey(), field.getValue(), found));
    if (schema.has("items")) {
      addKeys(path + "[]", schema.get("items"), found);
    }
  }

  private static boolean isSet(JsonNode node, List<String> path) {
    if (node.isArray()) {
      return node.valueStream().anyMatch(item -> isSet(item, path));
    }
    if (path.isEmpty()) {
      return true;
    }
    return node.has(path.getFirst())
        && isSet(node.get(path.getFirst()), path.subList(1, path.size()));
  }

  private static boolean unbounded(JSONSchemaProps schema) {
    return switch (schema.getType()) {
      case "array" -> schema.getMaxItems() == null;
      case "string" -> schema.getMaxLength() == null && schema.getEnum().isEmpty();
      default -> false;
    };
  }

  private List<String> fieldsWhere(BiPredicate<String, JSONSchemaProps> condition) {
    List<String> found = new ArrayList<>();
    collect("", root, condition, found);
    return found;
  }

  private static void collect(
      String prefix,
      JSONSchemaProps schema,
      BiPredicate<String, JSONSchemaProps> condition,
      List<String> found) {
    schema
        .getProperties()
        .forEach(
            (name, field) -> {
              if (name.equals("metadata")) {
                return;
              }
              if (condition.test(name, field)) {
                found.add(prefix + name);
              }
              if (!FOREIGN.contains(name)) {
                collect(prefix + name + ".", field, condition, found);
              }
            });
    items(schema).forEach(item -> collect(prefix, item, condition, found));
  }

  private static Stream<JSONSchemaProps> items(JSONSchemaProps schema) {
    return Stream.ofNullable(schema.getItems())
        .map(items -> items.getSchema())
        .filter(Objects::nonNull);
  }

  private static boolean isBlank(String text) {
    return text == null || text.isBlank();
  }
}
