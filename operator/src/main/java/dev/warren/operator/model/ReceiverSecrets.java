package dev.warren.operator.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.warren.api.v1alpha1.HttpDeliverySpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Secrets for receivers with TLS. They are mounted as whole folders, so that their changes
 * reach the running container.
 */
final class ReceiverSecrets {

  private static final String CA_VOLUME = "receiver-ca";
  private static final String CA_FOLDER = "/etc/warren/receiver-ca";
  private static final String CERTIFICATE_VOLUME = "client-certificate";
  private static final String CERTIFICATE_FOLDER = "/etc/warren/client-certificate";

  /**
   * Where the dispatcher finds them.
   *
   * @param caFolder null without a Secret
   * @param clientCertificateFolder null without a Secret
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Folders(String caFolder, String clientCertificateFolder) {}

  private ReceiverSecrets() {}

  /** Empty without any. */
  static Optional<Folders> folders(HttpDeliverySpec http) {
    return http.caSecret() == null && http.clientCertificateSecret() == null
        ? Optional.empty()
        : Optional.of(
            new Folders(
                http.caSecret() == null ? null : CA_FOLDER,
                http.clientCertificateSecret() == null ? null : CERTIFICATE_FOLDER));
  }

  static List<Volume> volumes(HttpDeliverySpec http) {
    return Stream.of(
            Optional.ofNullable(http.caSecret()).map(secret -> volume(CA_VOLUME, secret)),
            Optional.ofNullable(http.clientCertificateSecret())
                .map(secret -> volume(CERTIFICATE_VOLUME, secret)))
        .flatMap(Optional::stream)
        .toList();
  }

  static List<VolumeMount> mounts(HttpDeliverySpec http) {
    return Stream.of(
            Optional.ofNullable(http.caSecret())
                .map(secret -> GatewayContainer.mount(CA_VOLUME, CA_FOLDER, true)),
            Optional.ofNullable(http.clientCertificateSecret())
                .map(
                    secret -> GatewayContainer.mount(CERTIFICATE_VOLUME, CERTIFICATE_FOLDER, true)))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Volume volume(String name, String secret) {
    return new VolumeBuilder()
        .withName(name)
        .withNewSecret()
        .withSecretName(secret)
        .endSecret()
        .build();
  }
}
