package dev.warren.operator.model;

import dev.warren.api.v1alpha1.EndpointsSpec.ServiceSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Services of the queue nodes, and how many nodes may be evicted at once. */
public final class TopologyServices {

  private static final String NEXT_NODE = "warren.dev/next-node";

  private final Owner owner;
  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final UserMetadata userMetadata;

  public TopologyServices(Owner owner, ResourceNames names, MessageTopologySpec spec) {
    this.owner = owner;
    this.names = names;
    this.spec = spec;
    this.userMetadata = UserMetadata.of(spec);
  }

  /** The Service that clients connect to. It selects all ready nodes. */
  public Service clients() {
    ServiceSpec users = Endpoints.of(spec).service();
    List<ServicePort> ports = clientPorts(spec).toList();
    ports.forEach(port -> port.setNodePort(users.nodePorts().get(port.getName())));
    return new ServiceBuilder()
        .withMetadata(
            owner
                .owned(
                    names.clientService(),
                    Component.QUEUE_NODE,
                    userMetadata.with(users.labels(), users.annotations()))
                .build())
        .withNewSpec()
        .withType(users.type().name())
        .withLoadBalancerClass(users.loadBalancerClass())
        .withLoadBalancerSourceRanges(users.loadBalancerSourceRanges())
        .withExternalTrafficPolicy(name(users.externalTrafficPolicy()))
        .withIpFamilyPolicy(name(users.ipFamilyPolicy()))
        .withIpFamilies(users.ipFamilies().stream().map(Enum::name).toList())
        .withSelector(nodes())
        .addToSelector(Labels.IN_SERVICE, "true")
        .withPorts(ports)
        .endSpec()
        .build();
  }

  private static String name(Enum<?> value) {
    return value == null ? null : value.name();
  }

  /** The names of the ports of the Service that clients connect to. */
  public static List<String> clientPortNames(MessageTopologySpec spec) {
    return clientPorts(spec).map(ServicePort::getName).toList();
  }

  private static Stream<ServicePort> clientPorts(MessageTopologySpec spec) {
    return Stream.of(
            spec.tls().clients() == Clients.Optional
                ? Stream.of(port("amqp", Ports.AMQP, "amqp"))
                : Stream.<ServicePort>of(),
            Stream.of(port("amqps", Ports.AMQPS, "amqps")),
            PluginListener.of(spec).stream()
                .map(plugin -> port(plugin.name(), plugin.port(), plugin.protocol())),
            endpointPorts(Endpoints.of(spec)))
        .flatMap(ports -> ports);
  }

  /**
   * The Service of the nodes' management API and metrics. It is another one than the clients', so
   * that nobody who opens the clients' ports to the outside opens these.
   */
  public Service management() {
    return new ServiceBuilder()
        .withMetadata(
            owner.owned(names.managementService(), Component.QUEUE_NODE, userMetadata).build())
        .withNewSpec()
        .withType("ClusterIP")
        .withSelector(nodes())
        .addToSelector(Labels.IN_SERVICE, "true")
        .withPorts(
            port("management", Ports.MANAGEMENT_TLS, "https"),
            port("prometheus", Ports.PROMETHEUS_TLS, "https"))
        .endSpec()
        .build();
  }

  /** Their names begin with the protocol, as service meshes expect, and are unique. */
  private static Stream<ServicePort> endpointPorts(Endpoints endpoints) {
    return Stream.concat(
        endpoints.requestReply().stream()
            .map(endpoint -> port("tcp-" + endpoint.name(), endpoint.port(), null)),
        endpoints.publish().stream()
            .map(
                publish ->
                    port(
                        "http-" + Endpoints.PUBLISH,
                        publish.port(),
                        publish.tls() == null ? "http" : "https")));
  }

  /**
   * The Service that gives each node its host name, even before the node is ready, because it needs
   * the name to become ready.
   *
   * @param next the lowest number that no node has ever had: kept here too, so that the loss of one
   *     record does not lead to a number being used twice
   */
  public Service nodeNames(int next) {
    return new ServiceBuilder()
        .withMetadata(
            owner
                .owned(names.nodesService(), Component.QUEUE_NODE, userMetadata)
                .addToAnnotations(NEXT_NODE, String.valueOf(next))
                .build())
        .withNewSpec()
        .withClusterIP("None")
        .withPublishNotReadyAddresses(true)
        .withSelector(nodes())
        .withPorts(port("epmd", Ports.EPMD, null), port("distribution", Ports.DISTRIBUTION, null))
        .endSpec()
        .build();
  }

  /** The number that {@link #nodeNames} was given, if it can be read; otherwise 0. */
  public static int next(Service nodeNames) {
    Map<String, String> annotations = nodeNames.getMetadata().getAnnotations();
    String next = annotations == null ? "" : annotations.getOrDefault(NEXT_NODE, "");
    return next.matches("[0-9]{1,9}") ? Integer.parseInt(next) : 0;
  }

  /** One node at a time may be evicted. */
  public PodDisruptionBudget disruptionBudget() {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(
            owner.owned(names.clientService(), Component.QUEUE_NODE, userMetadata).build())
        .withNewSpec()
        .withMaxUnavailable(new IntOrString(1))
        .withNewSelector()
        .withMatchLabels(nodes())
        .endSelector()
        .endSpec()
        .build();
  }

  private Map<String, String> nodes() {
    return Labels.selector(owner.topology(), Component.QUEUE_NODE);
  }

  private static ServicePort port(String name, int number, String protocol) {
    return new ServicePortBuilder()
        .withName(name)
        .withPort(number)
        .withTargetPort(new IntOrString(number))
        .withProtocol("TCP")
        .withAppProtocol(protocol)
        .build();
  }
}
