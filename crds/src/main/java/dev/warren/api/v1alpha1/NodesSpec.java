package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.model.annotation.SpecReplicas;
import java.util.List;
import java.util.Map;

/** The queue nodes of a topology. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record NodesSpec(
    @SpecReplicas
        @Default("3")
        @Min(1)
        @Max(15)
        @JsonPropertyDescription(
            "How many queue nodes there are, 1 to 15. Three survive the loss of one, five the loss"
                + " of two; an even number survives no more losses than the odd one below it.")
        Integer replicas,
    @Size(min = 1, max = 500)
        @JsonPropertyDescription(
            "The container image of a queue node. It must be built from Warren's node-image.")
        String image,
    @Default("{}") @JsonPropertyDescription("The volume of each node.") StorageSpec storage,
    @JsonPropertyDescription(
            "Requests and limits of the RabbitMQ container. RabbitMQ uses the memory limit"
                + " minus a fifth of it (at most 2Gi), and blocks publishers at 60 % of that. In"
                + " production set the memory request to the limit, so that a busy node is not"
                + " evicted.")
        ResourceRequirements resources,
    @Default("60s")
        @Size(max = 30)
        @ValidationRule(
            value = Durations.FROM_TEN_SECONDS_OR_NEVER,
            message = Durations.FROM_TEN_SECONDS_OR_NEVER_MESSAGE)
        @JsonPropertyDescription(
            "How long a node must be lost before another node takes its place. A node is lost when"
                + " its machine is gone or does not report, and the running nodes agree that it"
                + " does not run. At least 10s; never disables automatic replacement. A node"
                + " whose volume was deleted is replaced at once.")
        String replaceAfter,
    @Default("5m")
        @Size(max = 30)
        @ValidationRule(
            value = Durations.FROM_TEN_SECONDS_OR_NEVER,
            message = Durations.FROM_TEN_SECONDS_OR_NEVER_MESSAGE)
        @JsonPropertyDescription(
            "If nodes share a machine and another machine could take one of them: how long that"
                + " machine must have been well before one of them moves there. A new node takes"
                + " its place and copies its data first. Nodes move one at a time, and only while"
                + " all nodes are ready and every queue has all its members. At least 10s; never"
                + " disables moves.")
        String spreadAfter,
    @Size(max = 65536)
        @JsonPropertyDescription(
            "More lines for rabbitmq.conf, in its own format. They replace the operator's lines for"
                + " the same settings. Lines that conflict with what the operator depends on, such"
                + " as default_user or management.tcp.port, are refused with their number. A change"
                + " restarts the nodes, one after the other.")
        String config,
    @Size(max = 50)
        @JsonPropertyDescription(
            "RabbitMQ plugins to enable besides the management, Prometheus, Kubernetes peer"
                + " discovery and shovel plugins, which are always on. A change needs no restart."
                + " The ports of rabbitmq_stream, rabbitmq_mqtt, rabbitmq_stomp, rabbitmq_web_mqtt,"
                + " rabbitmq_web_stomp and rabbitmq_web_amqp are added to the Service and to the"
                + " connection Secret.")
        List<@Pattern("^[a-z][a-z0-9_]*$") @Size(max = 100) String> plugins,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "A pod template whose fields are added to a node's Pod: labels, annotations,"
                + " tolerations, nodeSelector, affinity, priorityClassName, imagePullSecrets, and"
                + " so on. The operator's own fields take precedence, except"
                + " topologySpreadConstraints, affinity, terminationGracePeriodSeconds, and the"
                + " users and groups in securityContext.")
        Map<String, Object> podTemplate) {

  /** Makes an absent plugin list empty. */
  public NodesSpec {
    plugins = plugins == null ? List.of() : List.copyOf(plugins);
  }
}
