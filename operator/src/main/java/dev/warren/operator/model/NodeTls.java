package dev.warren.operator.model;

import static dev.warren.operator.model.CertificateFiles.CA;
import static dev.warren.operator.model.CertificateFiles.CERTIFICATE;
import static dev.warren.operator.model.CertificateFiles.CLIENTS_CA;
import static dev.warren.operator.model.CertificateFiles.DOOR_CERTIFICATE;
import static dev.warren.operator.model.CertificateFiles.DOOR_KEY;
import static dev.warren.operator.model.CertificateFiles.KEY;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How the queue nodes speak TLS. Everything here names files, and none has anything of their
 * content: a new certificate changes no configuration and no Pod.
 */
public final class NodeTls {

  /** The plugin that takes a client's user from its certificate. */
  static final String CERTIFICATE_LOGIN = "rabbitmq_auth_mechanism_ssl";

  /** The options of the connections between nodes. */
  static final String INTER_NODE_FILE = "inter-node-tls.config";

  static final String INTER_NODE_PATH = "/etc/warren/" + INTER_NODE_FILE;

  /** Arguments of an Erlang that connects to a node. */
  public static final List<String> DISTRIBUTION_ARGUMENTS =
      List.of("-proto_dist", "inet_tls", "-ssl_dist_optfile", INTER_NODE_PATH);

  /**
   * Milliseconds between two looks at changed certificate files. Erlang's default of two minutes
   * would delay each step of a renewal. The setting is for clients' ports and for the distribution,
   * which have a cache each.
   */
  private static final int RELOAD_MILLIS = 5000;

  /** Both sides present the node's certificate, and both verify that of the other. */
  private static final String INTER_NODE_TLS =
      """
      [{server, [%1$s,
                 {fail_if_no_peer_cert, true}]},
       {client, [%1$s]}].
      """
          .formatted(
              """
              {cacertfile, "%s"}, {certfile, "%s"},
                         {keyfile, "%s"}, {verify, verify_peer},
                         {versions, ['tlsv1.3']}"""
                  .formatted(path(CA), path(CERTIFICATE), path(KEY)));

  /**
   * The ciphers of TLS 1.3, and those of TLS 1.2 with forward secrecy and authenticated encryption,
   * as in Mozilla's list "intermediate". Erlang's own list also has static ECDH, without forward
   * secrecy.
   */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_AES_256_GCM_SHA384",
          "TLS_AES_128_GCM_SHA256",
          "TLS_CHACHA20_POLY1305_SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-RSA-CHACHA20-POLY1305",
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256");

  private NodeTls() {}

  /** Erlang's arguments of RabbitMQ's command-line tools. */
  static String toolArguments() {
    return String.join(" ", DISTRIBUTION_ARGUMENTS);
  }

  /** Erlang's arguments of a node. */
  static String serverArguments() {
    return toolArguments() + " -ssl ssl_pem_cache_clean " + RELOAD_MILLIS;
  }

  /** The content of {@value #INTER_NODE_FILE}. */
  static String interNodeFile() {
    return INTER_NODE_TLS;
  }

  /** The lines of rabbitmq.conf. */
  static String lines(MessageTopologySpec spec) {
    return Stream.of(
            Stream.of(
                "",
                "# The operator, people and Prometheus reach a node only by TLS.",
                "management.ssl.port = " + Ports.MANAGEMENT_TLS),
            files("management.ssl", CA, CERTIFICATE, KEY),
            ciphers("management.ssl"),
            Stream.of(
                "prometheus.tcp.listener = none", "prometheus.ssl.port = " + Ports.PROMETHEUS_TLS),
            files("prometheus.ssl", CA, DOOR_CERTIFICATE, DOOR_KEY),
            ciphers("prometheus.ssl"),
            clients(spec.tls().clients()),
            PluginListener.lines(spec))
        .flatMap(lines -> lines)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Stream<String> clients(Clients clients) {
    boolean mutual = clients == Clients.Mutual;
    return Stream.of(
            Stream.of(
                "",
                clients == Clients.Optional
                    ? "listeners.tcp.default = " + Ports.AMQP
                    : "# For the gateway of the same Pod.\nlisteners.tcp.local = 127.0.0.1:"
                        + Ports.AMQP,
                "listeners.ssl.default = " + Ports.AMQPS),
            files("ssl_options", mutual ? CLIENTS_CA : CA, DOOR_CERTIFICATE, DOOR_KEY),
            Stream.of("ssl_options.versions.1 = tlsv1.3", "ssl_options.versions.2 = tlsv1.2"),
            ciphers("ssl_options"),
            mutual ? certificates() : Stream.of("ssl_options.verify = verify_none"))
        .flatMap(lines -> lines);
  }

  /** Depth 0: what an intermediate CA has signed does not count, whatever chain a client sends. */
  private static Stream<String> certificates() {
    return Stream.of(
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = true",
        "ssl_options.depth = 0",
        "auth_mechanisms.3 = EXTERNAL",
        "ssl_cert_login_from = common_name",
        "mqtt.ssl_cert_login = true",
        "stomp.ssl_cert_login = true");
  }

  private static Stream<String> ciphers(String family) {
    return IntStream.range(0, CIPHERS.size())
        .mapToObj(i -> family + ".ciphers." + (i + 1) + " = " + CIPHERS.get(i));
  }

  /** The lines with the files of a listener. */
  static Stream<String> files(String family, String ca, String certificate, String key) {
    return Stream.of(
        family + ".cacertfile = " + path(ca),
        family + ".certfile = " + path(certificate),
        family + ".keyfile = " + path(key));
  }

  private static String path(String key) {
    return CertificateFiles.path(key);
  }
}
