package dev.warren.e2e;

import static dev.warren.e2e.TestBed.auditLog;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In the desired state the operator writes nothing. */
class ConvergedE2E {

  /** Several passes, and longer than anything that is done each minute. */
  private static final Duration QUIET = Duration.ofSeconds(80);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  /** The time after the first Ready until the counters in the status are current. */
  private static final Duration SETTLED = Duration.ofSeconds(30);

  private static final String REQUEST_LOG = "/tmp/requests";
  private static final Pattern WRITE = Pattern.compile("\\[.*?] \"(PUT|POST|PATCH|DELETE) [^\"]*");
  private static final String OPERATOR =
      "system:serviceaccount:" + Operator.SHARED.namespace() + ":";
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-converged");

  private final Topology topology = namespace.topology("orders");
  private Set<String> written = Set.of();

  @Test
  void nothingIsWritten() {
    topology
        .apply(
            """
            nodes:
              replicas: 3
              storage: {size: 1Gi}
              config: management.http_log_dir = %s
            exchanges: [{name: events, type: topic}, {name: alerts, type: headers}]
            queues:
              - {name: work, messageTTL: 1h, deadLetter: {queue: work.failed}, deliveryLimit: 5}
              - {name: work.failed, maxLengthBytes: 500Mi}
              - {name: log, type: stream, maxAge: 7d}
              - {name: notes, type: classic, arguments: {x-max-priority: 2}}
            bindings:
              - {exchange: events, queue: work, routingKey: "order.#"}
              - {exchange: alerts, queue: work.failed, routingKey: '', arguments: {x-match: all, region: eu, level: 3}}
            consumers: [%s]
            """
                .formatted(REQUEST_LOG, ClientPod.asConsumer("worker", "work")))
        .awaitReady();
    assertThat(writesToKubernetes()).as("the audit log shows the operator's work").isNotEmpty();
    assertThat(writesToTheBroker()).as("the request logs show the operator's work").isNotEmpty();

    await("nothing is written")
        // What was written stays in the logs, so nothing is missed between two looks.
        .pollInterval(BETWEEN_LOOKS)
        .during(QUIET)
        .atMost(QUIET.plus(SETTLED).plus(BETWEEN_LOOKS.multipliedBy(2)))
        .until(this::nothingWasWritten);
  }

  /** Whether all logs and versions are what they were at the last call. */
  private boolean nothingWasWritten() {
    Set<String> now =
        Stream.of(versions(), writesToKubernetes(), writesToTheBroker())
            .flatMap(lines -> lines)
            .collect(toSet());
    boolean same = now.equals(written);
    if (!same && !written.isEmpty()) {
      now.stream()
          .filter(line -> !written.contains(line))
          .forEach(line -> System.out.println("written after Ready: " + line));
    }
    written = now;
    return same;
  }

  private Stream<String> versions() {
    return Stream.<HasMetadata>concat(topology.owned().stream(), Stream.of(topology.get()))
        .map(
            object ->
                "%s %s is of version %s"
                    .formatted(
                        object.getKind(),
                        object.getMetadata().getName(),
                        object.getMetadata().getResourceVersion()));
  }

  /** The operator's writes to Kubernetes in this namespace. */
  private static Stream<String> writesToKubernetes() {
    try {
      return Files.readAllLines(auditLog()).stream()
          // Most lines are about other tests: none of these is parsed.
          .filter(line -> line.contains(OPERATOR) && line.contains(namespace.name()))
          .map(ConvergedE2E::read)
          .filter(write -> write.at("/user/username").asText().startsWith(OPERATOR))
          .filter(write -> write.at("/objectRef/namespace").asText().equals(namespace.name()))
          .map(
              write ->
                  "%s %s %s"
                      .formatted(
                          write.path("requestReceivedTimestamp").asText(),
                          write.path("verb").asText(),
                          write.path("requestURI").asText()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode read(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(line, e);
    }
  }

  /** All writes by the management API, through any node. */
  private Stream<String> writesToTheBroker() {
    return topology.nodes().stream()
        .map(Pod::getMetadata)
        .flatMap(
            node ->
                namespace
                    .run("exec", node.getName(), "--", "sh", "-c", "cat " + REQUEST_LOG + "/*")
                    .lines()
                    .flatMap(line -> WRITE.matcher(line).results())
                    .map(MatchResult::group)
                    .map(write -> node.getName() + " " + write));
  }
}
