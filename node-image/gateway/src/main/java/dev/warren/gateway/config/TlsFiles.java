package dev.warren.gateway.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What a port with TLS presents. Both files are in one folder, and may change at any time.
 *
 * @param certificate the certificate, then those of its authorities, in PEM
 * @param key its key in PEM
 */
public record TlsFiles(
    @JsonProperty(required = true) Path certificate, @JsonProperty(required = true) Path key) {

  public TlsFiles {
    Objects.requireNonNull(certificate, "tls.certificate");
    Objects.requireNonNull(key, "tls.key");
  }
}
