package dev.warren.operator.model;

import static dev.warren.operator.model.ConfigRule.Treatment.AS_IS;
import static dev.warren.operator.model.ConfigRule.Treatment.REFUSED;
import static dev.warren.operator.model.ConfigRule.Treatment.REPLACES;
import static dev.warren.operator.model.ConfigRule.asIs;
import static dev.warren.operator.model.ConfigRule.has;
import static dev.warren.operator.model.ConfigRule.ifIs;
import static dev.warren.operator.model.ConfigRule.refused;
import static dev.warren.operator.model.ConfigRule.replaces;

import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.model.RabbitConf.Setting;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/** Which keys of rabbitmq.conf about TLS, and about doors without it, a user may set. */
public final class TlsConfigKeys {

  private static final String CERTIFICATES =
      "is set by the operator, which makes and renews the certificates; use spec.tls";

  private static final String ASKS = "is set by the operator; use spec.tls.clients";

  private static final String ASKS_THE_OPERATOR =
      "would refuse the operator and the readiness probe, which present no certificate";

  private static final String ASKS_PROMETHEUS =
      "would refuse the monitors, which present no certificate";

  private static final String OLD_VERSION = "must be tlsv1.2 or tlsv1.3";

  private static final String API_WITHOUT_TLS =
      "would open the management API without TLS; it is at port 15671, with TLS";

  private static final String METRICS_WITHOUT_TLS =
      "would open the metrics without TLS; they are at port 15691, with TLS";

  private static final String API_MOVES =
      "would move the management API, which the operator and the readiness probe use";

  private static final String METRICS_MOVE =
      "would move the metrics, which the Service and the monitors expect at port 15691, /metrics";

  private static final String WEB_LISTENER = "cannot be set beside the operator's; use the key %s";

  /** The families of keys of a listener's certificate. */
  private static final List<String> FILES =
      List.of("cacertfile", "certfile", "keyfile", "password");

  /** Other ways to give a certificate. RabbitMQ knows them for some listeners. */
  private static final List<String> OTHER_FILES = List.of("cert", "cacerts", "key", "dhfile");

  private static final BiPredicate<Setting, RabbitConf> IF_NEW = ifIs("tlsv1.2", "tlsv1.3");

  /** The rules. */
  static final List<ConfigRule> TABLE =
      Stream.of(
              clients(),
              listener("management.ssl", "15671", API_MOVES, ASKS_THE_OPERATOR),
              listener("prometheus.ssl", "15691", METRICS_MOVE, ASKS_PROMETHEUS),
              web("web_mqtt.ssl"),
              web("web_stomp.ssl"),
              Stream.of(
                  refused("management.tcp", API_WITHOUT_TLS),
                  refused("management.listener", API_MOVES),
                  refused("prometheus.tcp", METRICS_WITHOUT_TLS),
                  replaces("mqtt.listeners.ssl"),
                  replaces("stomp.listeners.ssl"),
                  replaces("stream.listeners.ssl")))
          .flatMap(rules -> rules)
          .toList();

  private TlsConfigKeys() {}

  private static Stream<ConfigRule> clients() {
    return Stream.concat(
        Stream.of(
            new ConfigRule(
                "listeners.tcp",
                REPLACES,
                (line, config) ->
                    has(config, "listeners.tcp", "5672", "0.0.0.0:5672", ":::5672", "[::]:5672")
                        && !has(config, "listeners.tcp", "none"),
                "needs one listener at port 5672 on all addresses, which the Service uses"),
            new ConfigRule(
                "listeners.ssl",
                REPLACES,
                (line, config) ->
                    has(config, "listeners.ssl", "5671", "0.0.0.0:5671", ":::5671", "[::]:5671")
                        && !has(config, "listeners.ssl", "none"),
                "needs one listener at port 5671 on all addresses, which the Service uses"),
            new ConfigRule(
                "ssl_options",
                AS_IS,
                (line, config) -> !line.key().equals("ssl_options"),
                "would close the clients' port with TLS"),
            new ConfigRule("ssl_options.versions", REPLACES, IF_NEW, OLD_VERSION),
            replaces("ssl_options.ciphers"),
            refused("ssl_options.verify", ASKS),
            refused("ssl_options.fail_if_no_peer_cert", ASKS),
            refused("ssl_options.depth", ASKS),
            replaces("ssl_cert_login_from"),
            replaces("mqtt.ssl_cert_login"),
            replaces("stomp.ssl_cert_login")),
        files("ssl_options"));
  }

  private static Stream<ConfigRule> listener(
      String family, String port, String moves, String asks) {
    return Stream.concat(
        Stream.of(
            asIs(family),
            new ConfigRule(family + ".port", REFUSED, ifIs(port), moves),
            new ConfigRule(family + ".ip", REFUSED, ConfigRule.IF_ANY_ADDRESS, moves),
            replaces(family + ".ciphers"),
            refused(family + ".verify", asks),
            refused(family + ".fail_if_no_peer_cert", asks),
            new ConfigRule(family + ".versions", AS_IS, IF_NEW, OLD_VERSION)),
        files(family));
  }

  private static Stream<ConfigRule> web(String family) {
    return Stream.concat(
        Stream.of(
            asIs(family),
            replaces(family + ".port"),
            refused(family + ".listener", WEB_LISTENER.formatted(family + ".port")),
            new ConfigRule(family + ".versions", AS_IS, IF_NEW, OLD_VERSION)),
        files(family));
  }

  private static Stream<ConfigRule> files(String family) {
    return Stream.concat(FILES.stream(), OTHER_FILES.stream())
        .map(file -> refused(family + "." + file, CERTIFICATES));
  }

  /**
   * Why a line would open a door that spec.tls.clients closes; empty if it does not.
   *
   * @param clients how clients connect
   */
  public static Optional<String> opened(Setting line, Clients clients) {
    if (clients == Clients.Optional) {
      return Optional.empty();
    }
    if (isIn(line, Stream.concat(Stream.of("listeners.tcp"), PluginListener.plainFamilies()))) {
      return Optional.of(
          "is about a port without TLS, which spec.tls.clients: %s closes".formatted(clients));
    }
    return clients == Clients.Mutual && isIn(line, PluginListener.webFamilies())
        ? Optional.of(
            "is about a port that spec.tls.clients: Mutual closes, because RabbitMQ cannot ask for"
                + " certificates there")
        : Optional.empty();
  }

  private static boolean isIn(Setting line, Stream<String> families) {
    return families.anyMatch(
        family -> line.key().equals(family) || line.key().startsWith(family + "."));
  }
}
