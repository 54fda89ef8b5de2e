package dev.warren.operator.plan.validation;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.HttpDeliverySpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.PodTemplates;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.QueueNodePod.Placement;
import dev.warren.operator.model.ResourceNames;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An object built from parts that the CustomResourceDefinition does not check, for the API server
 * to check before anything is changed.
 *
 * @param object never created, only sent as a dry run
 * @param specPath the field of the resource with most of it
 * @param origins the fields of the resource that its fields come from
 */
public record PodTemplateDryRun(HasMetadata object, String specPath, List<Origin> origins) {

  /**
   * Where a field comes from.
   *
   * @param objectPath in the object
   * @param specPath in the resource
   * @param itemsBefore if it is a list, how many items of the operator precede the user's
   */
  record Origin(String objectPath, String specPath, int itemsBefore) {

    private boolean covers(String field) {
      return field.startsWith(objectPath)
          && (field.length() == objectPath.length()
              || ".[".indexOf(field.charAt(objectPath.length())) >= 0);
    }

    private String specPath(String field) {
      String below = field.substring(objectPath.length());
      return specPath + (itemsBefore == 0 ? below : withUsersIndex(below));
    }

    private String withUsersIndex(String below) {
      int end = below.indexOf(']');
      if (end < 0 || !below.substring(0, end).matches("\\[[0-9]{1,6}")) {
        return below;
      }
      int index = Integer.parseInt(below.substring(1, end));
      return "[" + (index - itemsBefore) + below.substring(end);
    }
  }

  /** All objects of a spec that must be checked. */
  public static List<PodTemplateDryRun> of(Owner owner, MessageTopologySpec spec, Images images) {
    ResourceNames names = ResourceNames.of(owner.namespace(), owner.topology());
    List<PodTemplateDryRun> proofs = new ArrayList<>();
    proofs.add(ofNode(new QueueNodePod(owner, names, spec, images), names));
    ConsumerDeployment deployments =
        new ConsumerDeployment(
            owner, names, spec, images, new Credentials("", ""), ClientTrust.NONE);
    for (int i = 0; i < spec.consumers().size(); i++) {
      ConsumerSpec consumer = spec.consumers().get(i);
      proofs.add(
          ofConsumer(deployments.deployment(consumer, 0), consumer, "spec.consumers[" + i + "]"));
    }
    return proofs;
  }

  private static PodTemplateDryRun ofNode(QueueNodePod pods, ResourceNames names) {
    Pod pod = pods.pod(0, names.noBrokerNode(), Placement.SPREAD, false);
    useFreeName(pod);
    int rabbitmq = names(pod.getSpec().getContainers()).indexOf(QueueNodePod.CONTAINER);
    String node = "spec.containers[" + rabbitmq + "]";
    String specPath = "spec.nodes.podTemplate";
    return new PodTemplateDryRun(
        pod,
        specPath,
        List.of(
            new Origin("metadata", specPath + ".metadata", 0),
            new Origin("spec", specPath + ".spec", 0),
            new Origin(node + ".image", "spec.nodes.image", 0),
            new Origin(node + ".resources", "spec.nodes.resources", 0)));
  }

  private static PodTemplateDryRun ofConsumer(
      Deployment deployment, ConsumerSpec consumer, String consumerPath) {
    useFreeName(deployment);
    HttpDeliverySpec http = consumer.http();
    String specPath = consumerPath + (http == null ? ".template" : ".http.podTemplate");
    PodSpec users =
        PodTemplates.read(http == null ? consumer.template() : http.podTemplate()).getSpec();
    PodSpec made = deployment.getSpec().getTemplate().getSpec();
    List<Origin> origins = new ArrayList<>();
    origins.add(new Origin("spec.template", specPath, 0));
    if (users != null) {
      origins.addAll(
          environments(".spec.containers", specPath, users.getContainers(), made.getContainers()));
      origins.addAll(
          environments(
              ".spec.initContainers",
              specPath,
              users.getInitContainers(),
              made.getInitContainers()));
    }
    if (http != null) {
      int dispatcher = names(made.getContainers()).indexOf(ConsumerDeployment.DISPATCHER);
      origins.add(
          new Origin(
              "spec.template.spec.containers[" + dispatcher + "].resources",
              consumerPath + ".http.resources",
              0));
    }
    return new PodTemplateDryRun(deployment, specPath, origins);
  }

  /** Variables of the operator's come before the user's. */
  private static List<Origin> environments(
      String list, String specPath, List<Container> users, List<Container> made) {
    List<Origin> origins = new ArrayList<>();
    for (int i = 0; i < users.size(); i++) {
      String env = list + "[" + i + "].env";
      if (!users.get(i).getEnv().isEmpty()) {
        int operators = made.get(i).getEnv().indexOf(users.get(i).getEnv().getFirst());
        origins.add(new Origin("spec.template" + env, specPath + env, operators));
      }
    }
    return origins;
  }

  private static List<String> names(List<Container> containers) {
    return containers.stream().map(Container::getName).toList();
  }

  /** Renames the object: a real one may exist, and its immutable fields would fail the dry run. */
  private static void useFreeName(HasMetadata object) {
    // No name of a topology's objects has a dot.
    object.getMetadata().setName(object.getMetadata().getName() + ".proof");
  }

  /** Translates the object's field, as the API server names it, to the resource's field. */
  public String userPath(String field) {
    return origins.stream()
        .filter(origin -> origin.covers(field))
        .max(Comparator.comparing(origin -> origin.objectPath().length()))
        .map(origin -> origin.specPath(field))
        .orElse(field);
  }
}
