package dev.warren.operator.plan.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.MessageTopologySpec;
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
      ssl_options                   | ssl_options.certfile = /certificates/tls.crt |
      proxy_protocol                | proxy_protocol = true                      | line 1: proxy_protocol would refuse the gateway
      stream.advertised_host        | stream.advertised_host = streams.example   |
      stream.advertised_tls_host    | stream.advertised_tls_host = streams.example |
      management.tcp.port           | management.tcp.port = 8080                 | line 1: management.tcp.port would move the management API
      management.tcp.port           | management.tcp.port = 15672                |
      management.tcp.ip             | management.tcp.ip = 127.0.0.1              | line 1: management.tcp.ip would move the management API
      management.listener           | management.listener.port = 15672           | line 1: management.listener.port would move the management API
      management.path_prefix        | management.path_prefix = /rabbit           | line 1: management.path_prefix would move the management API
      management.ssl                | management.ssl.port = 15671                | line 1: management.ssl.port closes the port without TLS
      management.ssl                | management.ssl.port = 15671; management.tcp.port = 15672 |
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
      prometheus.tcp.port           | prometheus.tcp.port = 9419                 | line 1: prometheus.tcp.port would move the metrics
      prometheus.tcp.ip             | prometheus.tcp.ip = ::                     |
      prometheus.tcp.listener       | prometheus.tcp.listener = none             | line 1: prometheus.tcp.listener would move the metrics
      prometheus.path               | prometheus.path = /mtrcs                   | line 1: prometheus.path would move the metrics
      prometheus.ssl                | prometheus.ssl.port = 15691                | line 1: prometheus.ssl.port closes the port without TLS
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
        .containsAll(ConfigKeys.TABLE.stream().map(ConfigRule::family).toList());
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
    assertThat(violations(line, "image: example/queue-node")).isEmpty();
    assertThat(violations(line)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RABBITMQ_DEFAULT_USER",
        "RABBITMQ_ADVANCED_CONFIG_FILE",
        "RABBITMQ_NODENAME",
        "RABBITMQ_LOGS",
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
    return SpecValidator.violations(
            Serialization.unmarshal(
                "nodes:\n" + String.join("\n", nodes).indent(2), MessageTopologySpec.class))
        .stream()
        .map(Violation::toString)
        .toList();
  }
}
