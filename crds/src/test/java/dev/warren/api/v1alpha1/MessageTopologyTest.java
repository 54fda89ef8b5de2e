package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTopologyTest {

  private final KubernetesSerialization serialization = new KubernetesSerialization();

  @Test
  void aResourceIsWrittenAsItWasRead() throws IOException {
    JsonNode everything = everything();
    assertThat(write(read(everything))).isEqualTo(everything);
  }

  @Test
  void fieldsOfALaterVersionAreIgnored() throws IOException {
    JsonNode everything = everything();
    JsonNode later = everything.deepCopy();
    addUnknownFields(later.get("spec"));
    assertThat(write(read(later))).isEqualTo(everything);
  }

  @Test
  void absentListsAndArgumentsAreEmptyAndNotWritten() throws IOException {
    JsonNode small =
        tree(
            "spec: {queues: [{name: hello, type: quorum, singleActiveConsumer: false, onDelete: DeleteIfEmpty, immutableChanges: Refuse}]}");
    MessageTopology topology = read(small);
    assertThat(topology.getSpec().bindings()).isEmpty();
    assertThat(topology.getSpec().queues().getFirst().arguments()).isEmpty();
    assertThat(write(topology).get("spec")).isEqualTo(small.get("spec"));
  }

  /** As if another version of the definition had accepted them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{queues: [{name: hello, type: ring}]}",
        "{queues: {hello: {type: quorum}}}",
        "{queues: [null]}",
        "{nodes: {replicas: three}}",
        "{nodes: {replicas: 99999999999}}",
        "{nodes: {podTemplate: yes}}",
        "[]",
        "text"
      })
  void aResourceWithAnUnreadableSpecHidesNoOther(String unreadable) {
    String list =
        """
        metadata: {resourceVersion: "1"}
        items:
          - {metadata: {name: bad}, spec: %s, status: {observedGeneration: 1}}
          - {metadata: {name: bad-status}, spec: {}, status: {nodes: {quorum: Odd}}}
          - {metadata: {name: good}, spec: {queues: [{name: hello}]}}
        """
            .formatted(unreadable);

    List<MessageTopology> read =
        serialization
            .convertValue(serialization.unmarshal(list, Object.class), Topologies.class)
            .getItems();

    assertThat(read)
        .extracting(topology -> topology.getMetadata().getName())
        .containsExactly("bad", "bad-status", "good");
    assertThat(read.getFirst().getSpec()).isNull();
    assertThat(read.getFirst().getStatus().observedGeneration()).isEqualTo(1);
    assertThat(read.get(1).getSpec()).isNotNull();
    assertThat(read.get(1).getStatus()).isNull();
    assertThat(read.get(2).getSpec().queues()).extracting(QueueSpec::name).containsExactly("hello");
    // The operator SDK clones each resource by writing and reading it.
    assertThat(serialization.clone(read.getFirst()).getSpec()).isNull();
  }

  private static final class Topologies extends DefaultKubernetesResourceList<MessageTopology> {}

  /** Into every object, except those that are open to any field. */
  private static void addUnknownFields(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              field -> {
                if (!CrdSchemaTest.OPEN.contains(field.getKey())
                    && !CrdSchemaTest.FOREIGN.contains(field.getKey())) {
                  addUnknownFields(field.getValue());
                }
              });
      object.put("later", "a field of a later version");
    } else if (node.isArray()) {
      node.forEach(MessageTopologyTest::addUnknownFields);
    }
  }

  private static JsonNode everything() throws IOException {
    return Everything.tree();
  }

  private JsonNode tree(String yaml) {
    return new ObjectMapper().valueToTree(serialization.unmarshal(yaml, Object.class));
  }

  private MessageTopology read(JsonNode tree) {
    return serialization.unmarshal(tree.toString(), MessageTopology.class);
  }

  private JsonNode write(MessageTopology topology) throws IOException {
    return new ObjectMapper().readTree(serialization.asJson(topology));
  }
}
