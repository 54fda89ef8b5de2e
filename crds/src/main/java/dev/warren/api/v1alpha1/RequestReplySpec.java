package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** A TCP port whose requests become messages, and whose replies are messages. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record RequestReplySpec(
    @Required
        @Size(max = 40)
        @ValidationRule(
            value = "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
            message =
                "must be lower case letters, digits and '-', beginning and ending with a letter or digit")
        @JsonPropertyDescription(
            "The endpoint's name: 1 to 40 lower case letters, digits and '-'. The port of the Service"
                + " is called tcp-<name>.")
        String name,
    @Required
        @Min(EndpointPorts.LOWEST)
        @Max(EndpointPorts.HIGHEST)
        @ValidationRule(value = EndpointPorts.FREE, message = EndpointPorts.FREE_MESSAGE)
        @JsonPropertyDescription(
            "The TCP port, 1024 to 65535. Another endpoint or the queue nodes themselves"
                + " must not use it.")
        Integer port,
    @Required
        @Size(min = 1, max = 255)
        @JsonPropertyDescription(
            "The queue that gets the requests: one of this resource, and not a stream. Its"
                + " consumer publishes the reply to the message's reply_to, with the message's"
                + " correlation_id.")
        String queue,
    @Default("Raw")
        @JsonPropertyDescription(
            "Where a request ends. Raw: when the client closes its side or sends nothing for 20"
                + " ms; the connection is closed after the reply. Line: with a line feed."
                + " LengthPrefixed: a length in four bytes (big endian) comes before each"
                + " request. With Line and LengthPrefixed a connection has any number of"
                + " requests, and replies are framed in the same way.")
        Framing framing,
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
            "How long to wait for a reply, such as 500ms or 5s; above 0s, at most 10m.")
        String timeout,
    @Default("64Ki")
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
            "The largest request, in bytes, such as 64Ki; from 1 to 16Mi. A connection with a larger"
                + " one is closed.")
        String maxMessageSize,
    @Default("1000")
        @Min(1)
        @Max(3000)
        @JsonPropertyDescription(
            "How many connections each queue node accepts at most, 1 to 3000. Further ones"
                + " are closed.")
        Integer maxConnections,
    @Min(1)
        @Max(3000)
        @JsonPropertyDescription(
            "How many of them may come from one client address, 1 to 3000; an IPv6 network of 64"
                + " bits counts as one address. Behind a proxy without proxyProtocol, all clients"
                + " have the proxy's address.")
        Integer maxConnectionsPerClient,
    @Default("1000")
        @Min(1)
        @Max(10000)
        @JsonPropertyDescription(
            "How many requests of each queue node may wait for their replies at the same"
                + " time, 1 to 10000. Further ones are answered with the error 'overloaded'.")
        Integer maxInFlight,
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
            "How long a connection may be idle before it is closed; from 1s to 1d.")
        String idleTimeout,
    @Default("false")
        @JsonPropertyDescription(
            "Whether each connection begins with a header of the PROXY protocol, version 1 or 2, as"
                + " load balancers send it. A connection without it is closed.")
        Boolean proxyProtocol,
    @JsonPropertyDescription(
            "Makes the port speak TLS only, 1.2 or 1.3. {} is enough. Plain TCP without it.")
        EndpointTlsSpec tls) {

  /** Applies the defaults. */
  public RequestReplySpec {
    framing = requireNonNullElse(framing, Framing.Raw);
    timeout = requireNonNullElse(timeout, "5s");
    maxMessageSize = requireNonNullElse(maxMessageSize, "64Ki");
    maxConnections = requireNonNullElse(maxConnections, 1000);
    maxInFlight = requireNonNullElse(maxInFlight, 1000);
    idleTimeout = requireNonNullElse(idleTimeout, "60s");
    proxyProtocol = requireNonNullElse(proxyProtocol, false);
  }

  /** Where a request ends in a stream of bytes. */
  public enum Framing {
    Raw,
    Line,
    LengthPrefixed
  }
}
