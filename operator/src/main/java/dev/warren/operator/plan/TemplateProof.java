package dev.warren.operator.plan;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.QueueNodePod.Placement;
import dev.warren.operator.model.ResourceNames;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;

/**
 * An object made from what the definition leaves open, for the API server to judge before anything
 * is changed.
 *
 * @param object never created, only tried
 * @param objectPath the start of the object's fields that come from the resource
 * @param specPath where they stand in the resource
 */
public record TemplateProof(HasMetadata object, String objectPath, String specPath) {

  /** All that a spec needs to have proved. */
  public static List<TemplateProof> of(Owner owner, MessageTopologySpec spec, String defaultImage) {
    ResourceNames names = ResourceNames.of(owner.namespace(), owner.topology());
    List<TemplateProof> proofs = new ArrayList<>();
    Pod pod =
        new QueueNodePod(owner, names, spec.nodes(), defaultImage)
            .pod(0, names.noBrokerNode(), Placement.SPREAD);
    // A node's own Pod may exist, and most of a Pod cannot be changed.
    pod.getMetadata().setName(names.prefix() + "-proof");
    proofs.add(new TemplateProof(pod, "", "spec.nodes.podTemplate."));
    ConsumerDeployment deployments = new ConsumerDeployment(owner, names, new Credentials("", ""));
    for (int i = 0; i < spec.consumers().size(); i++) {
      ConsumerSpec consumer = spec.consumers().get(i);
      proofs.add(
          new TemplateProof(
              deployments.deployment(consumer),
              "spec.template",
              "spec.consumers[" + i + "].template"));
    }
    return proofs;
  }

  /** Where in the resource the user finds what the API server calls by the object's field. */
  public String userPath(String field) {
    return field.startsWith(objectPath) ? specPath + field.substring(objectPath.length()) : field;
  }
}
