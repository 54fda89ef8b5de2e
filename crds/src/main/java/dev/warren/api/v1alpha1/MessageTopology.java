package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/**
 * A whole messaging system in one resource: its queue nodes, its exchanges, queues and bindings,
 * and the consumers of its queues.
 */
@Group("warren.dev")
@Version("v1alpha1")
@Plural("messagetopologies")
@ShortNames("mtop")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(name = "Nodes", jsonPath = ".status.summary.nodes")
@AdditionalPrinterColumn(name = "Queues", jsonPath = ".status.summary.queues")
@AdditionalPrinterColumn(name = "Consumers", jsonPath = ".status.summary.consumers")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
// The name becomes part of Service names, which are DNS labels that begin with a letter.
@ValidationRule(
    fieldPath = ".metadata.name",
    value =
        "self.metadata.name.size() <= 63 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')",
    message =
        "must be at most 63 characters: lower case letters, digits and '-', beginning with a letter and ending with a letter or digit")
public class MessageTopology extends CustomResource<MessageTopologySpec, MessageTopologyStatus>
    implements Namespaced {

  // The superclass would try to create an empty spec, which a record does not have.
  @Override
  protected MessageTopologySpec initSpec() {
    return null;
  }

  @Override
  protected MessageTopologyStatus initStatus() {
    return null;
  }

  /** Null if these classes cannot read what is stored. */
  @Override
  @Required
  @JsonDeserialize(using = NullIfUnreadable.Spec.class)
  @JsonPropertyDescription("The desired state.")
  public MessageTopologySpec getSpec() {
    return super.getSpec();
  }

  /** Null if there is none yet, or if these classes cannot read what is stored. */
  @Override
  @JsonDeserialize(using = NullIfUnreadable.Status.class)
  @JsonPropertyDescription("The observed state. Only the operator writes it.")
  public MessageTopologyStatus getStatus() {
    return super.getStatus();
  }
}
