package dev.warren.operator.model;

import static dev.warren.operator.model.ConfigRule.IF_BELOW_TMP;
import static dev.warren.operator.model.ConfigRule.IF_FALSE;
import static dev.warren.operator.model.ConfigRule.IF_TRUE;
import static dev.warren.operator.model.ConfigRule.Treatment.AS_IS;
import static dev.warren.operator.model.ConfigRule.Treatment.REPLACES;
import static dev.warren.operator.model.ConfigRule.asIs;
import static dev.warren.operator.model.ConfigRule.ifHas;
import static dev.warren.operator.model.ConfigRule.ifInternal;
import static dev.warren.operator.model.ConfigRule.ifIs;
import static dev.warren.operator.model.ConfigRule.ifNoneIs;
import static dev.warren.operator.model.ConfigRule.refused;
import static dev.warren.operator.model.ConfigRule.refusedUnless;
import static dev.warren.operator.model.ConfigRule.replaces;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which keys of rabbitmq.conf a user may set. A user may set all keys that are not in this table,
 * because the operator does not depend on them.
 */
public final class ConfigKeys {

  private static final String AT_THE_FIRST_START =
      "takes effect only when a cluster starts for the first time; declare users in definitions"
          + " (load_definitions), which a node imports whenever it starts";

  private static final String IN_A_NEW_VIRTUAL_HOST =
      "takes effect only when a virtual host is created, and the one of this resource exists; set"
          + " it in definitions (load_definitions)";

  private static final String FORMS_THE_CLUSTER = "is set by the operator, which forms the cluster";

  private static final String NO_LOG_FOLDER =
      "needs a folder for log files, which a node does not have; logs go to the console";

  private static final String ONLY_TMP =
      "must be a folder below /tmp, the only one that a node can write to";

  private static final String NOT_ON_THE_VOLUME =
      "would store data outside the node's volume, where it is lost with the Pod";

  private static final String API_MOVES =
      "would move the management API, which the operator and the readiness probe use";

  private static final String METRICS_MOVE =
      "would move the metrics, which the Service and the monitors expect at port 15691, /metrics";

  private static final String NO_STATISTICS = "would stop the statistics that scale consumers";

  private static final String ONE_FORM =
      "has no effect beside the absolute form, which RabbitMQ prefers; remove one of the two";

  private static final String NEEDS_INTERNAL =
      "needs one backend that is internal, which has the users that the operator creates";

