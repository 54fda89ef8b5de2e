package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The Pod of a queue node. */
public final class QueueNodePod {

  /** The container that is the node. */
  public static final String CONTAINER = QueueNodeContainer.NAME;

  /** The container that serves the endpoints, if there are any. */
  public static final String GATEWAY = GatewayContainer.GATEWAY;

  /** The annotation with the node that a blank node must join. */
  public static final String SEED_ANNOTATION = "warren.dev/seed-node";

  /** The annotation with the fingerprint of the configuration that a node was started with. */
  public static final String CONFIG_ANNOTATION = "warren.dev/config-revision";

  /** Where a node may run. */
  public enum Placement {
    /** Only where the topology's nodes stay evenly spread: its volume is not bound yet. */
    SPREAD,
    /** Evenly spread if possible: its volume may tie it to a machine. */
    WITH_ITS_VOLUME
  }

  private final Owner owner;
  private final ResourceNames names;
  private final NodesSpec nodes;
  private final MessageTopologySpec spec;
  private final boolean hasGateway;
  private final Images images;
  private final QueueNodeContainer rabbitmq;

  public QueueNodePod(Owner owner, ResourceNames names, MessageTopologySpec spec, Images images) {
    this.owner = owner;
    this.names = names;
    this.spec = spec;
    this.nodes = spec.nodes();
    this.hasGateway = Endpoints.of(spec).exist();
    this.images = images;
    this.rabbitmq = new QueueNodeContainer(names, spec, images.queueNode(), hasGateway);
  }

  /**
   * The Pod of node number {@code n}.
   *
   * @param seed the broker node that it joins if its volume is blank
   * @param joined whether it has been a member: then it does not start on a blank volume
   * @throws IllegalArgumentException when spec.nodes.podTemplate is not a Pod template
   */
  public Pod pod(int n, String seed, Placement placement, boolean joined) {
    PodTemplateSpec template =
        PodTemplates.overlay(nodes.podTemplate(), template(n, seed, placement));
    if (joined) {
      template.getMetadata().getAnnotations().put(Labels.JOINED, "true");
    }
    if (hasGateway) {
      template
          .getMetadata()
          .getAnnotations()
          .put(GatewayConfig.REVISION_ANNOTATION, GatewayConfig.revision(spec));
    }
    // Not part of the revision: plugins change while nodes run.
    template.getSpec().getContainers().stream()
        .filter(container -> container.getName().equals(CONTAINER))
        .forEach(rabbitmq::addPluginPorts);
    if (hasSpreadOfUsers()) {
      template.getSpec().setTopologySpreadConstraints(users().getTopologySpreadConstraints());
    }
    return new PodBuilder()
        .withMetadata(template.getMetadata())
        .editMetadata()
        .withNamespace(owner.namespace())
        .withName(names.node(n))
        .addToAnnotations(Revision.ANNOTATION, revision())
        .endMetadata()
        .withSpec(template.getSpec())
        .build();
  }

  /** A fingerprint of the spec that Pods are created from; the same for all nodes. */
  public String revision() {
    return Revision.of(
        PodTemplates.overlay(nodes.podTemplate(), template(0, "", Placement.SPREAD)));
  }

  private PodTemplateSpec template(int n, String seed, Placement placement) {
    return new PodTemplateSpecBuilder()
        .withMetadata(
            owner
                .owned(null, Component.QUEUE_NODE)
                .withNamespace(null)
                .addToLabels(Labels.IN_SERVICE, "true")
                .addToAnnotations(CONFIG_ANNOTATION, QueueNodeConfig.revision(owner, spec))
                .addToAnnotations(SEED_ANNOTATION, seed)
                .addToAnnotations("kubectl.kubernetes.io/default-container", CONTAINER)
                .build())
        .withNewSpec()
        .withHostname(names.node(n))
        .withSubdomain(names.nodesService())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(terminationGraceSeconds())
        .withSecurityContext(PodSecurity.withVolume(users(), images))
        .withTolerations(
            stays("node.kubernetes.io/not-ready"), stays("node.kubernetes.io/unreachable"))
        .withTopologySpreadConstraints(
            spread(Labels.HOSTNAME, placement == Placement.SPREAD), spread(Labels.ZONE, false))
        .withContainers(containers(n, seed))
        .withVolumes(volumes(n))
        .endSpec()
        .build();
  }

  /** Independent of the endpoints, so that a change of them restarts no node. */
  private List<Container> containers(int n, String seed) {
    Container node = rabbitmq.container(n, seed);
    return hasGateway
        ? List.of(node, GatewayContainer.gateway(images.gateway(), names))
        : List.of(node);
  }

  private List<Volume> volumes(int n) {
    List<Volume> volumes = new ArrayList<>(rabbitmq.volumes(n));
    if (hasGateway) {
      volumes.addAll(GatewayContainer.volumesOfGateway(names));
    }
    return volumes;
  }

  private TopologySpreadConstraint spread(String domain, boolean required) {
    return new TopologySpreadConstraintBuilder()
        .withTopologyKey(domain)
        .withMaxSkew(1)
        .withWhenUnsatisfiable(required ? "DoNotSchedule" : "ScheduleAnyway")
        // Do not keep a place free on a machine that is down or closed to the nodes.
        .withNodeTaintsPolicy("Honor")
        .withNewLabelSelector()
        .withMatchLabels(Labels.selector(owner.topology(), Component.QUEUE_NODE))
        // A node that is being removed does not count: its replacement may run on the same machine.
        .addToMatchExpressions(
            new LabelSelectorRequirement(Labels.LEAVING, "NotIn", List.of("true")))
        .endLabelSelector()
        .build();
  }

  /** Kubernetes would delete the Pod after five minutes; the operator decides what is lost. */
  private static Toleration stays(String taint) {
    return new TolerationBuilder()
        .withKey(taint)
        .withOperator("Exists")
        .withEffect("NoExecute")
        .build();
  }

  /** The template's value, if it sets one. */
  private long terminationGraceSeconds() {
    return Optional.ofNullable(users().getTerminationGracePeriodSeconds())
        .orElseGet(() -> rabbitmq.longestStopSeconds());
  }

  private boolean hasSpreadOfUsers() {
    return !users().getTopologySpreadConstraints().isEmpty();
  }

  private PodSpec users() {
    return PodTemplates.spec(nodes.podTemplate());
  }
}
