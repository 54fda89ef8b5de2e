package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    assertThat(QueueNodeConfig.files(OWNER, NodesSpecs.of(""), volume))
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

  private static String operatorConf(String nodes) {
    return files(nodes).get(QueueNodeConfig.OPERATOR_CONF);
  }

  private static Map<String, String> files(String nodes) {
    return QueueNodeConfig.files(OWNER, NodesSpecs.of(nodes), 10_000_000_000L);
  }
}
