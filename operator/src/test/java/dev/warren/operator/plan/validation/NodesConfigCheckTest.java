package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.model.ConfigKeys;
import dev.warren.operator.model.ConfigRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodesConfigCheckTest {

  private static final String FILES_OF_A_LISTENER =
      ".*(ssl|ssl_options)\\.(cacertfile|certfile|keyfile|password|cert|key|cacerts|dhfile)";

  /**
   * For each rule of the table: a configuration, in which a semicolon ends a line, and the
   * beginning of its refusal; empty if it is accepted.
   */
  private static final String ROWS =
      """
      default_user                  | default_user = shop                        | line 1: default_user takes effect only when a cluster starts for the first time
      default_pass                  | a = b; default_pass = secret               | line 2: default_pass takes effect only when a cluster starts for the first time
      default_permissions           | default_permissions.read = .*              | line 1: default_permissions.read takes effect only when a cluster
      default_user_tags             | default_user_tags.monitoring = true        | line 1: default_user_tags.monitoring takes effect only when a cluster
      default_users                 | default_users.a.tags = monitoring          | line 1: default_users.a.tags takes effect only when a virtual host is created
      default_policies              | default_policies.operator.a.expires = 1h   | line 1: default_policies.operator.a.expires takes effect only when a virtual host
      default_limits                | default_limits.vhosts.a.max_queues = 5     | line 1: default_limits.vhosts.a.max_queues takes effect only when a virtual host
      default_vhost                 | default_vhost = shop                       | line 1: default_vhost must be /
      default_vhost                 | default_vhost = /                          |
      load_definitions              | load_definitions = /definitions/all.json   |
      definitions                   | definitions.import_backend = https         |
      loopback_users.warren-admin   | loopback_users.warren-admin = true         | line 1: loopback_users.warren-admin would lock the operator out
      loopback_users.app            | loopback_users.app = true                  | line 1: loopback_users.app would lock the clients out
      loopback_users.app            | loopback_users.app = false                 |
      loopback_users                | loopback_users = none                      |
      loopback_users                | loopback_users.guest = false               |
      credential_validator          | credential_validator.min_length = 40       | line 1: credential_validator.min_length would also check
      password_hashing_module       | password_hashing_module = rabbit_password_hashing_sha512 | line 1: password_hashing_module must be rabbit_password_hashing_sha256
      password_hashing_module       | password_hashing_module = rabbit_password_hashing_sha256 |
      auth_mechanisms               | auth_mechanisms.1 = EXTERNAL               | line 1: auth_mechanisms.1 needs one mechanism that is PLAIN
      auth_mechanisms               | auth_mechanisms.1 = EXTERNAL; auth_mechanisms.2 = PLAIN |
      auth_backends                 | auth_backends.1 = ldap                     | line 1: auth_backends.1 needs one backend that is internal
      auth_backends                 | auth_backends.1 = ldap; auth_backends.2 = internal |
      auth_backends                 | auth_backends.1.authn = ldap; auth_backends.1.authz = internal | line 1: auth_backends.1.authn needs one backend that is internal
      auth_backends                 | auth_backends.1 = $(BACKEND)               | line 1: auth_backends.1 needs one backend that is internal
      http_dispatch.auth_backends   | http_dispatch.auth_backends.1 = oauth2     | line 1: http_dispatch.auth_backends.1 needs one backend that is internal
      http_dispatch.auth_backends   | http_dispatch.auth_backends.1 = rabbit_auth_backend_internal |
      cluster_formation             | cluster_formation.target_cluster_size_hint = 3 | line 1: cluster_formation.target_cluster_size_hint is set by the operator
      cluster_formation             | cluster_formation.k8s.seed_node = rabbit@a | line 1: cluster_formation.k8s.seed_node is set by the operator
      distribution.listener         | distribution.listener.port_range.min = 1   | line 1: distribution.listener.port_range.min is set by the operator
      cluster_name                  | cluster_name = shop                        |
      net_ticktime                  | net_ticktime = 60                          |
      raft.adaptive_failure_detector.poll_interval | raft.adaptive_failure_detector.poll_interval = 5000 |
      raft.data_dir                 | raft.data_dir = /data                      | line 1: raft.data_dir would store data outside the node's volume
      stream.data_dir               | stream.data_dir = /data                    | line 1: stream.data_dir would store data outside the node's volume
      default_queue_type            | default_queue_type = classic               | line 1: default_queue_type must be quorum
      default_queue_type            | default_queue_type = quorum                |
      queue_types                   | queue_types.classic.enabled = false        | line 1: queue_types.classic.enabled must be true
      queue_types                   | queue_types.stream.enabled = true          |
      quorum_queue.property_equivalence.relaxed_checks_on_redeclaration | quorum_queue.property_equivalence.relaxed_checks_on_redeclaration = false |
      queue_leader_locator          | queue_leader_locator = client-local        |
      quorum_queue.continuous_membership_reconciliation | quorum_queue.continuous_membership_reconciliation.target_group_size = 5 | line 1: quorum_queue.continuous_membership_reconciliation.target_group_size is set by the operator
      quorum_queue.initial_cluster_size | quorum_queue.initial_cluster_size = 5  | line 1: quorum_queue.initial_cluster_size has no lasting effect
      runtime_parameters.limits.shovel | runtime_parameters.limits.shovel = 0    | line 1: runtime_parameters.limits.shovel would limit
      shovel.operating_mode         | shovel.operating_mode = import_only        | line 1: shovel.operating_mode must be standard
      shovel.operating_mode         | shovel.operating_mode = standard           |
      total_memory_available_override_value | total_memory_available_override_value = 1GB |
      vm_memory_high_watermark      | vm_memory_high_watermark.absolute = 1GB    |
      vm_memory_high_watermark.relative | vm_memory_high_watermark.relative = 0.5 |
      vm_memory_high_watermark.relative | vm_memory_high_watermark.relative = 0.5; vm_memory_high_watermark.absolute = 1GB | line 1: vm_memory_high_watermark.relative has no effect beside the absolute form
      disk_free_limit               | disk_free_limit.absolute = 1GB             |
      disk_free_limit.relative      | disk_free_limit.relative = 0.5             |
      disk_free_limit.relative      | disk_free_limit.absolute = 1GB; disk_free_limit.relative = 0.5 | line 2: disk_free_limit.relative has no effect beside the absolute form
      listeners.tcp                 | listeners.tcp = none                       | line 1: listeners.tcp needs one listener at port 5672
      listeners.tcp                 | listeners.tcp.a = 5673                     | line 1: listeners.tcp.a needs one listener at port 5672
      listeners.tcp                 | listeners.tcp.a = 127.0.0.1:5672           | line 1: listeners.tcp.a needs one listener at port 5672
      listeners.tcp                 | listeners.tcp.a = 5673; listeners.tcp.b = :::5672 |
      listeners.ssl                 | listeners.ssl.default = 5671               |
      listeners.ssl                 | listeners.ssl = none                       | line 1: listeners.ssl needs one listener at port 5671
      listeners.ssl                 | listeners.ssl.a = 443                      | line 1: listeners.ssl.a needs one listener at port 5671
      ssl_options                   | ssl_options.honor_cipher_order = true      |
      ssl_options.ciphers           | ssl_options.ciphers.1 = TLS_AES_256_GCM_SHA384 |
      management.ssl.ciphers        | management.ssl.ciphers.1 = TLS_AES_256_GCM_SHA384 |
      prometheus.ssl.ciphers        | prometheus.ssl.ciphers.1 = TLS_AES_256_GCM_SHA384 |
      ssl_options                   | ssl_options = none                         | line 1: ssl_options would close the clients' port with TLS
      ssl_options.versions          | ssl_options.versions.1 = tlsv1.3           |
      ssl_options.versions          | ssl_options.versions.1 = tlsv1.1           | line 1: ssl_options.versions.1 must be tlsv1.2 or tlsv1.3
      ssl_options.verify            | ssl_options.verify = verify_peer           | line 1: ssl_options.verify is set by the operator; use spec.tls.clients
      ssl_options.fail_if_no_peer_cert | ssl_options.fail_if_no_peer_cert = true | line 1: ssl_options.fail_if_no_peer_cert is set by the operator; use spec.tls.clients
      ssl_options.depth             | ssl_options.depth = 2                      | line 1: ssl_options.depth is set by the operator; use spec.tls.clients
      ssl_options.cacertfile        | ssl_options.cacertfile = /a/ca.crt         | line 1: ssl_options.cacertfile is set by the operator, which makes and renews
      ssl_options.certfile          | ssl_options.certfile = /a/tls.crt          | line 1: ssl_options.certfile is set by the operator, which makes and renews the certificates; use spec.tls
      ssl_options.keyfile           | ssl_options.keyfile = /a/tls.key           | line 1: ssl_options.keyfile is set by the operator
      ssl_options.password          | ssl_options.password = a                   | line 1: ssl_options.password is set by the operator
      ssl_options.cert              | ssl_options.cert = a                       | line 1: ssl_options.cert is set by the operator
      ssl_options.cacerts           | ssl_options.cacerts.1 = a                  | line 1: ssl_options.cacerts.1 is set by the operator
      ssl_options.key               | ssl_options.key.RSAPrivateKey = a          | line 1: ssl_options.key.RSAPrivateKey is set by the operator
      ssl_cert_login_from           | ssl_cert_login_from = distinguished_name   |
      mqtt.ssl_cert_login           | mqtt.ssl_cert_login = true                 |
      stomp.ssl_cert_login          | stomp.ssl_cert_login = true                |
      mqtt.listeners.ssl            | mqtt.listeners.ssl.default = 8884          |
      stomp.listeners.ssl           | stomp.listeners.ssl = none                 |
      stream.listeners.ssl          | stream.listeners.ssl.default = 5555        |
      web_mqtt.ssl                  | web_mqtt.ssl.backlog = 1024                |
      web_mqtt.ssl.port             | web_mqtt.ssl.port = 443                    |
      web_mqtt.ssl.listener         | web_mqtt.ssl.listener = none               | line 1: web_mqtt.ssl.listener cannot be set beside the operator's; use the key web_mqtt.ssl.port
      web_mqtt.ssl.versions         | web_mqtt.ssl.versions.1 = tlsv1            | line 1: web_mqtt.ssl.versions.1 must be tlsv1.2 or tlsv1.3
      web_stomp.ssl                 | web_stomp.ssl.backlog = 1024               |
      web_stomp.ssl.port            | web_stomp.ssl.port = 443                   |
      web_stomp.ssl.listener        | web_stomp.ssl.listener = none              | line 1: web_stomp.ssl.listener cannot be set beside the operator's
      web_stomp.ssl.versions        | web_stomp.ssl.versions.1 = tlsv1.2         |
      proxy_protocol                | proxy_protocol = true                      | line 1: proxy_protocol would refuse the gateway
      stream.advertised_host        | stream.advertised_host = streams.example   |
      stream.advertised_tls_host    | stream.advertised_tls_host = streams.example |
      management.tcp                | management.tcp.port = 15672                | line 1: management.tcp.port would open the management API without TLS
      management.tcp                | management.tcp.idle_timeout = 1            | line 1: management.tcp.idle_timeout would open the management API without TLS
      management.listener           | management.listener.port = 15672           | line 1: management.listener.port would move the management API
      management.path_prefix        | management.path_prefix = /rabbit           | line 1: management.path_prefix would move the management API
      management.ssl                | management.ssl.idle_timeout = 1000         |
      management.ssl.port           | management.ssl.port = 15671                |
      management.ssl.port           | management.ssl.port = 443                  | line 1: management.ssl.port would move the management API
      management.ssl.ip             | management.ssl.ip = 127.0.0.1              | line 1: management.ssl.ip would move the management API
      management.ssl.verify         | management.ssl.verify = verify_peer        | line 1: management.ssl.verify would refuse the operator and the readiness probe
      management.ssl.fail_if_no_peer_cert | management.ssl.fail_if_no_peer_cert = true | line 1: management.ssl.fail_if_no_peer_cert would refuse the operator
      management.ssl.versions       | management.ssl.versions.1 = tlsv1.3        |
      management.ssl.certfile       | management.ssl.certfile = /a/tls.crt       | line 1: management.ssl.certfile is set by the operator
      management.disable_basic_auth | management.disable_basic_auth = true       | line 1: management.disable_basic_auth would keep the operator from logging in
      management.restrictions.quorum_queue_replica_operations | management.restrictions.quorum_queue_replica_operations.disabled = true | line 1: management.restrictions.quorum_queue_replica_operations.disabled would keep the operator
      management.disable_stats      | management.disable_stats = true            | line 1: management.disable_stats would stop the statistics
      management_agent.disable_metrics_collector | management_agent.disable_metrics_collector = true | line 1: management_agent.disable_metrics_collector would stop the statistics
      management.rates_mode         | management.rates_mode = none               | line 1: management.rates_mode would stop the statistics
      management.rates_mode         | management.rates_mode = detailed           |
      collect_statistics            | collect_statistics = none                  | line 1: collect_statistics has no effect
      collect_statistics_interval   | collect_statistics_interval = 60000        | line 1: collect_statistics_interval must not be above 5000
      collect_statistics_interval   | collect_statistics_interval = 5000         |
      management.http_log_dir       | management.http_log_dir = /var/log         | line 1: management.http_log_dir must be a folder below /tmp
      management.http_log_dir       | management.http_log_dir = /tmp/requests    |
      http_dispatch.access_log_dir  | http_dispatch.access_log_dir = /var/log    | line 1: http_dispatch.access_log_dir must be a folder below /tmp
      prometheus.tcp                | prometheus.tcp.port = 15692                | line 1: prometheus.tcp.port would open the metrics without TLS
      prometheus.path               | prometheus.path = /mtrcs                   | line 1: prometheus.path would move the metrics
      prometheus.ssl                | prometheus.ssl.compress = true             |
      prometheus.ssl.port           | prometheus.ssl.port = 15691                |
      prometheus.ssl.port           | prometheus.ssl.port = 443                  | line 1: prometheus.ssl.port would move the metrics
      prometheus.ssl.ip             | prometheus.ssl.ip = ::                     |
      prometheus.ssl.verify         | prometheus.ssl.verify = verify_peer        | line 1: prometheus.ssl.verify would refuse the monitors
      prometheus.ssl.fail_if_no_peer_cert | prometheus.ssl.fail_if_no_peer_cert = true | line 1: prometheus.ssl.fail_if_no_peer_cert would refuse the monitors
      prometheus.ssl.versions       | prometheus.ssl.versions.1 = sslv3          | line 1: prometheus.ssl.versions.1 must be tlsv1.2 or tlsv1.3
      log                           | log.connection.level = error; log.exchange = true |
      log.console                   | log.console = false                        | line 1: log.console must be true
      log.console                   | log.console.formatter = json; log.console.level = debug |
      log.file                      | log.file = rabbit.log                      | line 1: log.file needs a folder
      log.file                      | log.file.level = debug                     | line 1: log.file.level needs a folder
      log.file                      | log.file = false                           |
      log.dir                       | log.dir = /tmp                             | line 1: log.dir needs a folder
      log.*.file                    | log.queue.file = queue.log                 | line 1: log.queue.file needs a folder
      log.*.rotation                | log.queue.rotation.size = 5                | line 1: log.queue.rotation.size needs a folder
      include                       | include /more/*.conf                       | line 1: include reads a file
      """;

  @ParameterizedTest(name = "{1}")
  @MethodSource
  void eachFamilyOfKeysIsAcceptedOrRefusedWithItsLine(
      String family, String config, String refusal) {
    List<String> violations = violations("config: " + quoted(config.replace(";", "\n")));

    assertThat(ConfigKeys.TABLE).extracting(ConfigRule::family).contains(family);
    if (refusal.isEmpty()) {
      assertThat(violations).isEmpty();
    } else {
      assertThat(violations).first().asString().startsWith("spec.nodes.config: " + refusal);
    }
  }

  static Stream<Arguments> eachFamilyOfKeysIsAcceptedOrRefusedWithItsLine() {
    return rows().map(row -> Arguments.of(row[0], row[1], row[2]));
  }

  @Test
  void eachRuleHasAnExample() {
    assertThat(rows().map(row -> row[0]))
        .containsAll(
            ConfigKeys.TABLE.stream()
                .map(ConfigRule::family)
                .filter(family -> !family.matches(FILES_OF_A_LISTENER))
                .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ssl_options",
        "management.ssl",
        "prometheus.ssl",
        "web_mqtt.ssl",
        "web_stomp.ssl"
      })
  void theCertificateOfAListenerIsTheOperators(String listener) {
    for (String file :
        List.of("cacertfile", "certfile", "keyfile", "password", "cert", "key", "cacerts.1")) {
      assertThat(violations("config: " + quoted(listener + "." + file + " = /a")))
          .singleElement()
          .asString()
          .startsWith(
              "spec.nodes.config: line 1: %s.%s is set by the operator, which makes and renews"
                  .formatted(listener, file));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Required | listeners.tcp.default = 5672",
        "Required | mqtt.listeners.tcp.default = 1884",
        "Required | web_stomp.tcp.port = 15674",
        "Required | web_amqp.tcp.listener = none",
        "Mutual   | stream.listeners.tcp.default = 5552",
      })
  void aDoorThatClientsMustNotUseCannotBeConfigured(Clients clients, String line) {
    assertThat(violations(clients, line))
        .singleElement()
        .asString()
        .startsWith("spec.nodes.config: line 1: " + line.split(" ")[0] + " is about a port without")
        .endsWith("which spec.tls.clients: " + clients + " closes");
    assertThat(violations(Clients.Optional, line)).isEmpty();
  }

  @Test
  void aDoorThatCannotAskForCertificatesCannotBeConfiguredWithMutualTls() {
    assertThat(violations(Clients.Mutual, "web_mqtt.ssl.port = 15676"))
        .singleElement()
        .asString()
        .contains("RabbitMQ cannot ask for certificates there");
    assertThat(violations(Clients.Required, "web_mqtt.ssl.port = 15676")).isEmpty();
    assertThat(violations(Clients.Mutual, "mqtt.listeners.ssl.default = 8884")).isEmpty();
  }

  private static List<String> violations(Clients clients, String line) {
    return ofSpec(
        "nodes:\n" + ("config: " + quoted(line)).indent(2) + "tls: {clients: " + clients + "}");
  }

  private static Stream<String[]> rows() {
    return ROWS.lines()
        .map(row -> Arrays.stream(row.split("\\|", -1)).map(String::strip).toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "consumer_timeout = 7200000",
        "max_message_size = 1000",
        "mqtt.listeners.tcp.default = 1884",
        "a_key_of_a_plugin = 1",
      })
  void theUserMaySetOtherKeys(String line) {
    assertThat(violations("config: " + quoted(line))).isEmpty();
  }

  @Test
  void onlyTheEffectiveLineIsChecked() {
    assertThat(violations("config: " + quoted("log.console = false\nlog.console = true\n")))
        .isEmpty();
    assertThat(violations("config: " + quoted("log.console = true\nlog.console = false\n")))
        .singleElement()
        .asString()
        .startsWith("spec.nodes.config: line 2: log.console must be true");
  }

  @Test
  void aMalformedLineIsRefusedWithItsNumber() {
    assertThat(violations("config: " + quoted("# fine\nnet_ticktime: 60\n\nheartbeat\n")))
        .containsExactly(
            "spec.nodes.config: line 2: is neither 'key = value' nor a comment",
            "spec.nodes.config: line 4: is neither 'key = value' nor a comment");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "node_tags.a = $(NOWHERE)                    | line 1: there is no variable NOWHERE",
        "node_tags.a = x-$(WARREN_ADMIN_PASSWORD)    | line 1: $(WARREN_ADMIN_PASSWORD) is reserved for the operator",
        "WARREN_SEED_NODE = rabbit@me                | line 1: WARREN_SEED_NODE is reserved for the operator",
        "node_tags.a = $(ZONE) $(NOWHERE)            | line 1: there is no variable NOWHERE",
      })
  void anUnknownVariableIsRefused(String line, String refusal) {
    assertThat(violations("config: " + quoted(line), rabbitmq("env: [{name: ZONE, value: a}]")))
        .singleElement()
        .asString()
        .startsWith("spec.nodes.config: " + refusal);
  }

  @Test
  void aVariableOfThePodTemplateIsAccepted() {
    String line = "config: " + quoted("cluster_name = $(ZONE)\nnode_tags.a = $(cluster_name)\n");

    assertThat(violations(line, rabbitmq("env: [{name: ZONE, value: a}]"))).isEmpty();
    assertThat(violations(line, rabbitmq("envFrom: [{prefix: SHOP_, configMapRef: {name: a}}]")))
        .isEmpty();
    assertThat(violations(line + "\nimage: example/queue-node")).isEmpty();
    assertThat(violations(line)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RABBITMQ_DEFAULT_USER",
        "RABBITMQ_ADVANCED_CONFIG_FILE",
        "RABBITMQ_NODENAME",
        "RABBITMQ_LOGS",
        "RABBITMQ_CTL_ERL_ARGS",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
        "WARREN_ADMIN_PASSWORD",
        "HOME"
      })
  void aVariableThatOverridesTheOperatorsIsRefused(String name) {
    assertThat(violations(rabbitmq("env: [{name: TZ, value: a}, {name: " + name + ", value: a}]")))
        .singleElement()
        .asString()
        .startsWith("spec.nodes.podTemplate.spec.containers[1].env[1]: " + name + " is set by");
  }

  @ParameterizedTest
  @CsvSource({"'',false", "RABBIT,false", "RABBITMQ_X_,false", "H,false", "SHOP_,true"})
  void importedVariablesNeedAPrefixOfTheirOwn(String prefix, boolean isAccepted) {
    List<String> violations =
        violations(rabbitmq("envFrom: [{prefix: '" + prefix + "', secretRef: {name: a}}]"));

    if (isAccepted) {
      assertThat(violations).isEmpty();
    } else {
      assertThat(violations)
          .singleElement()
          .asString()
          .startsWith(
              "spec.nodes.podTemplate.spec.containers[1].envFrom[0].prefix: must be set, to other"
                  + " than RABBITMQ_");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"command", "args"})
  void anotherProgramIsRefused(String field) {
    assertThat(violations(rabbitmq(field + ": [sleep, inf]")))
        .singleElement()
        .asString()
        .startsWith("spec.nodes.podTemplate.spec.containers[1]." + field + ": would replace what");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/rabbitmq",
        "/etc/rabbitmq/advanced.config",
        "/etc/rabbitmq/conf.d/95-more.conf",
        "/etc//rabbitmq/rabbitmq.conf",
        "/var/lib/rabbitmq/mnesia",
        "/etc/warren/",
        "/tmp",
        "/"
      })
  void aFileThatHidesTheOperatorsIsRefused(String path) {
    assertThat(violations(rabbitmq("volumeMounts: [{name: a, mountPath: " + path + "}]")))
        .singleElement()
        .asString()
        .startsWith("spec.nodes.podTemplate.spec.containers[1].volumeMounts[0]: " + path + " ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/etc/rabbitmq/definitions.json", "/certificates", "/tmp/x", "/var/log"})
  void otherFilesMayBeMounted(String path) {
    assertThat(violations(rabbitmq("volumeMounts: [{name: a, mountPath: " + path + "}]")))
        .isEmpty();
  }

  @Test
  void otherContainersAreNotChecked() {
    assertThat(
            violations(
                "podTemplate: {spec: {containers: [{name: a, env: [{name: HOME, value: /}],"
                    + " volumeMounts: [{name: a, mountPath: /etc/rabbitmq}]}]}}"))
        .isEmpty();
  }

  private static String rabbitmq(String fields) {
    return "podTemplate: {spec: {containers: [{name: a}, {name: rabbitmq, " + fields + "}]}}";
  }

  private static String quoted(String text) {
    try {
      return new ObjectMapper().writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static List<String> violations(String... nodes) {
    return ofSpec("nodes:\n" + String.join("\n", nodes).indent(2));
  }

  private static List<String> ofSpec(String spec) {
    return SpecValidator.violations(Serialization.unmarshal(spec, MessageTopologySpec.class))
        .stream()
        .map(Violation::toString)
        .toList();
  }
}
