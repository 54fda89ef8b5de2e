package dev.warren.operator.model;

import dev.warren.api.v1alpha1.EndpointsSpec;
import dev.warren.api.v1alpha1.EndpointsSpec.ServiceSpec;
import dev.warren.api.v1alpha1.EndpointsSpec.ServiceType;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.PublishSpec;
import dev.warren.api.v1alpha1.RequestReplySpec;
import java.util.List;
import java.util.Optional;

/**
 * The endpoints of a spec, which may have none.
 *
 * @param requestReply in the order of the spec
 * @param service how the Service can be reached, with or without endpoints
 */
public record Endpoints(
    List<RequestReplySpec> requestReply, Optional<PublishSpec> publish, ServiceSpec service) {

  /** The name of the HTTP endpoint in the status and the Service. */
  public static final String PUBLISH = "publish";

  private static final ServiceSpec WITHIN_THE_CLUSTER =
      new ServiceSpec(ServiceType.ClusterIP, null, null, null, null, null, null, null, null);

  /** Those of a spec. */
  public static Endpoints of(MessageTopologySpec spec) {
    EndpointsSpec said = spec.endpoints();
    return said == null
        ? new Endpoints(List.of(), Optional.empty(), WITHIN_THE_CLUSTER)
        : new Endpoints(
            said.requestReply(), Optional.ofNullable(said.publish()), service(said.service()));
  }

  private static ServiceSpec service(ServiceSpec said) {
    return said == null ? WITHIN_THE_CLUSTER : said;
  }

  /** Whether there are any, so that every queue node has a gateway. */
  public boolean exist() {
    return !requestReply.isEmpty() || publish.isPresent();
  }
}
