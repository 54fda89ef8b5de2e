package dev.warren.api.v1alpha1;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** How clients connect by TLS, and whose certificates they see. No field but the names is null. */
@ValidationRule(
    fieldPath = ".clientCASecret",
    value = "has(self.clientCASecret) == (has(self.clients) && self.clients == 'Mutual')",
    message = "must be set exactly if clients is Mutual")
@ValidationRule(
    fieldPath = ".issuerRef",
    value = "!has(self.issuerRef) || !has(self.secretName)",
    message = "cannot be set together with secretName")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TlsSpec(
    @Default("Optional")
        @JsonPropertyDescription(
            "How clients connect. Optional: with or without TLS, each at a port of its own."
                + " Required: by TLS only. Mutual: by TLS only, and with a certificate of their own"
                + " that the CA in clientCASecret has signed. Its common name is the user, with the"
                + " mechanism EXTERNAL.")
        Clients clients,
    @Size(min = 1, max = 253)
        @JsonPropertyDescription(
            "For clients: Mutual. The Secret whose key ca.crt is the certificate of the CA of the"
                + " clients' certificates: one self-signed root. Only certificates that it has"
                + " signed itself are accepted.")
        String clientCASecret,
    @Size(min = 1, max = 253)
        @JsonPropertyDescription(
            "A Secret with the certificate that clients see, instead of one by Warren's own CA:"
                + " tls.crt (the certificate, then its intermediates), tls.key, and ca.crt (what"
                + " clients need to verify it) unless they know its CA anyway. It must be for"
                + " <topology>.<namespace>.svc, where a topology's name of more than 50 characters"
                + " is shortened. Warren reads it again when it changes. Not together with"
                + " issuerRef.")
        String secretName,
    @JsonPropertyDescription(
            "cert-manager's issuer of the certificate that clients see, instead of Warren's own"
                + " CA. Not together with secretName.")
        IssuerRef issuerRef,
    @Default("90d")
        @Size(max = 20)
        @ValidationRule(
            value =
                Durations.IS_DURATION
                    + " && "
                    + Durations.SECONDS
                    + " >= 120 && "
                    + Durations.SECONDS
                    + " <= 31536000",
            message = "must be a duration from 2m to 365d, such as 90d")
        @JsonPropertyDescription(
            "How long the certificates of nodes and doors are valid, from 2m to 365d. They are"
                + " renewed after two thirds of it.")
        String certificateDuration,
    @Default("1825d")
        @Size(max = 20)
        @ValidationRule(
            value =
                Durations.IS_DURATION
                    + " && "
                    + Durations.SECONDS
                    + " >= 360 && "
                    + Durations.SECONDS
                    + " <= 315360000",
            message = "must be a duration from 6m to 3650d, such as 1825d")
        @JsonPropertyDescription(
            "How long Warren's own CAs are valid, from 6m to 3650d; at least three times"
                + " certificateDuration. They are renewed after two thirds of it.")
        String authorityDuration) {

  /** What holds if spec.tls is absent. */
  public static final TlsSpec DEFAULTS = new TlsSpec(null, null, null, null, null, null);

  /** Applies the defaults. */
  public TlsSpec {
    clients = requireNonNullElse(clients, Clients.Optional);
    certificateDuration = requireNonNullElse(certificateDuration, "90d");
    authorityDuration = requireNonNullElse(authorityDuration, "1825d");
  }

  /** How clients connect. */
  public enum Clients {
    Optional,
    Required,
    Mutual
  }

  /** An issuer of cert-manager. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record IssuerRef(
      @Required @Size(min = 1, max = 253) @JsonPropertyDescription("The issuer's name.")
          String name,
      @Default("Issuer")
          @Size(min = 1, max = 63)
          @JsonPropertyDescription(
              "The issuer's kind: Issuer (in the resource's namespace), ClusterIssuer, or one of"
                  + " another group.")
          String kind,
      @Default("cert-manager.io")
          @Size(min = 1, max = 253)
          @JsonPropertyDescription("The API group of the issuer's kind.")
          String group) {

    /** Applies the defaults. */
    public IssuerRef {
      kind = requireNonNullElse(kind, "Issuer");
      group = requireNonNullElse(group, "cert-manager.io");
    }
  }

  /** Equals what is not written as JSON: the value that an absent spec.tls has. */
  static final class Absent {
    @Override
    public boolean equals(Object other) {
      return other == null || DEFAULTS.equals(other);
    }

    @Override
    public int hashCode() {
      return 0;
    }
  }
}
