package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus.EndpointStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.EndpointType;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.api.v1alpha1.RequestReplySpec;
import dev.warren.operator.model.Endpoints;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The status of the endpoints. */
final class EndpointStatuses {

  private final Observation observed;
  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final List<QueueStatus> queues;

  /**
   * @param queues the status of all of them
   */
  EndpointStatuses(
      Observation observed,
      ResourceNames names,
      MessageTopologySpec spec,
      List<QueueStatus> queues) {
    this.observed = observed;
    this.names = names;
    this.spec = spec;
    this.queues = queues;
  }

  /** All of them, in the order of the spec. */
  List<EndpointStatus> build() {
    Endpoints endpoints = Endpoints.of(spec);
    return Stream.concat(
            endpoints.requestReply().stream().map(this::requestReply),
            endpoints.publish().stream()
                .map(
                    publish ->
                        endpoint(
                            Endpoints.PUBLISH,
                            EndpointType.Publish,
                            publish.port(),
                            Optional.empty())))
        .toList();
  }

  private EndpointStatus requestReply(RequestReplySpec spec) {
    return endpoint(
        spec.name(), EndpointType.RequestReply, spec.port(), queueProblem(spec.queue()));
  }

  private EndpointStatus endpoint(
      String name, EndpointType type, int port, Optional<String> ofQueue) {
    Optional<String> problem = serviceProblem(port).or(this::gatewayProblem).or(() -> ofQueue);
    return new EndpointStatus(
        name, type, names.clientHost() + ":" + port, problem.isEmpty(), problem.orElse(null));
  }

  private Optional<String> serviceProblem(int port) {
    boolean leadsThere =
        observed.objects().find(Service.class, names.clientService()).stream()
            .flatMap(service -> service.getSpec().getPorts().stream())
            .anyMatch(open -> open.getPort() == port);
    return leadsThere
        ? Optional.empty()
        : Optional.of("Service %s has no such port yet".formatted(names.clientService()));
  }

  private Optional<String> gatewayProblem() {
    List<QueueNode> ready =
        observed.nodes().values().stream()
            .filter(node -> node.isInService() && node.hasReadyGateway())
            .toList();
    if (ready.isEmpty()) {
      return Optional.of("No queue node's gateway is ready");
    }
    String wanted = GatewayConfig.revision(spec);
    return ready.stream().allMatch(node -> node.hasToldItsGateway(wanted))
        ? Optional.empty()
        : Optional.of("The gateways do not have their configuration yet");
  }

  /** While the broker does not answer, the gateways, which are connected to it, know better. */
  private Optional<String> queueProblem(String name) {
    if (observed.reachable().isEmpty()) {
      return Optional.empty();
    }
    return queues.stream()
        .filter(queue -> queue.name().equals(name) && queue.leader() == null)
        .findFirst()
        .map(queue -> "Its queue '%s' does not exist or has no leader".formatted(name));
  }
}
