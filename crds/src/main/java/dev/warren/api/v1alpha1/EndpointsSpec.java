package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;

/** The endpoints for clients that do not speak AMQP. */
@ValidationRule(
    fieldPath = ".publish",
    value =
        "!has(self.publish) || !has(self.requestReply)"
            + " || self.requestReply.all(endpoint, endpoint.port != self.publish.?port.orValue(8080))",
    message = "publish.port must differ from the ports of requestReply")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record EndpointsSpec(
    @JsonPropertyDescription("The Service that clients connect to, also with AMQP.")
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
  @ValidationRule(
      fieldPath = ".nodePorts",
      value = "!has(self.nodePorts) || self" + ServiceSpec.TYPE + " != 'ClusterIP'",
      message = "is for types NodePort and LoadBalancer only")
  @ValidationRule(
      fieldPath = ".externalTrafficPolicy",
      value = "!has(self.externalTrafficPolicy) || self" + ServiceSpec.TYPE + " != 'ClusterIP'",
      message = "is for types NodePort and LoadBalancer only")
  @ValidationRule(
      fieldPath = ".loadBalancerClass",
      value = "!has(self.loadBalancerClass) || self" + ServiceSpec.TYPE + " == 'LoadBalancer'",
      message = "is for type LoadBalancer only")
  @ValidationRule(
      fieldPath = ".loadBalancerClass",
      value =
          "self"
              + ServiceSpec.TYPE
              + " != 'LoadBalancer' || oldSelf"
              + ServiceSpec.TYPE
              + " != 'LoadBalancer'"
              + " || (has(self.loadBalancerClass) ? self.loadBalancerClass : '')"
              + " == (has(oldSelf.loadBalancerClass) ? oldSelf.loadBalancerClass : '')",
      message = "cannot be changed, because Kubernetes fixes it; change type to ClusterIP first")
  @ValidationRule(
      fieldPath = ".loadBalancerSourceRanges",
      value =
          "!has(self.loadBalancerSourceRanges) || self" + ServiceSpec.TYPE + " == 'LoadBalancer'",
      message = "is for type LoadBalancer only")
  @ValidationRule(
      fieldPath = ".ipFamilies",
      value =
          "!has(self.ipFamilies) || self.ipFamilies.size() < 2"
              + " || (has(self.ipFamilyPolicy) && self.ipFamilyPolicy != 'SingleStack')",
      message = "two families need ipFamilyPolicy PreferDualStack or RequireDualStack")
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
          @ValidationRule(value = MetadataKeys.OF_LABELS, message = MetadataKeys.OF_LABELS_MESSAGE)
          @JsonPropertyDescription("Labels of the Service; at most 50.")
          Map<String, @Size(max = 63) @Pattern(MetadataKeys.LABEL_VALUE) String> labels,
      @Size(max = 50)
          @ValidationRule(
              value = MetadataKeys.OF_ANNOTATIONS,
              message = MetadataKeys.OF_ANNOTATIONS_MESSAGE)
          @JsonPropertyDescription(
              "Annotations of the Service, for example to configure load balancers; at most"
                  + " 50.")
          Map<String, @Size(max = 4096) String> annotations,
      @Size(max = 50)
          @ValidationRule(
              value = "self.all(one, self.exists_one(other, self[other] == self[one]))",
              message = "ports must have different node ports")
          @JsonPropertyDescription(
              "Ports on every machine for ports of the Service, by their names: amqp, amqps, tcp-NAME"
                  + " of an endpoint, http-publish, or mqtt, stomp, stream, web-mqtt, web-stomp and"
                  + " web-amqp of a plugin, which end with -tls for the port with TLS. Kubernetes"
                  + " chooses the others. For types NodePort and LoadBalancer.")
          Map<String, @Min(1) @Max(65535) Integer> nodePorts,
      @Size(min = 1, max = 253)
          @JsonPropertyDescription(
              "The implementation of load balancers that serves the Service. Kubernetes accepts it only"
                  + " together with a change of type to LoadBalancer. The cluster's default when"
                  + " absent.")
          String loadBalancerClass,
      @Size(max = 50)
          @JsonPropertyDescription(
              "The clients that a load balancer lets in, as ranges of addresses such as 10.0.0.0/8;"
                  + " at most 50. All clients when absent.")
          List<
                  @Size(max = 50)
                  @Pattern(
                      "^([0-9]{1,3}([.][0-9]{1,3}){3}/[0-9]{1,2}"
                          + "|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/[0-9]{1,3})$")
                  String>
              loadBalancerSourceRanges,
      @JsonPropertyDescription(
              "Cluster: each machine forwards connections to all nodes, and hides the client's"
                  + " address. Local: only to nodes on the same machine, with the client's address."
                  + " For types NodePort and LoadBalancer. Cluster when absent.")
          TrafficPolicy externalTrafficPolicy,
      @JsonPropertyDescription(
              "Whether the Service has an address of one IP family or of both. SingleStack when"
                  + " absent.")
          IpFamilyPolicy ipFamilyPolicy,
      @Size(max = 2)
          @ValidationRule(
              value = "self.all(one, self.exists_one(other, other == one))",
              message = "must be different")
          @JsonPropertyDescription(
              "The IP families of the Service, in order of preference. The cluster's default when"
                  + " absent.")
          List<IpFamily> ipFamilies) {

    /** For rules: the type of self, or of oldSelf. */
    static final String TYPE = ".?type.orValue('ClusterIP')";

    /** Applies the default, and makes absent maps and lists empty. */
    public ServiceSpec {
      type = requireNonNullElse(type, ServiceType.ClusterIP);
      labels = labels == null ? Map.of() : Map.copyOf(labels);
      annotations = annotations == null ? Map.of() : Map.copyOf(annotations);
      nodePorts = nodePorts == null ? Map.of() : Map.copyOf(nodePorts);
      loadBalancerSourceRanges =
          loadBalancerSourceRanges == null ? List.of() : List.copyOf(loadBalancerSourceRanges);
      ipFamilies = ipFamilies == null ? List.of() : List.copyOf(ipFamilies);
    }
  }

  /** Where machines forward connections from outside, with Kubernetes' names. */
  public enum TrafficPolicy {
    Cluster,
    Local
  }

  /** How many IP families a Service has, with Kubernetes' names. */
  public enum IpFamilyPolicy {
    SingleStack,
    PreferDualStack,
    RequireDualStack
  }

  /** An IP family, as Kubernetes names it. */
  public enum IpFamily {
    IPv4,
    IPv6
  }

  /** The type of the Service, as Kubernetes names it. */
  public enum ServiceType {
    ClusterIP,
    NodePort,
    LoadBalancer
  }
}
