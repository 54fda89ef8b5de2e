package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** TLS of one endpoint. Without any field, it presents what the other ports for clients do. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EndpointTlsSpec(
    @Size(max = 253)
        @ValidationRule(value = Names.IS_SECRET, message = Names.SECRET_MESSAGE)
        @JsonPropertyDescription(
            "A Secret of the same namespace with the certificate that clients see at this port:"
                + " tls.crt has the certificate and its chain, tls.key its key, in PEM. Read again"
                + " when it changes. Without it, this port has the same certificate as the other"
                + " ports for clients.")
        String secretName) {}
