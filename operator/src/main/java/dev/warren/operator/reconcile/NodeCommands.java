package dev.warren.operator.reconcile;

import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.QueueNodePod;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs what RabbitMQ has no HTTP request for in the container of a queue node. */
final class NodeCommands {

  /** For a command that only asks. */
  static final Duration QUERY_LIMIT = Duration.ofSeconds(10);

  /**
   * For one that changes something. Forgetting waits 7 s for the lost node several times if its
   * name can still be resolved.
   */
  static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);

  /** What a command came to. */
  record Result(int exitCode, String output) {}

  private final KubernetesClient kubernetes;

  NodeCommands(KubernetesClient kubernetes) {
    this.kubernetes = kubernetes;
  }

  /**
   * Runs a command.
   *
   * @throws BrokerException when it could not be run, or did not end in time
   */
  Result run(Pod pod, Duration limit, String... command) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (ExecWatch execution =
        kubernetes
            .pods()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getMetadata().getName())
            .inContainer(QueueNodePod.CONTAINER)
            .writingOutput(output)
            .writingError(output)
            .exec(command)) {
      int exitCode = execution.exitCode().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Result(exitCode, output.toString(StandardCharsets.UTF_8).strip());
    } catch (TimeoutException e) {
      throw failed(pod, command, "did not end within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException | KubernetesClientException e) {
      throw failed(pod, command, "could not be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(pod, command, "was interrupted", e);
    }
  }

  private static BrokerException failed(Pod pod, String[] command, String why, Exception cause) {
    return new BrokerException(
        Kind.UNAVAILABLE,
        "%s in Pod %s %s".formatted(command[0], pod.getMetadata().getName(), why),
        cause);
  }
}
