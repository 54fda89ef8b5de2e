package dev.warren.operator.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.EndpointTlsSpec;
import dev.warren.api.v1alpha1.ExchangeSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.PublishSpec;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.RequestReplySpec;
import dev.warren.api.v1alpha1.RequestReplySpec.Framing;
import dev.warren.api.v1alpha1.Sizes;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.List;

/**
 * The configuration of a topology's gateways. They reload it while they run, so a change of it does
 * not change a Pod.
 */
public final class GatewayConfig {

  /**
   * The annotation of a node's Pod with the last configuration of its gateway. The kubelet reads a
   * ConfigMap about once a minute, and whenever its Pod is changed.
   */
  public static final String REVISION_ANNOTATION = "warren.dev/gateway-config-revision";

  /** Where the container mounts it. */
  static final String FOLDER = "/etc/warren/gateway";

  static final String FILE = "gateway.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The format that the gateway reads: durations in milliseconds, sizes in bytes. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Content(
      List<RequestReply> requestReply,
      Publish publish,
      List<String> queues,
      List<String> exchanges) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record RequestReply(
      String name,
      int port,
      String queue,
      Framing framing,
      long timeoutMillis,
      long maxMessageBytes,
      int maxConnections,
      int maxConnectionsPerClient,
      int maxInFlight,
      long idleTimeoutMillis,
      boolean proxyProtocol,
      Tls tls) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Publish(
      int port,
      long timeoutMillis,
      long maxMessageBytes,
      int maxInFlight,
      int maxConnections,
      int maxConnectionsPerClient,
      long idleTimeoutMillis,
      boolean proxyProtocol,
      List<String> allowedOrigins,
      Tls tls) {}

  /** Paths of files of the node's Secret. */
  private record Tls(String certificate, String key) {}

  private GatewayConfig() {}

  /** The ConfigMap of the gateways; without endpoints, they serve nothing. */
  public static ConfigMap configMap(Owner owner, ResourceNames names, MessageTopologySpec spec) {
    return new ConfigMapBuilder()
        .withMetadata(
            owner
                .owned(names.gatewayConfigMap(), Component.QUEUE_NODE, UserMetadata.of(spec))
                .build())
        .addToData(FILE, text(content(spec)))
        .build();
  }

  /** A fingerprint that distinguishes it from the configuration of another spec. */
  public static String revision(MessageTopologySpec spec) {
    return Revision.of(text(content(spec)));
  }

  private static Content content(MessageTopologySpec spec) {
    Endpoints endpoints = Endpoints.of(spec);
    boolean publishes = endpoints.publish().isPresent();
    return new Content(
        endpoints.requestReply().stream().map(GatewayConfig::requestReply).toList(),
        endpoints.publish().map(GatewayConfig::publish).orElse(null),
        publishes ? spec.queues().stream().map(QueueSpec::name).toList() : List.of(),
        publishes ? spec.exchanges().stream().map(ExchangeSpec::name).toList() : List.of());
  }

  private static RequestReply requestReply(RequestReplySpec spec) {
    return new RequestReply(
        spec.name(),
        spec.port(),
        spec.queue(),
        spec.framing(),
        millis(spec.timeout()),
        Sizes.bytes(spec.maxMessageSize()),
        spec.maxConnections(),
        perClient(spec.maxConnectionsPerClient(), spec.maxConnections()),
        spec.maxInFlight(),
        millis(spec.idleTimeout()),
        spec.proxyProtocol(),
        tls(CertificateFiles.requestReply(spec.name()), spec.tls()));
  }

  private static Publish publish(PublishSpec spec) {
    return new Publish(
        spec.port(),
        millis(spec.timeout()),
        Sizes.bytes(spec.maxMessageSize()),
        spec.maxInFlight(),
        spec.maxConnections(),
        perClient(spec.maxConnectionsPerClient(), spec.maxConnections()),
        millis(spec.idleTimeout()),
        Boolean.TRUE.equals(spec.proxyProtocol()),
        spec.allowedOrigins(),
        tls(CertificateFiles.PUBLISH, spec.tls()));
  }

  /** Null without TLS. */
  private static Tls tls(String endpoint, EndpointTlsSpec spec) {
    if (spec == null) {
      return null;
    }
    boolean isOwn = spec.secretName() != null;
    return new Tls(
        CertificateFiles.path(
            isOwn
                ? CertificateFiles.endpointCertificate(endpoint)
                : CertificateFiles.DOOR_CERTIFICATE),
        CertificateFiles.path(
            isOwn ? CertificateFiles.endpointKey(endpoint) : CertificateFiles.DOOR_KEY));
  }

  /** Without a limit, one client leaves a quarter to others. */
  private static int perClient(Integer limit, int all) {
    return limit == null ? all - all / 4 : limit;
  }

  private static long millis(String duration) {
    return Durations.parse(duration).toMillis();
  }

  private static String text(Content content) {
    try {
      return JSON.writeValueAsString(content);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts can be written as JSON", e);
    }
  }
}
