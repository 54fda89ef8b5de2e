package dev.warren.operator.model;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.math.BigDecimal;
import java.util.List;

/**
 * The container of the gateway, between the broker and clients that do not speak AMQP: one program
 * with two roles.
 */
final class GatewayContainer {

  /** The role of the container beside each queue node, and its name. */
  static final String GATEWAY = "gateway";

  /** The role of a consumer that delivers to a URL, and the container's name. */
  static final String DISPATCHER = "dispatcher";

  static final String ROLE = "WARREN_ROLE";

  /** For the image's own bounds: a heap of 96 MiB, and 160 MiB for everything else. */
  static final ResourceRequirements DEFAULT_RESOURCES =
      new ResourceRequirementsBuilder()
          .addToRequests("cpu", new Quantity("50m"))
          .addToRequests("memory", new Quantity("128Mi"))
          .addToLimits("memory", new Quantity("256Mi"))
          .build();

  private static final String JAVA_OPTIONS = "JDK_JAVA_OPTIONS";
  private static final Quantity BESIDE_THE_HEAP = new Quantity("160Mi");
  private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1 << 20);
  private static final String HEALTH = "gateway-health";
  private static final String TMP_VOLUME = "gateway-tmp";
  private static final String CONFIG_VOLUME = "gateway-config";

  private GatewayContainer() {}

  /** The container beside a queue node; it needs only the application's account. */
  static Container gateway(String image, ResourceNames names) {
    return container(GATEWAY, image)
        .addAllToEnv(ConnectionVariables.ofTheSamePod(names))
        // The whole folder, so that a change of the ConfigMap reaches the running container.
        .addToVolumeMounts(mount(CONFIG_VOLUME, GatewayConfig.FOLDER, true))
        .addToVolumeMounts(mount(QueueNodeContainer.CERTIFICATES, CertificateFiles.FOLDER, true))
        .build();
  }

  /** The volumes of the container beside a queue node. */
  static List<Volume> volumesOfGateway(ResourceNames names) {
    return List.of(
        new VolumeBuilder()
            .withName(CONFIG_VOLUME)
            .withNewConfigMap()
            .withName(names.gatewayConfigMap())
            .endConfigMap()
            .build(),
        tmp());
  }

  /**
   * The container of a consumer, without its connection.
   *
   * @param resources with a memory limit
   * @param secrets mounts of what the delivery names
   */
  static Container dispatcher(
      String image, EnvVar delivery, ResourceRequirements resources, List<VolumeMount> secrets) {
    return container(DISPATCHER, image)
        .addToEnv(delivery)
        .addNewEnv()
        .withName(JAVA_OPTIONS)
        .withValue(javaOptions(MemoryBounded.limit(resources)))
        .endEnv()
        .withResources(resources)
        .addAllToVolumeMounts(secrets)
        .build();
  }

  /** The image's options, with all the heap that the limit has room for. */
  private static String javaOptions(Quantity memoryLimit) {
    BigDecimal heap =
        Quantity.getAmountInBytes(memoryLimit)
            .subtract(Quantity.getAmountInBytes(BESIDE_THE_HEAP))
            .divideToIntegralValue(MEBIBYTE);
    return "-Xmx%sm -XX:MaxDirectMemorySize=32m".formatted(heap.toPlainString());
  }

  /** What each container of this image may write to. */
  static Volume tmp() {
    return new VolumeBuilder()
        .withName(TMP_VOLUME)
        .withNewEmptyDir()
        .withSizeLimit(new Quantity("64Mi"))
        .endEmptyDir()
        .build();
  }

  private static ContainerBuilder container(String role, String image) {
    return new ContainerBuilder()
        .withName(role)
        .withImage(image)
        .addNewEnv()
        .withName(ROLE)
        .withValue(role)
        .endEnv()
        .addNewPort()
        .withName(HEALTH)
        .withContainerPort(Ports.GATEWAY_HEALTH)
        .withProtocol("TCP")
        .endPort()
        .withStartupProbe(probe("live", 1, 120))
        .withReadinessProbe(probe("ready", 2, 3))
        .withLivenessProbe(probe("live", 10, 3))
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withResources(DEFAULT_RESOURCES)
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .addToVolumeMounts(mount(TMP_VOLUME, "/tmp", false));
  }

  private static Probe probe(String check, int periodSeconds, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath("/q/health/" + check)
        .withPort(new IntOrString(HEALTH))
        .endHttpGet()
        .withPeriodSeconds(periodSeconds)
        .withTimeoutSeconds(3)
        .withFailureThreshold(failures)
        .build();
  }

  static VolumeMount mount(String volume, String path, boolean readOnly) {
    return new VolumeMountBuilder()
        .withName(volume)
        .withMountPath(path)
        .withReadOnly(readOnly)
        .build();
  }
}
