package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.TlsSpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.api.v1alpha1.TlsSpec.IssuerRef;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueNodeConfigTest {

  private static final Owner OWNER = new Owner("shop", "orders", "uid-1");

  @ParameterizedTest(name = "of {0}, {1} bytes are for RabbitMQ")
  @CsvSource({"1000, 800", "1Gi, 858993460", "10Gi, 8589934592", "64Gi, 66571993088"})
  void rabbitMqGetsFourFifthsOfTheLimitOrAllButTwoGibibytes(String limit, long usable) {
    assertThat(
            QueueNodeConfig.usableMemory(
                new ResourceRequirementsBuilder()
                    .addToLimits("memory", new Quantity(limit))
                    .build()))
        .isEqualTo(usable);
  }

  @Test
  void theMemoryOfANodeReachesItsConfiguration() {
    assertThat(operatorConf("resources: {limits: {memory: 1Gi}}"))
        .contains("total_memory_available_override_value = 858993460\n");
  }

  @ParameterizedTest(name = "of {0} bytes, {1} stay free")
  @CsvSource({"1000000000, 200000000", "10000000000, 2000000000", "64000000000, 2000000000"})
  void aFifthOfAVolumeStaysFreeOrTwoGigabytes(long volume, long free) {
    assertThat(QueueNodeConfig.files(OWNER, NodesSpecs.topology(""), volume))
        .containsEntry(
            QueueNodeConfig.DISK_CONF, "disk_free_limit.absolute = %d\n".formatted(free));
    assertThat(QueueNodeConfig.USER_CONF)
        .as("the user's own limit wins")
        .isGreaterThan(QueueNodeConfig.DISK_CONF);
  }

  @Test
  void aJoiningNodeKnowsItsSeed() {
    assertThat(operatorConf("")).contains("cluster_formation.k8s.seed_node = $(WARREN_SEED_NODE)");
  }

  @Test
  void theUsersConfigurationIsReadLastAndWins() {
    Map<String, String> files = files("config: |\n  net_ticktime = 60\n");

    assertThat(QueueNodeConfig.USER_CONF).isGreaterThan(QueueNodeConfig.OPERATOR_CONF);
    assertThat(files).containsEntry(QueueNodeConfig.USER_CONF, "net_ticktime = 60\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "net_ticktime = 60               | net_ticktime",
        "cluster_name = mine             | cluster_name",
        "auth_mechanisms.1 = PLAIN       | auth_mechanisms.1, auth_mechanisms.2",
        "queue_leader_locator = balanced | queue_leader_locator",
        "stream.advertised_host = a      | stream.advertised_host",
        "total_memory_available_override_value = 1GB | total_memory_available_override_value",
        "listeners.tcp.all = 0.0.0.0:5672 | listeners.tcp.default",
        "listeners.ssl.all = 0.0.0.0:5671 | listeners.ssl.default",
        "ssl_options.versions.1 = tlsv1.3 | ssl_options.versions.1, ssl_options.versions.2",
        "mqtt.listeners.ssl.default = 8884 | mqtt.listeners.ssl.default",
        "web_mqtt.ssl.port = 443           | web_mqtt.ssl.port",
      })
  void aLineOfTheUserReplacesTheOperators(String line, String keys) {
    String with = operatorConf("config: " + line);

    assertThat(operatorConf("").lines().filter(operators -> !with.contains(operators)))
        .extracting(operators -> operators.split(" ")[0])
        .containsExactly(keys.split(", "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"disk_free_limit.relative = 0.5", "disk_free_limit.absolute = 1GB"})
  void aDiskLimitOfTheUserReplacesTheOperators(String line) {
    assertThat(files("config: " + line))
        .containsEntry(QueueNodeConfig.DISK_CONF, "")
        .containsEntry(QueueNodeConfig.USER_CONF, line);
  }

  @Test
  void clientsOfStreamsGetTheNodesHostName() {
    assertThat(operatorConf(""))
        .contains("stream.advertised_host = $(WARREN_HOST)\n")
        .contains("stream.advertised_tls_host = $(WARREN_HOST)\n");
  }

  @Test
  void withoutTheUsersConfigurationTheFileIsEmptyAndCanBeMounted() {
    assertThat(files("")).containsEntry(QueueNodeConfig.USER_CONF, "");
  }

  @Test
  void aPluginIsEnabledOnceEvenIfItIsNamedTwice() {
    assertThat(
            files("plugins: [rabbitmq_stream, rabbitmq_management, rabbitmq_stream]")
                .get(QueueNodeConfig.ENABLED_PLUGINS))
        .isEqualTo(
            "[rabbitmq_management,rabbitmq_prometheus,rabbitmq_peer_discovery_k8s,rabbitmq_shovel,rabbitmq_shovel_management,rabbitmq_stream].\n");
  }

  @Test
  void clientsHaveADoorWithAndOneWithoutTlsByDefault() {
    assertThat(operatorConf("").lines())
        .contains(
            "listeners.tcp.default = 5672",
            "listeners.ssl.default = 5671",
            "ssl_options.cacertfile = /etc/warren/tls/ca.crt",
            "ssl_options.certfile = /etc/warren/tls/door.crt",
            "ssl_options.keyfile = /etc/warren/tls/door.key",
            "ssl_options.versions.1 = tlsv1.3",
            "ssl_options.versions.2 = tlsv1.2",
            "ssl_options.ciphers.1 = TLS_AES_256_GCM_SHA384",
            "ssl_options.ciphers.9 = ECDHE-RSA-AES128-GCM-SHA256",
            "management.ssl.ciphers.9 = ECDHE-RSA-AES128-GCM-SHA256",
            "prometheus.ssl.ciphers.9 = ECDHE-RSA-AES128-GCM-SHA256",
            "ssl_options.verify = verify_none",
            "mqtt.listeners.ssl.default = 8883",
            "stomp.listeners.ssl.default = 61614",
            "stream.listeners.ssl.default = 5551",
            "web_mqtt.ssl.port = 15676",
            "web_mqtt.ssl.certfile = /etc/warren/tls/door.crt",
            "web_stomp.ssl.port = 15673",
            "web_stomp.ssl.keyfile = /etc/warren/tls/door.key")
        .noneMatch(line -> line.contains("EXTERNAL") || line.contains("cert_login"))
        .noneMatch(line -> line.matches(".*(listeners\\.tcp|web_.*\\.listener) = none"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Clients.class,
      names = {"Required", "Mutual"})
  void withoutThePlainDoorOnlyTheGatewayOfThePodConnectsWithoutTls(Clients clients) {
    assertThat(operatorConf("", clients).lines())
        .contains(
            "listeners.tcp.local = 127.0.0.1:5672",
            "listeners.ssl.default = 5671",
            "mqtt.listeners.tcp = none",
            "stomp.listeners.tcp = none",
            "stream.listeners.tcp = none",
            "web_mqtt.tcp.listener = none",
            "web_stomp.tcp.listener = none")
        .doesNotContain("listeners.tcp.default = 5672")
        .noneMatch(line -> line.startsWith("web_amqp"));
  }

  @Test
  void mutualTlsTakesTheUserFromACertificateThatTheAuthorityItselfHasSigned() {
    assertThat(operatorConf("", Clients.Mutual).lines())
        .contains(
            "ssl_options.cacertfile = /etc/warren/tls/clients.crt",
            "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = true",
            "ssl_options.depth = 0",
            "auth_mechanisms.1 = PLAIN",
            "auth_mechanisms.3 = EXTERNAL",
            "ssl_cert_login_from = common_name")
        .noneMatch(line -> line.matches("web_(mqtt|stomp)\\.ssl.*"));
    assertThat(
            QueueNodeConfig.files(OWNER, NodesSpecs.topology("", Clients.Mutual), 1)
                .get(QueueNodeConfig.ENABLED_PLUGINS))
        .contains("rabbitmq_auth_mechanism_ssl");
    assertThat(files("").get(QueueNodeConfig.ENABLED_PLUGINS))
        .doesNotContain("rabbitmq_auth_mechanism_ssl");
  }

  @ParameterizedTest
  @EnumSource(Clients.class)
  void theManagementApiAndTheMetricsAreServedByTlsAlone(Clients clients) {
    assertThat(operatorConf("", clients).lines())
        .contains(
            "management.ssl.port = 15671",
            "management.ssl.cacertfile = /etc/warren/tls/ca.crt",
            "management.ssl.certfile = /etc/warren/tls/tls.crt",
            "management.ssl.keyfile = /etc/warren/tls/tls.key",
            "prometheus.tcp.listener = none",
            "prometheus.ssl.port = 15691",
            "prometheus.ssl.certfile = /etc/warren/tls/door.crt")
        .noneMatch(line -> line.startsWith("management.tcp"))
        .noneMatch(line -> line.startsWith("management.ssl.verify"));
  }

  @Test
  void bothSidesOfAConnectionBetweenNodesAreVerified() {
    String file = files("").get("inter-node-tls.config");

    assertThat(file)
        .isEqualTo(
            """
            [{server, [{cacertfile, "/etc/warren/tls/ca.crt"}, {certfile, "/etc/warren/tls/tls.crt"},
                       {keyfile, "/etc/warren/tls/tls.key"}, {verify, verify_peer},
                       {versions, ['tlsv1.3']},
                       {fail_if_no_peer_cert, true}]},
             {client, [{cacertfile, "/etc/warren/tls/ca.crt"}, {certfile, "/etc/warren/tls/tls.crt"},
                       {keyfile, "/etc/warren/tls/tls.key"}, {verify, verify_peer},
                       {versions, ['tlsv1.3']}]}].
            """);
  }

  @Test
  void aChangeOfTheDoorsRestartsNodesAndOneOfTheirCertificatesDoesNot() {
    String optional = revision(TlsSpec.DEFAULTS);

    assertThat(
            revision(
                new TlsSpec(
                    Clients.Optional, null, null, new IssuerRef("ca", null, null), "2m", "1h")))
        .isEqualTo(revision(new TlsSpec(null, null, "given", null, null, null)))
        .isEqualTo(optional);
    assertThat(
            List.of(
                revision(new TlsSpec(Clients.Required, null, null, null, null, null)),
                revision(new TlsSpec(Clients.Mutual, "ca", null, null, null, null)),
                optional))
        .doesNotHaveDuplicates();
    assertThat(revision(new TlsSpec(Clients.Mutual, "another", null, null, null, null)))
        .isEqualTo(revision(new TlsSpec(Clients.Mutual, "ca", null, null, null, null)));
  }

  private static String revision(TlsSpec tls) {
    return QueueNodeConfig.revision(OWNER, NodesSpecs.topology("", null, tls));
  }

  private static String operatorConf(String nodes, Clients clients) {
    return QueueNodeConfig.files(OWNER, NodesSpecs.topology(nodes, clients), 1)
        .get(QueueNodeConfig.OPERATOR_CONF);
  }

  private static String operatorConf(String nodes) {
    return files(nodes).get(QueueNodeConfig.OPERATOR_CONF);
  }

  private static Map<String, String> files(String nodes) {
    return QueueNodeConfig.files(OWNER, NodesSpecs.topology(nodes), 10_000_000_000L);
  }
}
