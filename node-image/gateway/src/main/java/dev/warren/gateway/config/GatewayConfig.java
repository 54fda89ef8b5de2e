package dev.warren.gateway.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the gateway serves: the content of its configuration file.
 *
 * @param requestReply the TCP ports, no two of them the same
 * @param publish the HTTP port, if there is one
 * @param queues the queues that may be published to by HTTP
 * @param exchanges the exchanges that may be published to by HTTP
 */
public record GatewayConfig(
    List<RequestReplyEndpoint> requestReply,
    Optional<PublishEndpoint> publish,
    Set<String> queues,
    Set<String> exchanges) {

  /** Ignores unknown fields, because the operator may be newer. */
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  public GatewayConfig {
    requestReply = requestReply == null ? List.of() : List.copyOf(requestReply);
    publish = publish == null ? Optional.empty() : publish;
    queues = queues == null ? Set.of() : Set.copyOf(queues);
    exchanges = exchanges == null ? Set.of() : Set.copyOf(exchanges);
    Set<Integer> ports = new HashSet<>();
    publish.ifPresent(endpoint -> ports.add(endpoint.port()));
    for (RequestReplyEndpoint endpoint : requestReply) {
      if (endpoint.port() != 0 && !ports.add(endpoint.port())) {
        throw new IllegalArgumentException("port " + endpoint.port() + " is used twice");
      }
    }
  }

  /**
   * The configuration in a file's content.
   *
   * @throws IllegalArgumentException if it is invalid; the message says why
   */
  public static GatewayConfig parse(String json) {
    try {
      GatewayConfig config = JSON.readValue(json, GatewayConfig.class);
      if (config == null) {
        throw new IllegalArgumentException("the configuration is null");
      }
      return config;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }
}
