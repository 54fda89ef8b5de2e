package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What the user wants. Its lists are never null; its endpoints and objectMetadata may be. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MessageTopologySpec(
    @Default("{}")
        @JsonPropertyDescription("The queue nodes: the RabbitMQ servers that hold the queues.")
        NodesSpec nodes,
    @Size(max = 1000)
        @JsonPropertyDescription("The exchanges that publishers publish to. Names must be unique.")
        List<ExchangeSpec> exchanges,
    @Size(max = 1000) @JsonPropertyDescription("The queues. Names must be unique.")
        List<QueueSpec> queues,
    @Size(max = 5000)
        @JsonPropertyDescription(
            "Which messages of which exchange reach which queue. Exchange and queue must be declared"
                + " in this resource (an exchange may also be one of RabbitMQ's own, such as amq.topic)."
                + " Exchange, queue and routing key together must be unique.")
        List<BindingSpec> bindings,
    @Size(max = 200)
        @JsonPropertyDescription(
            "What consumes the queues: programs, or deliveries to a URL. Each becomes a"
                + " Deployment. Names must be unique.")
        List<ConsumerSpec> consumers,
    @JsonPropertyDescription(
            "Endpoints for clients that do not speak AMQP: requests over TCP, messages over HTTP."
                + " Each queue node serves all of them. Adding the first endpoint or removing"
                + " the last one triggers a rolling update of the nodes.")
        EndpointsSpec endpoints,
    @JsonPropertyDescription(
            "Labels and annotations of all objects that Warren makes for this resource, except"
                + " Pods: PersistentVolumeClaims, Services, Secrets, ConfigMaps, Deployments and"
                + " the PodDisruptionBudget. A change restarts nothing. Pods have the labels and"
                + " annotations of their templates.")
        ObjectMetadataSpec objectMetadata,
    @JsonInclude(value = JsonInclude.Include.CUSTOM, valueFilter = TlsSpec.Absent.class)
        @JsonPropertyDescription(
            "How clients connect by TLS, and whose certificates they see. Absent: with or without"
                + " TLS, and certificates of a CA that Warren makes for this resource. Between"
                + " nodes everything is TLS always.")
        TlsSpec tls) {

  /** Makes absent lists empty. */
  public MessageTopologySpec {
    exchanges = orEmpty(exchanges);
    queues = orEmpty(queues);
    bindings = orEmpty(bindings);
    consumers = orEmpty(consumers);
    tls = requireNonNullElse(tls, TlsSpec.DEFAULTS);
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }
}
