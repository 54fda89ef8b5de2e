package dev.warren.operator.plan.validation;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.Endpoints;
import dev.warren.operator.model.PluginListener;
import dev.warren.operator.model.Ports;
import dev.warren.operator.model.TopologyServices;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Checks that the ports of endpoints and plugins do not conflict. */
final class EndpointsCheck {

  private static final Set<Integer> NODES_OWN =
      Set.of(
          Ports.AMQP,
          Ports.AMQPS,
          Ports.MANAGEMENT_TLS,
          Ports.PROMETHEUS_TLS,
          Ports.EPMD,
          Ports.DISTRIBUTION,
          Ports.GATEWAY_HEALTH);

  private EndpointsCheck() {}

  static Stream<Violation> violations(MessageTopologySpec spec) {
    Endpoints endpoints = Endpoints.of(spec);
    List<PluginListener> plugins = PluginListener.of(spec);
    return Stream.of(
            IntStream.range(0, endpoints.requestReply().size())
                .mapToObj(
                    i ->
                        taken(
                            "spec.endpoints.requestReply[" + i + "].port",
                            endpoints.requestReply().get(i).port(),
                            plugins))
                .flatMap(Optional::stream),
            endpoints.publish().stream()
                .flatMap(
                    publish ->
                        taken("spec.endpoints.publish.port", publish.port(), plugins).stream()),
            nodePorts(spec, endpoints),
            conflicting(plugins))
        .flatMap(found -> found);
  }

  /** Configured ports of plugins that are in use. Their default ports are all different. */
  private static Stream<Violation> conflicting(List<PluginListener> plugins) {
    return plugins.stream()
        .filter(
            plugin ->
                NODES_OWN.contains(plugin.port())
                    || plugins.stream().filter(other -> other.port() == plugin.port()).count() > 1)
        .map(
            plugin ->
                new Violation(
                    "spec.nodes.config",
                    "the plugin for %s has port %d, which is already used"
                        .formatted(plugin.name(), plugin.port())));
  }

  private static Optional<Violation> taken(
      String path, Integer port, List<PluginListener> plugins) {
    return plugins.stream()
        .filter(plugin -> Integer.valueOf(plugin.port()).equals(port))
        .findFirst()
        .map(
            plugin ->
                new Violation(
                    path, "is also the port of the plugin for %s".formatted(plugin.name())));
  }

  private static Stream<Violation> nodePorts(MessageTopologySpec spec, Endpoints endpoints) {
    Set<String> named = endpoints.service().nodePorts().keySet();
    List<String> names = named.isEmpty() ? List.of() : TopologyServices.clientPortNames(spec);
    return named.stream()
        .filter(name -> !names.contains(name))
        .sorted()
        .map(
            name ->
                new Violation(
                    "spec.endpoints.service.nodePorts." + name,
                    "the Service has no port of that name; it has " + String.join(", ", names)));
  }
}
