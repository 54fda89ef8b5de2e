package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The examples work, and quickly, and leave nothing behind when they are deleted. */
@Order(7)
class HelloE2E {

  private static final Duration SOON = Duration.ofSeconds(60);

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-hello");

  @Test
  void aMessageThatIsSentIsReceived() {
    Topology hello = example("hello/hello.yaml", "hello").awaitReady();

    String sender = runJob("hello/send.yaml");

    Pattern received = Pattern.compile("Received Hello World! (\\d+) from " + sender);
    await("100 messages are received")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(logged(hello, received)).hasSize(100));
  }

  /** The example has three nodes, ten queues and two consumers. */
  @Test
  void anExampleIsReadyInLessThanAMinuteAndARejectedMessageIsADeadLetter() {
    long applied = System.nanoTime();
    Topology orders = example("orders/orders.yaml", "orders").awaitReady(SOON);
    System.out.printf(
        "apply to Ready, 3 nodes, 10 queues and 2 consumers: %.1f s%n",
        (System.nanoTime() - applied) / 1e9);

    String sender = runJob("orders/order.yaml");

    Pattern billed = Pattern.compile("invoices: did " + sender + "/(\\d+)");
    Pattern shipped = Pattern.compile("shipments: did " + sender + "/(\\d+)");
    Pattern rejected = Pattern.compile("shipments: rejected " + sender + "/(\\d+)");
    await("100 orders are handled")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(logged(orders, billed)).hasSize(100);
              assertThat(logged(orders, shipped)).hasSize(90);
              assertThat(logged(orders, rejected)).hasSize(10);
            });
    Broker broker = orders.broker();
    await("and the rest is where it belongs")
        .atMost(SOON)
        .untilAsserted(
            () -> {
              assertThat(broker.messages("shipments")).isZero();
              assertThat(broker.messages("shipments.failed")).isEqualTo(10);
              assertThat(broker.messages("alerts.eu")).isEqualTo(5);
              assertThat(broker.messages("audit")).isEqualTo(200);
            });
    orders.timeDeletion("with its three nodes", orders::delete);
  }

  /** The example takes nothing in plain text. */
  @Test
  void whatIsSentByTlsIsReceivedByTls() {
    Topology tls = example("tls/tls.yaml", "tls").awaitReady();

    String sender = runJob("tls/pay.yaml");

    Pattern paid = Pattern.compile("Paid ((amqps|https)/" + sender + "/\\d+)");
    await("50 payments by AMQPS and 50 by HTTPS are received")
        .atMost(SOON)
        .untilAsserted(() -> assertThat(logged(tls, paid)).hasSize(100));
    tls.deleteWithoutWaiting();
  }

  private static Topology example(String file, String topology) {
    namespace.apply(TestBed.example(file));
    return namespace.topology(topology);
  }

  /** Runs an example's Job to its end and returns the name of its Pod, which is in its messages. */
  private static String runJob(String file) {
    String job = namespace.create(TestBed.example(file));
    namespace.run("wait", "--for=condition=Complete", "--timeout=120s", job);
    String label = "--selector=batch.kubernetes.io/job-name=" + job.replaceFirst(".*/", "");
    return namespace.run("get", "pods", label, "--output=jsonpath={.items[0].metadata.name}");
  }

  /** The different numbers that the topology's consumers logged by the pattern. */
  private static Set<String> logged(Topology topology, Pattern pattern) {
    return topology.consumers().stream()
        .map(pod -> namespace.run("logs", pod.getMetadata().getName()))
        .flatMap(log -> pattern.matcher(log).results())
        .map(result -> result.group(1))
        .collect(Collectors.toSet());
  }
}
