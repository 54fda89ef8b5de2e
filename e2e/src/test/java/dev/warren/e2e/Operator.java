package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.TestBed.tryKubectl;
import static org.awaitility.Awaitility.await;

import dev.warren.e2e.TestBed.Printed;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/**
 * An installed operator: the one of all namespaces, or one that a test class has for itself. A
 * class that kills or stops its operator needs its own, since other classes run at the same time.
 */
final class Operator {

  /** Serves the topologies of all namespaces, but for those with the label {@link #OWN_LABEL}. */
  static final Operator SHARED = new Operator("warren-system");

  /** The label of topologies that the operator of their own namespace serves. */
  static final String OWN_LABEL = "warren.test/operator";

  private static final String DEPLOYMENT = "deployment/warren";
  private static final String PODS = "--selector=app.kubernetes.io/component=operator";

  /**
   * Kubernetes' own controllers look at an API server that was away after up to a minute
   * (client-go's reflector backs off for 30 s, and by chance for twice that). Until then no missing
   * Pod is created.
   */
  private static final Duration STARTED = Duration.ofSeconds(120);

  private final String namespace;

  private Operator(String namespace) {
    this.namespace = namespace;
  }

  /** Installs an operator that serves only the labelled topologies of its own namespace. */
  static Operator installIn(String namespace) {
    TestBed.install(
        namespace,
        "--set",
        "watchNamespaces={%s}".formatted(namespace),
        "--set",
        "topologySelector=" + OWN_LABEL,
        "--set",
        "crds.install=false");
    return new Operator(namespace);
  }

  /** The namespace of its Pod. */
  String namespace() {
    return namespace;
  }

  boolean isShared() {
    return this == SHARED;
  }

  /**
   * The operator that is the leader.
   *
   * @param holder the Pod's name
   * @param renewedAt when it last said that it does
   */
  record Lease(String holder, Instant renewedAt) {}

  Lease lease() {
    String[] fields =
        here(
                "get",
                "lease",
                "warren-operator",
                "--output=jsonpath={.spec.holderIdentity} {.spec.renewTime}")
            .split(" ");
    return new Lease(fields[0], Instant.parse(fields[1]));
  }

  /** Waits until another operator than the killed one leads. */
  void awaitAnother(Lease killed) {
    await("another operator works")
        .atMost(STARTED)
        .until(this::lease, lease -> !lease.holder().equals(killed.holder()));
  }

  /** Ends its Pod without warning; Kubernetes starts another. */
  void kill() {
    here("delete", "pods", PODS, "--force", "--grace-period=0");
  }

  void stop() {
    here("scale", DEPLOYMENT, "--replicas=0");
    here("wait", "--for=delete", "pods", PODS, "--timeout=60s");
  }

  /** Starts it again after {@link #stop}. */
  void start() {
    here("scale", DEPLOYMENT, "--replicas=1");
  }

  /** The machine that it runs on, as soon as it does. */
  String machine() {
    return await("the operator's Pod runs")
        .atMost(STARTED)
        .until(
            () ->
                here(
                    "get",
                    "pods",
                    PODS,
                    "--field-selector=status.phase=Running",
                    "--output=jsonpath={.items[*].spec.nodeName}"),
            machine -> !machine.isEmpty());
  }

  /** The sum of a metric without labels of a topology. */
  double metric(String name) {
    return metrics()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Whether it serves topologies of that namespace: its metrics have the conditions of each. */
  boolean serves(String topologies) {
    return metrics().anyMatch(line -> line.contains("namespace=\"" + topologies + "\""));
  }

  private Stream<String> metrics() {
    return kubectl(
            "get",
            "--raw",
            "/api/v1/namespaces/%s/services/warren:http/proxy/q/metrics".formatted(namespace))
        .lines();
  }

  Printed log() {
    return tryKubectl("", "--namespace", namespace, "logs", DEPLOYMENT, "--tail=200");
  }

  private String here(String... arguments) {
    return kubectl(
        Stream.of(new String[] {"--namespace", namespace}, arguments)
            .flatMap(Stream::of)
            .toArray(String[]::new));
  }
}
