package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What users set of RabbitMQ and of its Pods, beside what the operator depends on. */
@Order(7)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConfigurationE2E {

  private static final String DEFINITIONS =
      """
      apiVersion: v1
      kind: Secret
      metadata: {name: definitions}
      stringData: {all.json: '{"users": [{"name": "shop", "password": "secret", "tags": ""}]}'}
      """;

  private static final String NODES =
      """
      nodes:
        replicas: 1
        storage: {size: 1Gi}
        plugins: [rabbitmq_mqtt, rabbitmq_stream]
        config: |
          load_definitions = /definitions/all.json
          disk_free_limit.relative = 0.5
        podTemplate:
          spec:
            securityContext: {runAsUser: 1000700000, runAsGroup: 0, fsGroup: 1000700000}
            volumes: [{name: definitions, secret: {secretName: definitions}}]
            containers:
              - name: rabbitmq
                volumeMounts: [{name: definitions, mountPath: /definitions}]
      """;

  private static final String QUEUES = "queues: [{name: work}]\n";

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-configuration");

  private static final Topology topology = namespace.topology("orders");

  @BeforeAll
  static void start() {
    namespace.apply(DEFINITIONS);
    topology.apply(NODES + QUEUES).awaitReady();
  }

  @Test
  void theOperatorRecoversFromImportedDefinitionsAndTheLossOfItsAccount() {
    assertThat(rabbitmqctl("authenticate_user", "shop", "secret")).contains("Success");

    rabbitmqctl("delete_user", "warren-admin");
    topology.apply(NODES + QUEUES.replace("]", ", {name: more}]")).awaitReady();
    assertThat(topology.broker().queues()).as("by its account").contains("more");
  }

  @Test
  void aDiskLimitReplacesTheOperatorsAndAConflictingLineIsRefused() {
    assertThat(rabbitmqctl("eval", "application:get_env(rabbit, disk_free_limit)."))
        .contains("mem_relative");

    topology.apply(NODES.replace("disk_free_limit.relative = 0.5", "default_user = shop") + QUEUES);
    topology.awaitTrouble("Validated", "spec.nodes.config", "line 2", "default_user");
    topology.apply(NODES + QUEUES).awaitReady();
  }

  @Test
  void clientsReachPluginsThroughTheService() {
    for (String port : new String[] {"1883", "5552"}) {
      exec("bash", "-c", ": </dev/tcp/orders." + namespace.name() + ".svc/" + port);
    }
    assertThat(rabbitmqctl("eval", "application:get_env(rabbitmq_stream, advertised_host)."))
        .contains("orders-0.orders-nodes." + namespace.name() + ".svc");
  }

  /** The last one, because it changes what the others start with. */
  @Test
  @Order(Integer.MAX_VALUE)
  void nodesRunAsAnyUserAndLaterAsAnother() {
    assertThat(exec("id")).contains("uid=1000700000").contains("gid=0");

    topology
        .apply(NODES.replace("runAsUser: 1000700000", "runAsUser: 1000700001") + QUEUES)
        .awaitReady();
    assertThat(exec("id")).contains("uid=1000700001");
  }

  private static String rabbitmqctl(String... arguments) {
    return exec(
        Stream.concat(Stream.of("rabbitmqctl"), Stream.of(arguments)).toArray(String[]::new));
  }

  private static String exec(String... command) {
    return namespace.run(
        Stream.concat(
                Stream.of("exec", "orders-0", "--container", "rabbitmq", "--"), Stream.of(command))
            .toArray(String[]::new));
  }
}