  private static final List<ConfigRule> OTHERS =
      List.of(
          // Users, and who may log in.
          refused("default_user", AT_THE_FIRST_START),
          refused("default_pass", AT_THE_FIRST_START),
          refused("default_permissions", AT_THE_FIRST_START),
          refused("default_user_tags", AT_THE_FIRST_START),
          refused("default_users", IN_A_NEW_VIRTUAL_HOST),
          refused("default_policies", IN_A_NEW_VIRTUAL_HOST),
          refused("default_limits", IN_A_NEW_VIRTUAL_HOST),
          refusedUnless(
              "default_vhost",
              ifIs(BrokerDefinitions.VHOST),
              "must be /, the virtual host in which the operator declares everything"),
          asIs("load_definitions"),
          asIs("definitions"),
          refusedUnless(
              "loopback_users." + Credentials.ADMIN,
              IF_FALSE,
              "would lock the operator out, which connects from another Pod"),
          refusedUnless(
              "loopback_users." + Credentials.CLIENT,
              IF_FALSE,
              "would lock the clients out, which connect from other Pods"),
          asIs("loopback_users"),
          refused(
              "credential_validator", "would also check the passwords that the operator generates"),
          refusedUnless(
              "password_hashing_module",
              ifIs("rabbit_password_hashing_sha256"),
              "must be rabbit_password_hashing_sha256, which the operator uses to compare passwords"),
          new ConfigRule(
              "auth_mechanisms",
              REPLACES,
              ifHas("auth_mechanisms", "PLAIN"),
              "needs one mechanism that is PLAIN, which gateways and consumers use to log in"),
          new ConfigRule("auth_backends", AS_IS, ifInternal("auth_backends"), NEEDS_INTERNAL),
          new ConfigRule(
              "http_dispatch.auth_backends",
              AS_IS,
              ifInternal("http_dispatch.auth_backends"),
              NEEDS_INTERNAL),
          // The cluster.
          refused("cluster_formation", FORMS_THE_CLUSTER),
          refused("distribution.listener", FORMS_THE_CLUSTER),
          replaces("cluster_name"),
          replaces("net_ticktime"),
          replaces("raft.adaptive_failure_detector.poll_interval"),
          refused("raft.data_dir", NOT_ON_THE_VOLUME),
          refused("stream.data_dir", NOT_ON_THE_VOLUME),
          // Queues.
          refusedUnless(
              "default_queue_type",
              ifIs("quorum"),
              "must be quorum: a virtual host keeps the type that it was created with; declare"
                  + " queues of another type in spec.queues"),
          refusedUnless(
              "queue_types", IF_TRUE, "must be true: spec.queues may have queues of each type"),
          replaces("quorum_queue.property_equivalence.relaxed_checks_on_redeclaration"),
          replaces("queue_leader_locator"),
          refused(
              "quorum_queue.continuous_membership_reconciliation",
              "is set by the operator, which maintains the members of queues; use"
                  + " spec.queues[].members"),
          refused(
              "quorum_queue.initial_cluster_size",
              "has no lasting effect; use spec.queues[].members, or the argument"
                  + " x-quorum-initial-group-size of a queue that a client declares"),
          refused(
              "runtime_parameters.limits.shovel",
              "would limit the shovels that the operator uses to move messages"),
          refusedUnless(
              "shovel.operating_mode",
              ifIs("standard"),
              "must be standard: the operator moves messages with shovels"),
          // Memory and disk.
          replaces("total_memory_available_override_value"),
          asIs("vm_memory_high_watermark"),
          new ConfigRule(
              "vm_memory_high_watermark.relative",
              AS_IS,
              ifNoneIs("vm_memory_high_watermark.absolute"),
              ONE_FORM),
          replaces("disk_free_limit"),
          new ConfigRule(
              "disk_free_limit.relative", AS_IS, ifNoneIs("disk_free_limit.absolute"), ONE_FORM),
          // Listeners.
          refusedUnless(
              "proxy_protocol",
              IF_FALSE,
              "would refuse the gateway and all other clients that do not send its header"),
          replaces("stream.advertised_host"),
          replaces("stream.advertised_tls_host"),
          // The management API.
          refused("management.path_prefix", API_MOVES),
          refusedUnless(
              "management.disable_basic_auth",
              IF_FALSE,
              "would keep the operator from logging in to the management API"),
          refusedUnless(
              "management.restrictions.quorum_queue_replica_operations",
              IF_FALSE,
              "would keep the operator from adding members of queues and removing them"),
          refusedUnless("management.disable_stats", IF_FALSE, NO_STATISTICS),
          refusedUnless("management_agent.disable_metrics_collector", IF_FALSE, NO_STATISTICS),
          refusedUnless("management.rates_mode", ifIs("basic", "detailed"), NO_STATISTICS),
          refusedUnless(
              "collect_statistics_interval",
              (line, config) -> line.value().matches("[1-4]?[0-9]{1,3}|5000"),
              "must not be above 5000: the scaling of consumers needs statistics every 5 s"),
          refusedUnless(
              "collect_statistics",
              ifIs("coarse", "fine"),
              "has no effect, because the management plugin needs statistics"),
          refusedUnless("management.http_log_dir", IF_BELOW_TMP, ONLY_TMP),
          refusedUnless("http_dispatch.access_log_dir", IF_BELOW_TMP, ONLY_TMP),
          // Metrics.
          refusedUnless("prometheus.path", ifIs("/metrics"), METRICS_MOVE),
          // Logs.
          asIs("log"),
          refusedUnless(
              "log.console",
              (line, config) -> !line.key().equals("log.console") || line.value().equals("true"),
              "must be true: the status quotes the console when a node does not start"),
          refusedUnless("log.file", IF_FALSE, NO_LOG_FOLDER),
          refused("log.dir", NO_LOG_FOLDER),
          refused("log.*.file", NO_LOG_FOLDER),
          refused("log.*.rotation", NO_LOG_FOLDER),
          refused(
              RabbitConf.INCLUDE,
              "reads a file that the operator does not know; write its lines into the configuration"));

  /** All rules. If several cover a key, the one with the most words applies. */
  public static final List<ConfigRule> TABLE =
      Stream.concat(OTHERS.stream(), TlsConfigKeys.TABLE.stream()).toList();

  private ConfigKeys() {}

  /** The rule for a key; empty if the table has none. */
  public static Optional<ConfigRule> row(String key) {
    return TABLE.stream()
        .filter(row -> row.covers(key))
        .max(Comparator.comparing(ConfigRule::words));
  }

  /** Whether a user's configuration replaces the operator's line with that key. */
  static boolean isReplaced(String operatorsKey, RabbitConf users) {
    return TABLE.stream()
        .filter(row -> row.treatment() == REPLACES)
        .filter(row -> users.family(row.family()).findAny().isPresent())
        .anyMatch(row -> row.covers(operatorsKey));
  }
}
