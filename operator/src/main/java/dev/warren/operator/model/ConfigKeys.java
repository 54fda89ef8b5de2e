package dev.warren.operator.model;

import static dev.warren.operator.model.ConfigKeys.Treatment.AS_IS;
import static dev.warren.operator.model.ConfigKeys.Treatment.REFUSED;
import static dev.warren.operator.model.ConfigKeys.Treatment.REPLACES;

import dev.warren.operator.model.RabbitConf.Setting;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/**
 * Which keys of rabbitmq.conf a user may set: the one table. What is not in it may be set, because
 * the operator does not depend on it.
 */
public final class ConfigKeys {

  /** What becomes of a user's line. */
  public enum Treatment {
    /** It counts. The operator has no line of that family. */
    AS_IS,
    /** It counts, and the operator's lines of that family are left out. */
    REPLACES,
    /** It is refused, unless it says what holds anyway. */
    REFUSED
  }

  /**
   * One row.
   *
   * @param family a key, which stands for all keys below it too; a word of it may be *
   * @param allows whether a line may be in a configuration
   * @param reason why another line is refused, and what to do instead
   */
  public record Row(
      String family, Treatment treatment, BiPredicate<Setting, RabbitConf> allows, String reason) {

    private boolean covers(String key) {
      String[] words = family.split("\\.");
      String[] ofKey = key.split("\\.");
      return words.length <= ofKey.length
          && IntStream.range(0, words.length)
              .allMatch(i -> words[i].equals("*") || words[i].equals(ofKey[i]));
    }

    private int words() {
      return family.split("\\.").length;
    }

    /** Whether a line of this family is refused. */
    public boolean refuses(Setting line, RabbitConf config) {
      return !allows.test(line, config);
    }
  }

  private static final BiPredicate<Setting, RabbitConf> IF_TRUE = ifIs("true");
  private static final BiPredicate<Setting, RabbitConf> IF_FALSE = ifIs("false");
  private static final BiPredicate<Setting, RabbitConf> IF_ANY_ADDRESS = ifIs("0.0.0.0", "::");

  private static final BiPredicate<Setting, RabbitConf> IF_BELOW_TMP =
      (line, config) -> line.value().startsWith("/tmp/");

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
      "would keep data outside the node's volume, where it is lost with the Pod";

  private static final String API_MOVES =
      "would move the management API, by which the operator and the readiness probe reach a node";

  private static final String METRICS_MOVE =
      "would move the metrics, which the Service and the monitors expect at port 15692, /metrics";

  private static final String NO_STATISTICS =
      "would stop the statistics by which consumers are scaled";

  private static final String ONE_FORM =
      "has no effect beside the absolute form, which RabbitMQ prefers; remove one of the two";

  private static final String NEEDS_INTERNAL =
      "needs one backend that is internal, which knows the users that the operator creates";

