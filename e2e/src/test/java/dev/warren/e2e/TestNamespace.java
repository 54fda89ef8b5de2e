package dev.warren.e2e;

import static dev.warren.e2e.TestBed.CLIENT;
import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.TestBed.tryKubectl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.e2e.TestBed.Printed;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * A namespace of one test class, under the restricted profile. When a test fails, its objects are
 * printed. No test waits until it is gone: e2e/await-clean-up does that at the end.
 */
final class TestNamespace implements BeforeAllCallback, AfterAllCallback, TestWatcher {

  static {
    // What is asked in a loop is often a program: ten a second would take half a processor.
    Awaitility.setDefaultPollInterval(Duration.ofMillis(500));
    Awaitility.setDefaultPollDelay(Duration.ofMillis(100));
  }

  /** The label of all test namespaces. */
  private static final String LABEL = "warren.test/namespace";

  private static final Duration DELETION = Duration.ofSeconds(90);

  private final String name;
  private final boolean hasOwnOperator;
  private Operator operator = Operator.SHARED;

  TestNamespace(String name) {
    this(name, false);
  }

  private TestNamespace(String name, boolean hasOwnOperator) {
    this.name = name;
    this.hasOwnOperator = hasOwnOperator;
  }

  /** A namespace with an operator of its own, which may be killed. */
  static TestNamespace withOperator(String name) {
    return new TestNamespace(name, true);
  }

  /** The operator of this namespace. */
  Operator operator() {
    return operator;
  }

  String name() {
    return name;
  }

  Topology topology(String topology) {
    return new Topology(this, topology);
  }

  /** Runs kubectl in this namespace, which must succeed, and returns what it printed. */
  String run(String... arguments) {
    return kubectl(here(arguments));
  }

  /** {@code kubectl apply}, which must succeed. */
  void apply(String yaml) {
    Printed printed = tryApply(yaml);
    assertThat(printed.exitCode()).as(printed.text()).isZero();
  }

  Printed tryApply(String yaml) {
    return tryKubectl(yaml, here("apply", "--filename", "-"));
  }

  /** {@code kubectl create} of one object, which must succeed; returns its kind and name. */
  String create(String yaml) {
    Printed printed = tryKubectl(yaml, here("create", "--filename", "-", "--output", "name"));
    assertThat(printed.exitCode()).as(printed.text()).isZero();
    return printed.text().strip();
  }

  private String[] here(String... arguments) {
    return Stream.concat(Stream.of("--namespace", name), Stream.of(arguments))
        .toArray(String[]::new);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    // It may exist from an interrupted run.
    resource().delete();
    await(name + " is deleted").atMost(DELETION).until(() -> resource().get() == null);
    resource().create();
    run("create", "configmap", ClientPod.PROGRAMS, "--from-file", "src/test/resources/clients");
    if (hasOwnOperator) {
      operator = Operator.installIn(name);
    }
  }

  /**
   * Does not wait, and kills the Pods: an orderly stop of queue nodes, each with several commands
   * of RabbitMQ, would slow down the next tests.
   */
  @Override
  public void afterAll(ExtensionContext context) {
    if (resource().get() != null) {
      run("delete", "mtop", "--all", "--wait=false");
      run("delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false");
      resource().delete();
    }
  }

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    dump(context);
  }

  private Resource<Namespace> resource() {
    return CLIENT.resource(
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels(LABEL, "")
            .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
            .endMetadata()
            .build());
  }

  private void dump(ExtensionContext context) {
    String text =
        Stream.of(
                tryKubectl("", here("get", "mtop", "--output", "yaml")),
                tryKubectl("", here("get", "all,pvc,secret,configmap", "--output", "wide")),
                tryKubectl("", here("get", "events", "--sort-by", "lastTimestamp")),
                operator.log())
            .map(Printed::text)
            .reduce("", (all, next) -> all + "----%n".formatted() + next);
    System.err.printf(
        "==== %s, %s: what there is in %s%n%s====%n",
        context.getRequiredTestClass().getSimpleName(), context.getDisplayName(), name, text);
  }
}
