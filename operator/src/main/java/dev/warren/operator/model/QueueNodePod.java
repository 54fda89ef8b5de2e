package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The Pod of a queue node. */
public final class QueueNodePod {

  /** The container that is the node. */
  public static final String CONTAINER = "rabbitmq";

  /** The container that serves the endpoints, if there are any. */
  public static final String GATEWAY = GatewayContainer.GATEWAY;

  /** The annotation with the node that a blank node must join. */
  public static final String SEED_ANNOTATION = "warren.dev/seed-node";

  static final String SEED_NODE = "WARREN_SEED_NODE";

  /** The variable with the node's host name. */
  static final String HOST = "WARREN_HOST";

  static final String ADMIN_USERNAME = "WARREN_ADMIN_USERNAME";
  static final String ADMIN_PASSWORD = "WARREN_ADMIN_PASSWORD";

  private static final String CONFIG_ANNOTATION = "warren.dev/config-revision";
  private static final String CONF_D = "/etc/rabbitmq/conf.d/";
  private static final ResourceRequirements DEFAULT_RESOURCES =
      new ResourceRequirementsBuilder()
          .addToRequests("cpu", new Quantity("100m"))
          .addToRequests("memory", new Quantity("512Mi"))
          .addToLimits("memory", new Quantity("2Gi"))
          .build();

  /**
   * How many seconds a node that is to stop waits at most for another node without which a queue
   * would lose its majority. A node that only restarts is back by then. When all nodes are deleted
   * at once, the last ones wait in vain: with 60, a namespace was not gone after 90.
   */
  private static final int QUORUM_WAIT_SECONDS = 20;

  /**
   * How many seconds it may take to hand over leaders and close connections. It takes two or three,
   * and longer only if the others stop at the same time.
   */
  private static final int DRAIN_SECONDS = 15;

  /**
   * Both, and as many seconds again for RabbitMQ's tools to start on a busy machine, and for
   * RabbitMQ to close its files. RabbitMQ itself ends in less than one.
   */
  private static final long TERMINATION_GRACE_SECONDS = QUORUM_WAIT_SECONDS + DRAIN_SECONDS + 30;

  /**
   * How many seconds a node that is to stop waits at most for the gateway beside it, which is told
   * to stop at the same moment and still has replies to send.
   */
  private static final int GATEWAY_WAIT_SECONDS = 10;

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

  public QueueNodePod(Owner owner, ResourceNames names, MessageTopologySpec spec, Images images) {
    this.owner = owner;
    this.names = names;
    this.spec = spec;
    this.nodes = spec.nodes();
    this.hasGateway = Endpoints.of(spec).exist();
    this.images = images;
  }

  /**
   * The Pod of node number {@code n}.
   *
   * @param seed the broker node that it joins if its volume is blank
   * @param joined whether it has been a member: then it does not start on a blank volume
   * @throws IllegalArgumentException when spec.nodes.podTemplate is no pod template
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
    addPluginPorts(template.getSpec());
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

  /**
   * Not a part of the revision: plugins change while nodes run, and these ports only inform whoever
   * looks at the Pod.
   */
  private void addPluginPorts(PodSpec pod) {
    pod.getContainers().stream()
        .filter(container -> container.getName().equals(CONTAINER))
        .map(Container::getPorts)
        .forEach(
            ports ->
                PluginListener.of(nodes).stream()
                    .filter(plugin -> ports.stream().noneMatch(known -> isSame(known, plugin)))
                    .map(plugin -> port(plugin.name(), plugin.port()))
                    .forEach(ports::add));
  }

  private static boolean isSame(ContainerPort known, PluginListener plugin) {
    return plugin.name().equals(known.getName()) || known.getContainerPort() == plugin.port();
  }

  /** A fingerprint of the spec that Pods are created from; the same for all nodes. */
  public String revision() {
    return Revision.of(
        PodTemplates.overlay(nodes.podTemplate(), template(0, "", Placement.SPREAD)));
  }

  /** The resources of the container; always with a memory limit that no request exceeds. */
  static ResourceRequirements resources(NodesSpec nodes) {
    return MemoryBounded.resources(nodes.resources(), DEFAULT_RESOURCES);
  }

  private PodTemplateSpec template(int n, String seed, Placement placement) {
    return new PodTemplateSpecBuilder()
        .withMetadata(
            owner
                .owned(null, Component.QUEUE_NODE)
                .withNamespace(null)
                .addToLabels(Labels.IN_SERVICE, "true")
                .addToAnnotations(CONFIG_ANNOTATION, QueueNodeConfig.revision(owner, nodes))
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
            spread("kubernetes.io/hostname", placement == Placement.SPREAD),
            spread("topology.kubernetes.io/zone", false))
        .withContainers(containers(n, seed))
        .withVolumes(volumes(n))
        .endSpec()
        .build();
  }

  /** Does not depend on which endpoints there are: a change of them restarts no node. */
  private List<Container> containers(int n, String seed) {
    Container rabbitmq = container(n, seed);
    return hasGateway
        ? List.of(rabbitmq, GatewayContainer.gateway(images.gateway(), names))
        : List.of(rabbitmq);
  }

