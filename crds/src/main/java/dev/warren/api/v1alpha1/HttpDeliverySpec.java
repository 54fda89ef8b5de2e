package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;
import static java.util.Objects.requireNonNullElseGet;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.Map;

/** How each message of a queue is delivered to a URL. */
@ValidationRule(
    fieldPath = ".caSecret",
    value = "!has(self.caSecret) || self.url.startsWith('https:')",
    message = "has no effect, because url is not an https URL")
@ValidationRule(
    fieldPath = ".clientCertificateSecret",
    value = "!has(self.clientCertificateSecret) || self.url.startsWith('https:')",
    message = "has no effect, because url is not an https URL")
@JsonIgnoreProperties(ignoreUnknown = true)
public record HttpDeliverySpec(
    @Required
        @Size(max = 400)
        @ValidationRule(value = Urls.HAS_FORM, message = Urls.FORM_MESSAGE)
        @ValidationRule(value = Urls.HAS_PORT, message = Urls.PORT_MESSAGE)
        @ValidationRule(value = Urls.HAS_HOST, message = Urls.HOST_MESSAGE)
        @ValidationRule(value = Urls.HAS_IPV6, message = Urls.IPV6_MESSAGE)
        @JsonPropertyDescription(
            "Where the messages go, such as http://shop.default/notify; at most 400"
                + " characters. An answer from 200 to 299 acknowledges the message.")
        String url,
    @Default("POST") @JsonPropertyDescription("The request's method: POST, PUT, PATCH or GET.")
        Method method,
    @Default("5s")
        @Size(max = 20)
        @ValidationRule(
            value =
                Durations.IS_DURATION
                    + " && self.matches('[1-9]') && "
                    + Durations.SECONDS
                    + " <= 600",
            message = "must be a duration above 0s and of at most 10m, such as 500ms or 5s")
        @JsonPropertyDescription(
            "How long to wait for an answer, such as 5s; above 0s, at most 10m.")
        String timeout,
    @Default("8")
        @Min(1)
        @Max(1000)
        @JsonPropertyDescription(
            "How many requests each Pod makes at the same time, 1 to 1000, and how many messages it"
                + " holds for them. One at a time if ordered.")
        Integer concurrency,
    @Default("false")
        @JsonPropertyDescription(
            "Whether a message is delivered only after the previous one is settled, in the order"
                + " of the queue. Needs the only consumer of the queue, with at most one Pod, or a"
                + " queue with singleActiveConsumer. In an update the old Pod ends before the new"
                + " one starts. singleActiveConsumer keeps the order also when a Pod is evicted or"
                + " its machine is lost.")
        Boolean ordered,
    @Default("Binary")
        @JsonPropertyDescription(
            "How a message becomes a request, by CloudEvents 1.0. Binary: the message is the body,"
                + " its attributes are headers (ce-...). Structured: the body is a JSON object with"
                + " both.")
        ContentMode contentMode,
    @Default("Refuse")
        @JsonPropertyDescription(
            "What a redirect does. Refuse: the message becomes a dead letter. Follow: the request"
                + " is repeated where 307 and 308 say, at most five times, but never from https to"
                + " http; other redirects are refused.")
        Redirects redirects,
    @Default("{}") @JsonPropertyDescription("What happens when a delivery fails.") RetrySpec retry,
    @Size(max = 253)
        @ValidationRule(value = Names.IS_SECRET, message = Names.SECRET_MESSAGE)
        @JsonPropertyDescription(
            "A Secret of the same namespace whose ca.crt has certificates of authorities in PEM."
                + " Only receivers with a certificate of one of these are trusted. Without it,"
                + " those that the image's system trusts. Read again when it changes. For https.")
        String caSecret,
    @Size(max = 253)
        @ValidationRule(value = Names.IS_SECRET, message = Names.SECRET_MESSAGE)
        @JsonPropertyDescription(
            "A Secret of the same namespace and of type kubernetes.io/tls: tls.crt has the"
                + " certificate and its chain, tls.key its key, in PEM. Receivers that ask for a"
                + " certificate get it. Read again when it changes. For https.")
        String clientCertificateSecret,
    @JsonPropertyDescription(
            "Requests and limits of the container; the memory limit must be at least 256Mi. The"
                + " memory above 192Mi is for messages, which need about eight times concurrency"
                + " times the longest message.")
        ResourceRequirements resources,
    @PreserveUnknownFields
        @JsonPropertyDescription(
            "A pod template whose fields are added to each Pod: labels, annotations,"
                + " tolerations, nodeSelector, affinity, priorityClassName, imagePullSecrets, and"
                + " so on. The operator's own fields take precedence, except the users and groups"
                + " in securityContext; the container is called dispatcher.")
        Map<String, Object> podTemplate) {

  /** Applies the defaults. */
  public HttpDeliverySpec {
    method = requireNonNullElse(method, Method.POST);
    timeout = requireNonNullElse(timeout, "5s");
    concurrency = requireNonNullElse(concurrency, 8);
    ordered = requireNonNullElse(ordered, false);
    contentMode = requireNonNullElse(contentMode, ContentMode.Binary);
    redirects = requireNonNullElse(redirects, Redirects.Refuse);
    retry = requireNonNullElseGet(retry, () -> new RetrySpec(null, null, null));
  }

  /** The method of a request. */
  public enum Method {
    POST,
    PUT,
    PATCH,
    GET
  }

  /** How a message becomes a request. */
  public enum ContentMode {
    Binary,
    Structured
  }

  /** What an answer does that names another place. */
  public enum Redirects {
    Refuse,
    Follow
  }

  /** How often a delivery is attempted, and how long the pauses between attempts are. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RetrySpec(
      @Default("10")
          @Min(1)
          @Max(1000)
          @JsonPropertyDescription(
              "How often a delivery is attempted, 1 to 1000. Then the message is"
                  + " dead-lettered, as the queue's deadLetter says, or dropped if there is none.")
          Integer maxAttempts,
      @Default("1s")
          @Size(max = 20)
          @ValidationRule(
              value =
                  Durations.IS_DURATION
                      + " && self.matches('[1-9]') && "
                      + Durations.SECONDS
                      + " <= 3600",
              message = "must be a duration above 0s and of at most 1h, such as 500ms, 1s or 5m")
          @JsonPropertyDescription(
              "The longest pause after the first failure, above 0s, at most 1h. It doubles"
                  + " with each further failure. The actual pause is random.")
          String initialDelay,
      @Default("60s")
          @Size(max = 20)
          @ValidationRule(
              value = Durations.IS_DURATION + " && " + Durations.SECONDS + " <= 3600",
              message = "must be a duration of at most 1h, such as 500ms, 1s or 5m")
          @JsonPropertyDescription(
              "The upper bound of all pauses, at most 1h; not below initialDelay.")
          String maxDelay) {

    /** Applies the defaults. */
    public RetrySpec {
      maxAttempts = requireNonNullElse(maxAttempts, 10);
      initialDelay = requireNonNullElse(initialDelay, "1s");
      maxDelay = requireNonNullElse(maxDelay, "60s");
    }
  }
}
