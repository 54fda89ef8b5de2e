package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.TestBed.tryKubectl;
import static org.awaitility.Awaitility.await;

import dev.warren.e2e.TestBed.Printed;
import java.time.Duration;
import java.time.Instant;

/** The operator as {@code e2e/install} left it. */
final class Operator {

  static final String NAMESPACE = "warren-system";

  private static final String HERE = "--namespace=" + NAMESPACE;
  private static final String DEPLOYMENT = "deployment/warren";
  private static final String PODS = "--selector=app.kubernetes.io/component=operator";

  /**
   * Kubernetes' own controllers look at an API server that was away after up to a minute
   * (client-go's reflector backs off for 30 s, and by chance for twice that): so long no Pod is
   * made for one that is gone.
   */
  private static final Duration STARTED = Duration.ofSeconds(120);

  /**
   * Which of the operators works.
   *
   * @param holder the Pod's name
   * @param renewedAt when it last said that it does
   */
  record Lease(String holder, Instant renewedAt) {}

  private Operator() {}

  static Lease lease() {
    String[] fields =
        kubectl(
                HERE,
                "get",
                "lease",
                "warren-operator",
                "--output=jsonpath={.spec.holderIdentity} {.spec.renewTime}")
            .split(" ");
    return new Lease(fields[0], Instant.parse(fields[1]));
  }

  /** Waits until another one works than the one that was killed. */
  static void awaitAnother(Lease killed) {
    await("another operator works")
        .atMost(STARTED)
        .until(Operator::lease, lease -> !lease.holder().equals(killed.holder()));
  }

  /** Ends its Pod without warning; Kubernetes starts another. */
  static void kill() {
    kubectl(HERE, "delete", "pods", PODS, "--force", "--grace-period=0");
  }

  static void stop() {
    kubectl(HERE, "scale", DEPLOYMENT, "--replicas=0");
    kubectl(HERE, "wait", "--for=delete", "pods", PODS, "--timeout=60s");
  }

  /** Starts it unless it runs, and waits until it does. */
  static void start() {
    kubectl(HERE, "scale", DEPLOYMENT, "--replicas=1");
    kubectl(HERE, "rollout", "status", DEPLOYMENT, "--timeout=90s");
  }

  /** The machine that it runs on, as soon as it does. */
  static String machine() {
    return await("the operator's Pod runs")
        .atMost(STARTED)
        .until(
            () ->
                kubectl(
                    HERE,
                    "get",
                    "pods",
                    PODS,
                    "--field-selector=status.phase=Running",
                    "--output=jsonpath={.items[*].spec.nodeName}"),
            machine -> !machine.isEmpty());
  }

  /** A figure of its metrics that has no labels but the operator's own, summed up. */
  static double metric(String name) {
    return kubectl(
            "get",
            "--raw",
            "/api/v1/namespaces/%s/services/warren:http/proxy/q/metrics".formatted(NAMESPACE))
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  static Printed log() {
    return tryKubectl("", HERE, "logs", DEPLOYMENT, "--tail=200");
  }
}
