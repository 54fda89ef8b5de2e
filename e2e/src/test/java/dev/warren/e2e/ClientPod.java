package dev.warren.e2e;

import static dev.warren.e2e.TestBed.CLIENT;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A program of {@code src/test/resources/clients} in a Pod of its own, connected as an application
 * is: through the topology's Service, with what its Secret says.
 */
final class ClientPod {

  /** The ConfigMap of the programs; each test's namespace has it. */
  static final String PROGRAMS = "clients";

  /** Where the files of a Secret are. */
  static final String FILES = "/files";

  /** Enough to hold the last report, whatever else the program logs. */
  private static final int LAST_LINES = 50;

  private static final Duration STARTED = Duration.ofSeconds(60);
  private static final Duration ANSWERED = Duration.ofSeconds(60);
  private static final Duration STOPPED = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TestNamespace namespace;
  private final String name;

  private ClientPod(TestNamespace namespace, String name) {
    this.namespace = namespace;
    this.name = name;
  }

  /** Starts a program for a queue of the topology, and waits for its first report. */
  static ClientPod start(String program, Topology topology, String queue) {
    return startWith(List.of(), program, topology, queue);
  }

  /** Starts it with a variable that it knows, such as DECLARE=no. */
  static ClientPod startWith(String variable, String program, Topology topology, String queue) {
    return startWith(List.of(variable), program, topology, queue);
  }

  /** Starts it with several variables. */
  static ClientPod startWith(
      List<String> variables, String program, Topology topology, String queue) {
    return start(program, topology, "", podSpec(program, environment(topology, queue, variables)));
  }

  /** Starts it on a machine. */
  static ClientPod startOn(String machine, String program, Topology topology, String queue) {
    String environment = environment(topology, queue, List.of());
    return start(program, topology, "nodeName: " + machine + ", ", podSpec(program, environment));
  }

  /** Starts it with the files of a Secret in the folder {@link #FILES}. */
  static ClientPod startWithFiles(
      String secret, List<String> variables, String program, Topology topology, String queue) {
    String environment = environment(topology, queue, variables);
    return start(program, topology, "", podSpec(program, environment, secret));
  }

  /**
   * Starts it by TLS. It verifies the name of what it reaches, and has a certificate if the
   * connection Secret has one. It does not take a busy machine for a lost connection.
   */
  static ClientPod startByTls(String program, Topology topology, String queue, String... more) {
    List<String> variables = new ArrayList<>(List.of(more));
    variables.add("RABBITMQ_CA_FILE=" + FILES + "/ca.crt");
    variables.add("HEARTBEAT=60");
    String secret = topology.name() + "-connection";
    String environment =
        environment(topology, queue, variables).replace("key: uri", "key: amqps-uri");
    return start(program, topology, "", podSpec(program, environment, secret));
  }

  private static String environment(Topology topology, String queue, List<String> variables) {
    String connection =
        """
        {name: RABBITMQ_QUEUE, value: "%s"},
        {name: RABBITMQ_URI, valueFrom: {secretKeyRef: {name: %s-connection, key: uri}}},
        """
            .formatted(queue, topology.name());
    return variables.stream()
        .map(variable -> variable.split("=", 2))
        .map(parts -> "{name: %s, value: '%s'}".formatted(parts[0], parts[1]))
        .collect(Collectors.joining(", ", connection, ""));
  }

  private static ClientPod start(String program, Topology topology, String placement, String spec) {
    topology
        .namespace()
        .apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %1$s, labels: {app: %1$s}}
            spec: {restartPolicy: Never, %2$s%3$s}
            """
                .formatted(program, placement, spec));
    ClientPod client = new ClientPod(topology.namespace(), program);
    await(program + " runs")
        .atMost(STARTED)
        .ignoreExceptions()
        .until(() -> !client.report().isMissingNode());
    return client;
  }

  /** A consumer of a topology, which is given its connection by the operator. */
  static String asConsumer(String name, String queue) {
    return "{name: %s, queue: '%s', template: {spec: {%s}}}"
        .formatted(name, queue, podSpec("consumer", ""));
  }

  /** A Pod of a program, as a consumer of a topology. */
  static String asConsumerOf(String program, String queue) {
    return "{name: %s, queue: '%s', template: {spec: {%s}}}"
        .formatted(program, queue, podSpec(program, ""));
  }

  /** Two Pods of a program, as a consumer of a topology. */
  static String asPairOfConsumers(String program, String queue, int prefetch) {
    return "{name: %s, queue: '%s', prefetch: %d, replicas: 2, template: {spec: {%s}}}"
        .formatted(program, queue, prefetch, podSpec(program, ""));
  }

  /** A slow consumer whose number of Pods follows the load. */
  static String asScaledConsumer(String program, String queue, int prefetch, String scaling) {
    return "{name: %s, queue: '%s', prefetch: %d, scaling: {%s}, template: {spec: {%s}}}"
        .formatted(program, queue, prefetch, scaling, podSpec(program, ""));
  }

  private static String podSpec(String program, String environment) {
    return podSpec(program, environment, "");
  }

  /**
   * The fields of a pod's spec, as the restricted profile wants them, on one line. If no Secret is
   * named, there are no files of it.
   */
  private static String podSpec(String program, String environment, String secret) {
    return """
        automountServiceAccountToken: false,
        securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}},
        containers: [{
          name: client, image: "warren.local/python-pika:3.14", command: [python3, -u, /clients/%s.py],
          env: [%s],
          securityContext: {
            allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}},
          volumeMounts: [{name: clients, mountPath: /clients}%s]}],
        volumes: [{name: clients, configMap: {name: %s}}%s]
        """
        .formatted(
            program,
            environment,
            secret.isEmpty() ? "" : ", {name: files, mountPath: %s}".formatted(FILES),
            PROGRAMS,
            secret.isEmpty() ? "" : ", {name: files, secret: {secretName: %s}}".formatted(secret))
        .replace('\n', ' ');
  }

  /** Waits until the program has got so many answers since it started. */
  void awaitAnswers(int number) {
    await(number + " requests are answered")
        .atMost(ANSWERED)
        .until(() -> report().path("answered").asInt() >= number);
  }

  /** The last report of the program; missing before the first. */
  JsonNode report() {
    // By the client library: a kubectl process for each call would slow down all tests.
    String last =
        CLIENT
            .pods()
            .inNamespace(namespace.name())
            .withName(name)
            .tailingLines(LAST_LINES)
            .getLog()
            .lines()
            .filter(line -> line.startsWith("{"))
            .reduce("", (a, b) -> b);
    try {
      return JSON.readTree(last);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(last, e);
    }
  }

  /** Sends the program a signal, such as USR1. */
  void signal(String signal) {
    namespace.run("exec", name, "--", "sh", "-c", "kill -%s 1".formatted(signal));
  }

  /** Stops the program, and returns its last report. */
  JsonNode stop() {
    signal("TERM");
    await(name + " ended").atMost(STOPPED).until(() -> report().path("final").asBoolean());
    return report();
  }

  /** Removes its Pod, so that another may have the name. */
  void remove() {
    namespace.run("delete", "pod", name, "--grace-period=1");
  }
}