  private List<String> stopCommand() {
    Stream<Integer> limits =
        hasGateway
            ? Stream.of(QUORUM_WAIT_SECONDS, DRAIN_SECONDS, GATEWAY_WAIT_SECONDS)
            : Stream.of(QUORUM_WAIT_SECONDS, DRAIN_SECONDS);
    return Stream.concat(Stream.of("queue-node-stop"), limits.map(String::valueOf)).toList();
  }

  private Container container(int n, String seed) {
    return new ContainerBuilder()
        .withName(CONTAINER)
        .withImage(nodes.image() == null ? images.queueNode() : nodes.image())
        .withEnv(
            value("RABBITMQ_USE_LONGNAME", "true"),
            value("RABBITMQ_NODENAME", names.brokerNode(n)),
            value("RABBITMQ_ENABLED_PLUGINS_FILE", "/tmp/enabled_plugins"),
            value(SEED_NODE, seed),
            value(HOST, names.host(n)),
            ofAdmin(ADMIN_USERNAME, CredentialSecrets.USERNAME),
            ofAdmin(ADMIN_PASSWORD, CredentialSecrets.PASSWORD))
        .withPorts(
            port("amqp", Ports.AMQP),
            port("management", Ports.MANAGEMENT),
            port("prometheus", Ports.PROMETHEUS),
            port("epmd", Ports.EPMD),
            port("distribution", Ports.DISTRIBUTION))
        .withNewReadinessProbe()
        .withNewHttpGet()
        .withPath("/api/health/checks/ready-to-serve-clients")
        .withPort(new IntOrString("management"))
        .endHttpGet()
        .withPeriodSeconds(2)
        .withTimeoutSeconds(3)
        .withFailureThreshold(3)
        .endReadinessProbe()
        .withNewLifecycle()
        .withNewPreStop()
        .withNewExec()
        .withCommand(stopCommand())
        .endExec()
        .endPreStop()
        .endLifecycle()
        // The last lines of the log say why a node does not start; status shows them.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withResources(resources(nodes))
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .withVolumeMounts(
            mount("data", "/var/lib/rabbitmq", null),
            mount("tmp", "/tmp", null),
            mount("config", CONF_D + QueueNodeConfig.OPERATOR_CONF, QueueNodeConfig.OPERATOR_CONF),
            mount("config", CONF_D + QueueNodeConfig.DISK_CONF, QueueNodeConfig.DISK_CONF),
            mount("config", CONF_D + QueueNodeConfig.USER_CONF, QueueNodeConfig.USER_CONF),
            mount("config", "/etc/warren/enabled_plugins", QueueNodeConfig.ENABLED_PLUGINS),
            mount("erlang-cookie", "/etc/warren/erlang-cookie", null),
            mount("pod", "/etc/warren/pod", null))
        .build();
  }

  private List<Volume> volumes(int n) {
    List<Volume> volumes = new ArrayList<>(volumesOfNode(n));
    if (hasGateway) {
      volumes.addAll(GatewayContainer.volumesOfGateway(names));
    }
    return volumes;
  }

  private List<Volume> volumesOfNode(int n) {
    return List.of(
        new VolumeBuilder()
            .withName("data")
            .withNewPersistentVolumeClaim()
            .withClaimName(names.volume(n))
            .endPersistentVolumeClaim()
            .build(),
        new VolumeBuilder()
            .withName("tmp")
            .withNewEmptyDir()
            .withSizeLimit(new Quantity("256Mi"))
            .endEmptyDir()
            .build(),
        new VolumeBuilder()
            .withName("config")
            .withNewConfigMap()
            .withName(names.configMap())
            .endConfigMap()
            .build(),
        new VolumeBuilder()
            .withName("erlang-cookie")
            .withNewSecret()
            .withSecretName(names.cookieSecret())
            .endSecret()
            .build(),
        new VolumeBuilder()
            .withName("pod")
            .withNewDownwardAPI()
            .addNewItem()
            .withPath("joined")
            .withNewFieldRef("v1", "metadata.annotations['" + Labels.JOINED + "']")
            .endItem()
            .endDownwardAPI()
            .build());
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

  private EnvVar ofAdmin(String name, String key) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewSecretKeyRef(key, names.adminSecret(), null)
        .endValueFrom()
        .build();
  }

  /** The user's, if the template sets one. */
  private long terminationGraceSeconds() {
    return Optional.ofNullable(users().getTerminationGracePeriodSeconds())
        .orElse(TERMINATION_GRACE_SECONDS + (hasGateway ? GATEWAY_WAIT_SECONDS : 0));
  }

  private boolean hasSpreadOfUsers() {
    return !users().getTopologySpreadConstraints().isEmpty();
  }

  private PodSpec users() {
    return Optional.ofNullable(PodTemplates.read(nodes.podTemplate()).getSpec())
        .orElseGet(PodSpec::new);
  }

  private static EnvVar value(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value).build();
  }

  private static ContainerPort port(String name, int number) {
    return new ContainerPortBuilder()
        .withName(name)
        .withContainerPort(number)
        .withProtocol("TCP")
        .build();
  }

  private static VolumeMount mount(String volume, String path, String file) {
    return new VolumeMountBuilder()
        .withName(volume)
        .withMountPath(path)
        .withSubPath(file)
        .withReadOnly(!volume.equals("data") && !volume.equals("tmp"))
        .build();
  }
}