  /** All rows; for a key the one with the most words counts. */
  public static final List<Row> TABLE =
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
              "would keep the operator out, which connects from another Pod"),
          refusedUnless(
              "loopback_users." + Credentials.CLIENT,
              IF_FALSE,
              "would keep the clients out, which connect from other Pods"),
          asIs("loopback_users"),
          refused(
              "credential_validator", "would also judge the passwords that the operator generates"),
          refusedUnless(
              "password_hashing_module",
              ifIs("rabbit_password_hashing_sha256"),
              "must be rabbit_password_hashing_sha256, by which the operator compares passwords"),
          row(
              "auth_mechanisms",
              REPLACES,
              ifHas("auth_mechanisms", "PLAIN"),
              "needs one mechanism that is PLAIN, with which gateways and consumers log in"),
          row("auth_backends", AS_IS, ifInternal("auth_backends"), NEEDS_INTERNAL),
          row(
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
              "is set by the operator, which keeps the members of queues; use"
                  + " spec.queues[].members"),
          refused(
              "quorum_queue.initial_cluster_size",
              "has no lasting effect; use spec.queues[].members, or the argument"
                  + " x-quorum-initial-group-size of a queue that a client declares"),
          refused(
              "runtime_parameters.limits.shovel",
              "would limit the shovels with which the operator moves messages"),
          refusedUnless(
              "shovel.operating_mode",
              ifIs("standard"),
              "must be standard: the operator moves messages with shovels"),
          // Memory and disk.
          replaces("total_memory_available_override_value"),
          asIs("vm_memory_high_watermark"),
          row(
              "vm_memory_high_watermark.relative",
              AS_IS,
              ifNoneIs("vm_memory_high_watermark.absolute"),
              ONE_FORM),
          replaces("disk_free_limit"),
          row("disk_free_limit.relative", AS_IS, ifNoneIs("disk_free_limit.absolute"), ONE_FORM),
          // Listeners.
          row(
              "listeners.tcp",
              AS_IS,
              (line, config) ->
                  has(config, "listeners.tcp", "5672", "0.0.0.0:5672", ":::5672", "[::]:5672")
                      && !has(config, "listeners.tcp", "none"),
              "needs one listener at port 5672 of all addresses, to which the Service leads"),
          asIs("listeners.ssl"),
          asIs("ssl_options"),
          refusedUnless(
              "proxy_protocol",
              IF_FALSE,
              "would refuse the gateway and all other clients that do not send its header"),
          replaces("stream.advertised_host"),
          replaces("stream.advertised_tls_host"),
          // The management API.
          refusedUnless("management.tcp.port", ifIs("15672"), API_MOVES),
          refusedUnless("management.tcp.ip", IF_ANY_ADDRESS, API_MOVES),
          refused("management.listener", API_MOVES),
          refused("management.path_prefix", API_MOVES),
          row(
              "management.ssl",
              AS_IS,
              ifHas("management.tcp.port", "15672"),
              "closes the port without TLS, by which the operator reaches a node, unless there is"
                  + " also a line management.tcp.port = 15672"),
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
              "must not be above 5000: consumers are scaled by what was counted in 5 s"),
          refusedUnless(
              "collect_statistics",
              ifIs("coarse", "fine"),
              "has no effect, because the management plugin needs statistics"),
          refusedUnless("management.http_log_dir", IF_BELOW_TMP, ONLY_TMP),
          refusedUnless("http_dispatch.access_log_dir", IF_BELOW_TMP, ONLY_TMP),
          // Metrics.
          refusedUnless("prometheus.tcp.port", ifIs("15692"), METRICS_MOVE),
          refusedUnless("prometheus.tcp.ip", IF_ANY_ADDRESS, METRICS_MOVE),
          refused("prometheus.tcp.listener", METRICS_MOVE),
          refusedUnless("prometheus.path", ifIs("/metrics"), METRICS_MOVE),
          row(
              "prometheus.ssl",
              AS_IS,
              ifHas("prometheus.tcp.port", "15692"),
              "closes the port without TLS, which the Service and the monitors expect, unless there"
                  + " is also a line prometheus.tcp.port = 15692"),
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
              "reads a file that the operator does not know; write its lines here"));

  private ConfigKeys() {}

  /** The row of a key; empty when the table has none, and a user may set it. */
  public static Optional<Row> row(String key) {
    return TABLE.stream().filter(row -> row.covers(key)).max(Comparator.comparing(Row::words));
  }

  /** Whether a user's configuration takes the place of the operator's line of that key. */
  static boolean isReplaced(String operatorsKey, RabbitConf users) {
    return TABLE.stream()
        .filter(row -> row.treatment() == REPLACES && row.covers(operatorsKey))
        .anyMatch(row -> users.family(row.family()).findAny().isPresent());
  }

  private static Row row(
      String family, Treatment treatment, BiPredicate<Setting, RabbitConf> allows, String reason) {
    return new Row(family, treatment, allows, reason);
  }

  private static Row asIs(String family) {
    return row(family, AS_IS, (line, config) -> true, "");
  }

  private static Row replaces(String family) {
    return row(family, REPLACES, (line, config) -> true, "");
  }

  private static Row refused(String family, String reason) {
    return row(family, REFUSED, (line, config) -> false, reason);
  }

  private static Row refusedUnless(
      String family, BiPredicate<Setting, RabbitConf> allows, String reason) {
    return row(family, REFUSED, allows, reason);
  }

  private static BiPredicate<Setting, RabbitConf> ifIs(String... values) {
    return (line, config) -> Set.of(values).contains(line.value());
  }

  private static BiPredicate<Setting, RabbitConf> ifNoneIs(String key) {
    return (line, config) -> config.family(key).findAny().isEmpty();
  }

  private static BiPredicate<Setting, RabbitConf> ifHas(String family, String... values) {
    return (line, config) -> has(config, family, values);
  }

  /** For both what a user is and what a user may: not for auth_backends.1.authz alone. */
  private static BiPredicate<Setting, RabbitConf> ifInternal(String family) {
    Set<String> internal = Set.of("internal", "rabbit_auth_backend_internal");
    return (line, config) ->
        config
            .family(family)
            .filter(backend -> backend.key().matches(".*\\.[0-9]+"))
            .anyMatch(backend -> internal.contains(backend.value()));
  }

  /** Whether a line of the family has one of the values. */
  private static boolean has(RabbitConf config, String family, String... values) {
    return config.family(family).anyMatch(line -> Set.of(values).contains(line.value()));
  }
}
