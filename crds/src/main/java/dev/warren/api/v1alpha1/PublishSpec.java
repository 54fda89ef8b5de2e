package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** The HTTP port that takes messages. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record PublishSpec(
    @Default("8080")
        @Min(EndpointPorts.LOWEST)
        @Max(EndpointPorts.HIGHEST)
        @ValidationRule(value = EndpointPorts.FREE, message = EndpointPorts.FREE_MESSAGE)
        @JsonPropertyDescription(
            "The TCP port, 1024 to 65535. Another endpoint or the queue nodes themselves"
                + " must not use it.")
        Integer port,
    @Default("10s")
        @Size(max = 20)
        @ValidationRule(
            value =
                Durations.IS_DURATION
                    + " && self.matches('[1-9]') && "
                    + Durations.SECONDS
                    + " <= 600",
            message = "must be a duration above 0s and of at most 10m, such as 500ms or 5s")
        @JsonPropertyDescription(
            "How long to wait for the broker's confirm, such as 10s; above 0s, at most 10m."
                + " Without a confirm the answer is an error, and the message may have been"
                + " accepted nevertheless.")
        String timeout,
    @Default("1Mi")
        @Size(max = 20)
        @ValidationRule(
            value =
                Sizes.IS_SIZE
                    + " && "
                    + Sizes.QUANTITY
                    + ".compareTo(quantity('1')) >= 0 && "
                    + Sizes.QUANTITY
                    + ".compareTo(quantity('16Mi')) <= 0",
            message = "must be a size in bytes from 1 to 16Mi, such as 64Ki")
        @JsonPropertyDescription(
            "The largest message, in bytes, such as 1Mi; from 1 to 16Mi. Larger ones are refused.")
        String maxMessageSize,
    @Default("1000")
        @Min(1)
        @Max(10000)
        @JsonPropertyDescription(
            "How many messages of each queue node may wait for their confirm at the same time, 1"
                + " to 10000. Further ones are refused with 503 and Retry-After.")
        Integer maxInFlight,
    @Default("1000")
        @Min(1)
        @Max(2000)
        @JsonPropertyDescription(
            "How many connections each queue node accepts at most, 1 to 2000. Further ones"
                + " are closed.")
        Integer maxConnections,
    @Min(1)
        @Max(2000)
        @JsonPropertyDescription(
            "How many of them may come from one client address, 1 to 2000; an IPv6 network of 64"
                + " bits counts as one address. Behind a proxy without proxyProtocol, all clients"
                + " have the proxy's address.")
        Integer maxConnectionsPerClient,
    @Default("60s")
        @Size(max = 20)
        @ValidationRule(
            value =
                Durations.IS_DURATION
                    + " && "
                    + Durations.SECONDS
                    + " >= 1 && "
                    + Durations.SECONDS
                    + " <= 86400",
            message = "must be a duration from 1s to 1d, such as 60s or 5m")
        @JsonPropertyDescription(
            "How long a connection may wait for a request before it is closed; from 1s to 1d.")
        String idleTimeout,
    @Default("false")
        @JsonPropertyDescription(
            "Whether each connection begins with a header of the PROXY protocol, version 1 or 2, as"
                + " load balancers send it. A connection without it is closed.")
        Boolean proxyProtocol,
    @Size(max = 50)
        @ValidationRule(
            value =
                "self == ['*'] || self.all(origin, origin.matches('^https?://"
                    + "[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
                    + "(:[1-9][0-9]{0,4})?$'))",
            message = "must be origins such as https://shop.example.com, or '*' alone")
        @JsonPropertyDescription(
            "The origins whose web pages may publish (CORS), such as https://shop.example.com, or"
                + " '*' for all; at most 50. Browsers let no page of another origin read the"
                + " answers when absent.")
        List<@Size(max = 300) String> allowedOrigins,
    @JsonPropertyDescription(
            "Makes the port speak HTTPS only, with HTTP/2 and HTTP/1.1, by TLS 1.2 or 1.3. {} is"
                + " enough. Plain HTTP without it.")
        EndpointTlsSpec tls) {

  /** Applies the defaults. */
  public PublishSpec {
    port = requireNonNullElse(port, 8080);
    timeout = requireNonNullElse(timeout, "10s");
    maxMessageSize = requireNonNullElse(maxMessageSize, "1Mi");
    maxInFlight = requireNonNullElse(maxInFlight, 1000);
    maxConnections = requireNonNullElse(maxConnections, 1000);
    idleTimeout = requireNonNullElse(idleTimeout, "60s");
    proxyProtocol = requireNonNullElse(proxyProtocol, false);
    allowedOrigins = allowedOrigins == null ? List.of() : List.copyOf(allowedOrigins);
  }
}
