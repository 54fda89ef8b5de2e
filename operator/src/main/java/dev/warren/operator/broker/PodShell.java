package dev.warren.operator.broker;

import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.QueueNodePod;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs commands through the Kubernetes API. */
final class PodShell implements NodeShell {

  private final KubernetesClient kubernetes;

  PodShell(KubernetesClient kubernetes) {
    this.kubernetes = kubernetes;
  }

  @Override
  public Result run(Pod pod, Duration limit, String... command) {
    BoundedOutput output = new BoundedOutput();
    try (ExecWatch execution =
        kubernetes
            .pods()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(pod.getMetadata().getName())
            .inContainer(QueueNodePod.CONTAINER)
            .writingOutput(output)
            .writingError(output)
            .exec(command)) {
      CompletableFuture.anyOf(execution.exitCode(), output.overflow())
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return new Result(execution.exitCode().join(), output.text().strip());
    } catch (TimeoutException e) {
      throw failed(pod, command, "did not end within " + limit.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof TooLongException tooLong
          ? failed(pod, command, tooLong.getMessage(), e)
          : failed(pod, command, "could not be run: " + e.getMessage(), e);
    } catch (KubernetesClientException e) {
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
