package dev.warren.operator.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.DeadLetterSpec;
import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.HttpDeliverySpec;
import dev.warren.api.v1alpha1.HttpDeliverySpec.ContentMode;
import dev.warren.api.v1alpha1.HttpDeliverySpec.Method;
import dev.warren.api.v1alpha1.HttpDeliverySpec.Redirects;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.Optional;

/** The Pods of a consumer that delivers each message to a URL. */
final class HttpDispatcher {

  static final String DELIVERY = "WARREN_HTTP_DELIVERY";

  /** Seconds that a Pod has, after the longest answer, to acknowledge its messages and to end. */
  private static final long TERMINATION_MARGIN_SECONDS = 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The format that the dispatcher reads: durations in milliseconds. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Delivery(
      String consumer,
      String url,
      Method method,
      long timeoutMillis,
      int concurrency,
      boolean ordered,
      ContentMode contentMode,
      Redirects redirects,
      Retry retry,
      DeadLetter deadLetter,
      ReceiverSecrets.Folders tls) {}

  private record Retry(int maxAttempts, long initialDelayMillis, long maxDelayMillis) {}

  /** Without a routing key, the message keeps its own. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record DeadLetter(String exchange, String routingKey) {}

  private HttpDispatcher() {}

  /**
   * The template, without the connection, which the caller adds.
   *
   * @param deadLetter where the queue's dead letters go
   * @throws IllegalArgumentException when the consumer's podTemplate is not a Pod template
   */
  static PodTemplateSpec template(
      ConsumerSpec consumer, Optional<DeadLetterSpec> deadLetter, Images images) {
    return PodTemplates.overlay(
        consumer.http().podTemplate(), operators(consumer, deadLetter, images));
  }

  private static PodTemplateSpec operators(
      ConsumerSpec consumer, Optional<DeadLetterSpec> deadLetter, Images images) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .endMetadata()
        .withNewSpec()
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(
            Durations.parse(consumer.http().timeout()).plusMillis(999).toSeconds()
                + TERMINATION_MARGIN_SECONDS)
        .withSecurityContext(
            PodSecurity.withoutVolume(PodTemplates.spec(consumer.http().podTemplate()), images))
        .withContainers(
            GatewayContainer.dispatcher(
                images.gateway(),
                variable(consumer, deadLetter),
                resources(consumer.http()),
                ReceiverSecrets.mounts(consumer.http())))
        .withVolumes(GatewayContainer.tmp())
        .addAllToVolumes(ReceiverSecrets.volumes(consumer.http()))
        .endSpec()
        .build();
  }

  /** How many messages each Pod holds: as many as it delivers at the same time. */
  static int prefetch(HttpDeliverySpec http) {
    return http.ordered() ? 1 : http.concurrency();
  }

  /** The resources of the container; always with a memory limit. */
  static ResourceRequirements resources(HttpDeliverySpec http) {
    return MemoryBounded.resources(http.resources(), GatewayContainer.DEFAULT_RESOURCES);
  }

  private static EnvVar variable(ConsumerSpec consumer, Optional<DeadLetterSpec> deadLetter) {
    return new EnvVarBuilder()
        .withName(DELIVERY)
        .withValue(VariableText.of(text(delivery(consumer, deadLetter))))
        .build();
  }

  private static Delivery delivery(ConsumerSpec consumer, Optional<DeadLetterSpec> deadLetter) {
    HttpDeliverySpec http = consumer.http();
    return new Delivery(
        consumer.name(),
        http.url(),
        http.method(),
        millis(http.timeout()),
        http.concurrency(),
        http.ordered(),
        http.contentMode(),
        http.redirects(),
        new Retry(
            http.retry().maxAttempts(),
            millis(http.retry().initialDelay()),
            millis(http.retry().maxDelay())),
        deadLetter.map(HttpDispatcher::deadLetter).orElse(null),
        ReceiverSecrets.folders(http).orElse(null));
  }

  private static DeadLetter deadLetter(DeadLetterSpec spec) {
    // The default exchange routes a message to the queue that its routing key names.
    return spec.queue() != null
        ? new DeadLetter("", spec.queue())
        : new DeadLetter(spec.exchange(), spec.routingKey());
  }

  private static long millis(String duration) {
    return Durations.parse(duration).toMillis();
  }

  private static String text(Delivery delivery) {
    try {
      return JSON.writeValueAsString(delivery);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts can be written as JSON", e);
    }
  }
}
