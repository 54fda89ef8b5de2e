package dev.warren.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import org.junit.jupiter.api.Test;

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
