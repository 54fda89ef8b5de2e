package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Map;

/** A consumer of one queue, run as a Deployment: a program, or delivery to a URL. */
@ValidationRule(
    value = "has(self.template) != has(self.http)",
    message = "exactly one of template and http must be set")
// The default may be written: our classes write it.
@ValidationRule(
    fieldPath = ".prefetch",
    value = "!has(self.http) || !has(self.prefetch) || self.prefetch == 1",
    message = "has no effect with http; set http.concurrency instead")
@ValidationRule(
    fieldPath = ".replicas",
    value = "!has(self.scaling) || !has(self.replicas) || self.replicas == 1",
    message = "has no effect with scaling; set scaling.minReplicas and scaling.maxReplicas instead")
@JsonIgnoreProperties(ignoreUnknown = true)
public record ConsumerSpec(
    @Required
        @Size(max = 40)
        @ValidationRule(
            value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
            message =
                "must be lower case letters, digits and '-', beginning and ending with a letter or digit")
        @JsonPropertyDescription(
            "The consumer's name: 1 to 40 lower case letters, digits and '-'. Its Deployment is"
                + " called <topology>-<name>, where a topology's name of more than 50 characters is"
                + " shortened.")
        String name,
    @Required
        @Size(min = 1, max = 255)
        @JsonPropertyDescription("The queue that it consumes: one of this resource.")
        String queue,
    @Default("1")
        @Min(0)
        @Max(1000)
        @JsonPropertyDescription(
            "How many Pods consume at the same time, 0 to 1000. Not together with scaling.")
        Integer replicas,
    @JsonPropertyDescription(
            "Scales the number of Pods with the load: how fast messages arrive, how many wait, and"
                + " how many a Pod handles. All of it is measured. Replaces replicas. {} is"
                + " enough, because every field has a default. The consumer must be the only one"
                + " of its queue, and the queue must not be a stream. The Pod with the least"
                + " unfinished work is removed first.")
        ScalingSpec scaling,
    @Default("1")
        @Min(1)
        @Max(65535)
        @JsonPropertyDescription(
            "How many unacknowledged messages each Pod holds at most, 1 to 65535. The container"
                + " gets it as RABBITMQ_PREFETCH; the program must ask for it (basic.qos). Not"
                + " for http, where concurrency sets this number. With scaling there are never"
                + " more Pods than are needed to hold all messages.")
        Integer prefetch,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "The pod template, as in a Deployment. A Pod that is stopped has 60 s to finish its"
                + " work, unless terminationGracePeriodSeconds sets another time. Messages that"
                + " are not acknowledged by then are delivered again. Every container gets the"
                + " connection as environment variables RABBITMQ_HOST, RABBITMQ_PORT,"
                + " RABBITMQ_VHOST, RABBITMQ_USERNAME, RABBITMQ_PASSWORD, RABBITMQ_URI,"
                + " RABBITMQ_QUEUE and RABBITMQ_PREFETCH (variables of the template take"
                + " precedence), and as files below $SERVICE_BINDING_ROOT/rabbitmq, as"
                + " servicebinding.io describes.")
        Map<String, Object> template,
    @JsonPropertyDescription(
            "Instead of a template: Warren's own Pods deliver each message of the queue to"
                + " a URL.")
        HttpDeliverySpec http) {

  /** Applies the defaults. */
  public ConsumerSpec {
    replicas = requireNonNullElse(replicas, 1);
    prefetch = requireNonNullElse(prefetch, 1);
  }
}
