package dev.warren.operator.model;

import static java.util.stream.Collectors.joining;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The configuration that all queue nodes of a topology share. */
public final class QueueNodeConfig {

  static final String OPERATOR_CONF = "10-operator.conf";
  static final String DISK_CONF = "20-disk.conf";
  static final String USER_CONF = "90-user.conf";
  static final String ENABLED_PLUGINS = "enabled_plugins";

  /** How many members a quorum queue has by default, in RabbitMQ too. */
  public static final int DEFAULT_MEMBERS = 3;

  /** With less memory RabbitMQ does not start. */
  public static final Quantity LEAST_MEMORY = new Quantity("128Mi");

  private static final List<String> PLUGINS =
      List.of(
          "rabbitmq_management",
          "rabbitmq_prometheus",
          "rabbitmq_peer_discovery_k8s",
          // Moves the messages of a queue that is recreated.
          "rabbitmq_shovel",
          // Reports the state of moves.
          "rabbitmq_shovel_management");

  private static final String STREAMS_CONF =
      """

      # RabbitMQ directs clients of a stream to a node that has it, by a name that each Pod can resolve.
      stream.advertised_host = $(%1$s)
      stream.advertised_tls_host = $(%1$s)
      """
          .formatted(QueueNodeContainer.HOST);

  private static final long GIB = 1L << 30;

  private QueueNodeConfig() {}

  /**
   * The ConfigMap of the nodes.
   *
   * @param volume the bytes of the smallest of their volumes
   */
  public static ConfigMap configMap(
      Owner owner, ResourceNames names, MessageTopologySpec spec, long volume) {
    return new ConfigMapBuilder()
        .withMetadata(
            owner.owned(names.configMap(), Component.QUEUE_NODE, UserMetadata.of(spec)).build())
        .withData(files(owner, spec, volume))
        .build();
  }

  /**
   * A fingerprint of the configuration. A change of it restarts running nodes. It leaves out
   * plugins, because they are enabled at run time, and the growth of a volume: until its next
   * start, a node keeps a little less space free than it could. It has nothing of a certificate,
   * because nodes read new ones while they run.
   */
  static String revision(Owner owner, MessageTopologySpec spec) {
    Map<String, String> files = new HashMap<>(files(owner, spec, 0));
    files.remove(DISK_CONF);
    files.remove(ENABLED_PLUGINS);
    return Revision.of(files);
  }

  /** File names and their contents. */
  static Map<String, String> files(Owner owner, MessageTopologySpec spec, long volume) {
    NodesSpec nodes = spec.nodes();
    RabbitConf users = RabbitConf.of(nodes.config());
    return Map.of(
        OPERATOR_CONF,
        withoutReplaced(operatorConf(owner, nodes) + NodeTls.lines(spec), users),
        DISK_CONF,
        withoutReplaced("disk_free_limit.absolute = %d\n".formatted(freeDisk(volume)), users),
        USER_CONF,
        nodes.config() == null ? "" : nodes.config(),
        ENABLED_PLUGINS,
        "[" + String.join(",", plugins(spec)) + "].\n",
        NodeTls.INTER_NODE_FILE,
        NodeTls.interNodeFile());
  }

  /**
   * The operator's lines without those that the user replaces. It is not enough that the user's
   * lines come later: of a relative and an absolute limit, RabbitMQ takes the absolute one.
   */
  private static String withoutReplaced(String operators, RabbitConf users) {
    return operators
        .lines()
        .filter(line -> !ConfigKeys.isReplaced(line.split(" ")[0], users))
        .map(line -> line + "\n")
        .collect(joining());
  }

  private static String operatorConf(Owner owner, NodesSpec nodes) {
    return """
        cluster_name = %s
        # A blank node joins this one, and waits for it if need be; it never founds a cluster of its own.
        cluster_formation.peer_discovery_backend = k8s
        cluster_formation.k8s.seed_node = $(%s)
        # Seconds of silence after which a node counts as down. Until then the others wait for it.
        net_ticktime = 10
        # Milliseconds between two looks at whether a queue's leader still lives; RabbitMQ's default is 5000.
        raft.adaptive_failure_detector.poll_interval = 2000

        # Used at the first start only, and not if the user's lines import definitions. Then the operator creates its
        # account by a command.
        default_user = $(%s)
        default_pass = $(%s)
        auth_mechanisms.1 = PLAIN
        auth_mechanisms.2 = AMQPLAIN

        # A client that declares a queue without a type gets a replicated one, and one that declares
        # a quorum queue of the topology need not know how it is made.
        default_queue_type = quorum
        quorum_queue.property_equivalence.relaxed_checks_on_redeclaration = true
        queue_leader_locator = balanced
        # The operator keeps each queue's members; this removes those of nodes that were forgotten.
        quorum_queue.continuous_membership_reconciliation.enabled = true
        quorum_queue.continuous_membership_reconciliation.auto_remove = true

        # RabbitMQ cannot see the container's limit. In bytes.
        total_memory_available_override_value = %d
        """
            .formatted(
                owner.topology(),
                QueueNodeContainer.SEED_NODE,
                QueueNodeContainer.ADMIN_USERNAME,
                QueueNodeContainer.ADMIN_PASSWORD,
                usableMemory(QueueNodeContainer.resources(nodes)))
        + STREAMS_CONF;
  }

  /**
   * The part of the container's memory limit that RabbitMQ may count on, in bytes. The reserve of
   * 20 %, at most 2 GiB, is that of RabbitMQ's own cluster operator.
   */
  static long usableMemory(ResourceRequirements resources) {
    long limit = Quantity.getAmountInBytes(MemoryBounded.limit(resources)).longValue();
    return limit - Math.min(limit / 5, 2 * GIB);
  }

  /** The memory limit of a node's container. */
  public static Quantity memoryLimit(NodesSpec nodes) {
    return MemoryBounded.limit(QueueNodeContainer.resources(nodes));
  }

  /** Below this many free bytes a node blocks publishers: a fifth of its volume, at most 2 GB. */
  private static long freeDisk(long volume) {
    return Math.min(volume / 5, 2_000_000_000L);
  }

  /** The plugins that must be enabled on each node. */
  public static Set<String> plugins(MessageTopologySpec spec) {
    Set<String> plugins = new LinkedHashSet<>(PLUGINS);
    if (spec.tls().clients() == Clients.Mutual) {
      plugins.add(NodeTls.CERTIFICATE_LOGIN);
    }
    plugins.addAll(spec.nodes().plugins());
    return plugins;
  }
}
