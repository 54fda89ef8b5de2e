package dev.warren.operator.model;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.List;
import java.util.stream.Stream;

/** The container of a queue node's Pod that runs RabbitMQ, and its volumes. */
final class QueueNodeContainer {

  static final String NAME = "rabbitmq";

  static final String SEED_NODE = "WARREN_SEED_NODE";

  /** The variable with the node's host name. */
  static final String HOST = "WARREN_HOST";

  static final String ADMIN_USERNAME = "WARREN_ADMIN_USERNAME";
  static final String ADMIN_PASSWORD = "WARREN_ADMIN_PASSWORD";

  /** The volume with the certificates of the node. The gateway reads it too. */
  static final String CERTIFICATES = "node-tls";

  /** 0440. */
  private static final int READABLE_BY_GROUP = 288;

  private static final String CONF_D = "/etc/rabbitmq/conf.d/";
  private static final ResourceRequirements DEFAULT_RESOURCES =
      new ResourceRequirementsBuilder()
          .addToRequests("cpu", new Quantity("100m"))
          .addToRequests("memory", new Quantity("512Mi"))
          .addToLimits("memory", new Quantity("2Gi"))
          .build();

  /**
   * How many seconds a stopping node waits at most for another node, if a queue would lose its
   * majority without it. A restarting node is back by then. When all nodes are deleted at once, the
   * last ones wait in vain: with 60 here, a namespace still existed after 90 seconds.
   */
  private static final int QUORUM_WAIT_SECONDS = 20;

  /**
   * How many seconds a node may take to hand over leaders and close connections. It takes two or
   * three seconds, and longer only if the others stop at the same time.
   */
  private static final int DRAIN_SECONDS = 15;

  /**
   * How many seconds a stopping node waits at most for the gateway beside it, which is told to stop
   * at the same time: 10 while new clients still come, and 10 for the last replies.
   */
  private static final int GATEWAY_WAIT_SECONDS = 20;

  /**
   * What is added to the waits before a stop: RabbitMQ's tools start slowly on a busy machine, and
   * RabbitMQ closes its files. RabbitMQ itself ends in less than one second.
   */
  private static final int RESERVE_SECONDS = 30;

  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final NodesSpec nodes;
  private final String image;
  private final boolean hasGateway;

  /**
   * @param image is used unless the spec names one
   * @param hasGateway whether the gateway runs beside it
   */
  QueueNodeContainer(
      ResourceNames names, MessageTopologySpec spec, String image, boolean hasGateway) {
    this.names = names;
    this.spec = spec;
    this.nodes = spec.nodes();
    this.image = image;
    this.hasGateway = hasGateway;
  }

  /** The resources of the container; always with a memory limit that no request exceeds. */
  static ResourceRequirements resources(NodesSpec nodes) {
    return MemoryBounded.resources(nodes.resources(), DEFAULT_RESOURCES);
  }

  /** The most seconds that a node takes to stop. */
  long longestStopSeconds() {
    return QUORUM_WAIT_SECONDS
        + DRAIN_SECONDS
        + (hasGateway ? GATEWAY_WAIT_SECONDS : 0)
        + RESERVE_SECONDS;
  }

  /**
   * The container of node number {@code n}.
   *
   * @param seed the broker node that it joins if its volume is blank
   */
  Container container(int n, String seed) {
    return new ContainerBuilder()
        .withName(NAME)
        .withImage(nodes.image() == null ? image : nodes.image())
        .withEnv(variables(n, seed))
        .withPorts(ports())
        .withReadinessProbe(readiness())
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
        .withVolumeMounts(mounts())
        .build();
  }

  private List<ContainerPort> ports() {
    return Stream.concat(
            spec.tls().clients() == Clients.Optional
                ? Stream.of(port("amqp", Ports.AMQP))
                : Stream.of(),
            Stream.of(
                port("amqps", Ports.AMQPS),
                port("management", Ports.MANAGEMENT_TLS),
                port("prometheus", Ports.PROMETHEUS_TLS),
                port("epmd", Ports.EPMD),
                port("distribution", Ports.DISTRIBUTION)))
        .toList();
  }

  /** Adds the ports of plugins to the container. They only inform whoever looks at the Pod. */
  void addPluginPorts(Container container) {
    List<ContainerPort> ports = container.getPorts();
    PluginListener.of(spec).stream()
        .filter(plugin -> ports.stream().noneMatch(known -> isSame(known, plugin)))
        .map(plugin -> port(plugin.name(), plugin.port()))
        .forEach(ports::add);
  }

  private static boolean isSame(ContainerPort known, PluginListener plugin) {
    return plugin.name().equals(known.getName()) || known.getContainerPort() == plugin.port();
  }

  private static Probe readiness() {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath("/api/health/checks/ready-to-serve-clients")
        .withPort(new IntOrString("management"))
        .withScheme("HTTPS")
        .endHttpGet()
        .withPeriodSeconds(2)
        .withTimeoutSeconds(3)
        .withFailureThreshold(3)
        .build();
  }

  private List<EnvVar> variables(int n, String seed) {
    return List.of(
        value("RABBITMQ_USE_LONGNAME", "true"),
        value("RABBITMQ_NODENAME", names.brokerNode(n)),
        value("RABBITMQ_ENABLED_PLUGINS_FILE", "/tmp/enabled_plugins"),
        value("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", NodeTls.serverArguments()),
        // Also for a person who runs a tool in this container.
        value("RABBITMQ_CTL_ERL_ARGS", NodeTls.toolArguments()),
        value(SEED_NODE, seed),
        value(HOST, names.host(n)),
        ofAdmin(ADMIN_USERNAME, CredentialSecrets.USERNAME),
        ofAdmin(ADMIN_PASSWORD, CredentialSecrets.PASSWORD));
  }

  private static List<VolumeMount> mounts() {
    return List.of(
        mount("data", "/var/lib/rabbitmq", null),
        mount("tmp", "/tmp", null),
        mount("config", CONF_D + QueueNodeConfig.OPERATOR_CONF, QueueNodeConfig.OPERATOR_CONF),
        mount("config", CONF_D + QueueNodeConfig.DISK_CONF, QueueNodeConfig.DISK_CONF),
        mount("config", CONF_D + QueueNodeConfig.USER_CONF, QueueNodeConfig.USER_CONF),
        mount("config", "/etc/warren/enabled_plugins", QueueNodeConfig.ENABLED_PLUGINS),
        mount("config", NodeTls.INTER_NODE_PATH, NodeTls.INTER_NODE_FILE),
        mount("erlang-cookie", "/etc/warren/erlang-cookie", null),
        // The whole folder, so that a renewed certificate reaches the running container.
        mount(CERTIFICATES, CertificateFiles.FOLDER, null),
        mount("pod", "/etc/warren/pod", null));
  }

  private List<String> stopCommand() {
    Stream<Integer> limits =
        hasGateway
            ? Stream.of(QUORUM_WAIT_SECONDS, DRAIN_SECONDS, GATEWAY_WAIT_SECONDS)
            : Stream.of(QUORUM_WAIT_SECONDS, DRAIN_SECONDS);
    return Stream.concat(Stream.of("queue-node-stop"), limits.map(String::valueOf)).toList();
  }

  /** The volumes of node number {@code n}. */
  List<Volume> volumes(int n) {
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
            .withName(CERTIFICATES)
            .withNewSecret()
            .withSecretName(names.certificateSecret(n))
            .withDefaultMode(READABLE_BY_GROUP)
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

  private EnvVar ofAdmin(String name, String key) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewSecretKeyRef(key, names.adminSecret(), null)
        .endValueFrom()
        .build();
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
