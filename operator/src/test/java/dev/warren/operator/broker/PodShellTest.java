package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.broker.NodeShell.Result;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ContainerResource;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PodShellTest {

  private static final Pod POD = FakeShell.NODES.any();

  /** What a client returns where its interface does not say. */
  private static final Map<String, Class<?>> STEPS =
      Map.of(
          "inNamespace", NonNamespaceOperation.class,
          "withName", PodResource.class,
          "inContainer", ContainerResource.class);

  private final AtomicBoolean closed = new AtomicBoolean();
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private final CompletableFuture<OutputStream> output = new CompletableFuture<>();

  @Test
  void theResultIsWhatTheCommandPrints() {
    Thread.startVirtualThread(
        () -> {
          print("done\n");
          exitCode.complete(3);
        });

    assertThat(shell().run(POD, Duration.ofSeconds(10), "rabbitmqctl", "status"))
        .isEqualTo(new Result(3, "done"));
    assertThat(closed).isTrue();
  }

  @Test
  void aCommandWithEndlessOutputFailsAndIsNamedWithItsPod() {
    Thread.startVirtualThread(
        () -> {
          String part = "x".repeat(1 << 16);
          while (!closed.get()) {
            print(part);
          }
        });

    assertThatThrownBy(() -> shell().run(POD, Duration.ofSeconds(15), "rabbitmqctl", "eval"))
        .isInstanceOf(BrokerException.class)
        .hasMessage("rabbitmqctl in Pod orders-0 answered with more than 8 MiB, which is not read");
    assertThat(closed).isTrue();
  }

  private void print(String text) {
    try {
      output.join().write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PodShell shell() {
    return new PodShell((KubernetesClient) step(KubernetesClient.class));
  }

  /** Answers each call with the next step of it. */
  private Object step(Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> answer(method, arguments));
  }

  private Object answer(Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "writingOutput" -> {
        output.complete((OutputStream) arguments[0]);
        yield step(method.getReturnType());
      }
      case "exec" -> step(ExecWatch.class);
      case "exitCode" -> exitCode;
      case "close" -> {
        closed.set(true);
        yield null;
      }
      default -> step(STEPS.getOrDefault(method.getName(), method.getReturnType()));
    };
  }
}
