package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What users set of RabbitMQ and of its Pods, beside what the operator depends on. */
class ConfigurationE2E {

  private static final String QUEUES = "queues: [{name: work}]\n";

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-configuration");

  @Test
  void theOperatorRecoversFromImportedDefinitionsAndTheLossOfItsAccount() {
    namespace.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: definitions}
        stringData: {all.json: '{"users": [{"name": "shop", "password": "secret", "tags": ""}]}'}
        """);
    Topology topology =
        namespace
            .topology("imported")
            .apply(
                """
                nodes:
                  replicas: 1
                  storage: {size: 1Gi}
                  config: load_definitions = /definitions/all.json
                  podTemplate:
                    spec:
                      volumes: [{name: definitions, secret: {secretName: definitions}}]
                      containers:
                        - name: rabbitmq
                          volumeMounts: [{name: definitions, mountPath: /definitions}]
                """
                    + QUEUES)
            .awaitReady();
    assertThat(rabbitmqctl(topology, "authenticate_user", "shop", "secret")).contains("Success");

    rabbitmqctl(topology, "delete_user", "warren-admin");
    topology.apply(Topology.ONE_NODE + QUEUES.replace("]", ", {name: more}]")).awaitReady();
    assertThat(rabbitmqctl(topology, "list_users")).contains("warren-admin");
  }

  @Test
  void aDiskLimitReplacesTheOperatorsAndAConflictingLineIsRefused() {
    Topology topology =
        namespace
            .topology("limited")
            .apply(configured("disk_free_limit.relative = 0.5"))
            .awaitReady();
    assertThat(rabbitmqctl(topology, "eval", "application:get_env(rabbit, disk_free_limit)."))
        .contains("mem_relative");

    topology.apply(configured("default_user = shop"));
    topology.awaitTrouble("Validated", "spec.nodes.config", "line 1", "default_user");
    topology.apply(configured("")).awaitReady();
  }

  @Test
  void clientsReachPluginsThroughTheService() {
    Topology topology =
        namespace
            .topology("plugged")
            .apply(
                "nodes: {replicas: 1, storage: {size: 1Gi}, plugins: [rabbitmq_mqtt,"
                    + " rabbitmq_stream]}\n"
                    + QUEUES)
            .awaitReady();
    for (String port : new String[] {"1883", "5552"}) {
      exec(topology, "bash", "-c", ": </dev/tcp/plugged." + namespace.name() + ".svc/" + port);
    }
    assertThat(
            rabbitmqctl(topology, "eval", "application:get_env(rabbitmq_stream, advertised_host)."))
        .contains("plugged-0.plugged-nodes." + namespace.name() + ".svc");
  }

  @Test
  void nodesRunAsAnyUserAndLaterAsAnother() {
    Topology topology = namespace.topology("anybody").apply(as(1000700000)).awaitReady();
    assertThat(exec(topology, "id")).contains("uid=1000700000").contains("gid=0");

    topology.apply(as(1000700001)).awaitReady();
    assertThat(exec(topology, "id")).contains("uid=1000700001");
  }

  private static String as(long user) {
    return """
        nodes:
          replicas: 1
          storage: {size: 1Gi}
          podTemplate:
            spec:
              securityContext: {runAsUser: %d, runAsGroup: 0, fsGroup: 1000700000}
        """
            .formatted(user)
        + QUEUES;
  }

  private static String configured(String line) {
    return "nodes: {replicas: 1, storage: {size: 1Gi}, config: '" + line + "'}\n" + QUEUES;
  }

  private static String rabbitmqctl(Topology topology, String... arguments) {
    return exec(
        topology,
        Stream.concat(Stream.of("rabbitmqctl"), Stream.of(arguments)).toArray(String[]::new));
  }

  private static String exec(Topology topology, String... command) {
    return namespace.run(
        Stream.concat(
                Stream.of("exec", topology.name() + "-0", "--container", "rabbitmq", "--"),
                Stream.of(command))
            .toArray(String[]::new));
  }
}
