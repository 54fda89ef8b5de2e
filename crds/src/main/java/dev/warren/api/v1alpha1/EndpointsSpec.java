package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** The endpoints for clients that do not speak AMQP. */
@ValidationRule(
    fieldPath = ".publish",
    value =
        "!has(self.publish) || !has(self.requestReply)"
            + " || self.requestReply.all(endpoint, endpoint.port != self.publish.port)",
    message = "publish.port must differ from the ports of requestReply")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record EndpointsSpec(
    @Default("{}") @JsonPropertyDescription("The Service that clients connect to, also with AMQP.")
        ServiceSpec service,
    @Size(max = 20)
        @ValidationRule(
            value = "self.all(one, self.exists_one(other, other.port == one.port))",
            message = "endpoints must have different ports")
        @JsonPropertyDescription(
            "Ports that accept requests over plain TCP. Each request becomes a message in a queue,"
                + " and the reply of the queue's consumer is sent back on the same connection."
                + " Names and ports must be unique. At most 20.")
        List<RequestReplySpec> requestReply,
    @JsonPropertyDescription(
            "A port that accepts messages over HTTP, and answers 202 when the message is"
                + " safe in its queues. None when absent.")
        PublishSpec publish) {

  /** Makes an absent list empty. */
  public EndpointsSpec {
    requestReply = requestReply == null ? List.of() : List.copyOf(requestReply);
  }

  /** The Service that clients connect to. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  public record ServiceSpec(
      @Default("ClusterIP")
          @JsonPropertyDescription(
              "ClusterIP: reachable within the cluster only. NodePort: also at a port of"
                  + " every machine. LoadBalancer: also through a load balancer outside the cluster."
                  + " This applies to all ports of the Service, including RabbitMQ's.")
          ServiceType type,
      @Size(max = 50)
          @ValidationRule(
              value =
                  "self.all(key, key.size() <= 253"
                      + " && key.matches('^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?"
                      + "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$')"
                      + " && !key.startsWith('warren.dev/'))",
              message =
                  "must have keys as Kubernetes' annotations have them, which do not begin with"
                      + " 'warren.dev/'")
          @JsonPropertyDescription(
              "Annotations of the Service, for example to configure load balancers; at most"
                  + " 50.")
          Map<String, @Size(max = 4096) String> annotations) {

    /** Makes absent annotations empty. */
    public ServiceSpec {
      annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
    }
  }

  /** The type of the Service, as Kubernetes names it. */
  public enum ServiceType {
    ClusterIP,
    NodePort,
    LoadBalancer
  }
}
