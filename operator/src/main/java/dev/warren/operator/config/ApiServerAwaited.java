package dev.warren.operator.config;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Waits at the start until the API server answers, whatever its answer. If the operator exited
 * instead, Kubernetes would restart it with growing delays of up to five minutes, and it could be
 * away for that long after the API server is back. The SDK starts after all observers of the
 * default priority.
 */
@Singleton
public class ApiServerAwaited {

  private static final Logger LOG = Logger.getLogger(ApiServerAwaited.class);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  private final KubernetesClient kubernetes;

  ApiServerAwaited(KubernetesClient kubernetes) {
    this.kubernetes = kubernetes;
  }

  void await(@Observes StartupEvent started) throws InterruptedException {
    String problem = "";
    for (String now = problem(); !now.isEmpty(); now = problem()) {
      if (!now.equals(problem)) {
        LOG.warnf("Waiting for the API server: %s", now);
        problem = now;
      }
      TimeUnit.MILLISECONDS.sleep(BETWEEN_LOOKS.toMillis());
    }
  }

  private String problem() {
    try {
      kubernetes.getKubernetesVersion();
      return "";
    } catch (KubernetesClientException e) {
      // Without an answer, the client's code is 0 or -1, and the cause has the reason.
      return e.getCode() > 0 ? "" : Objects.toString(e.getCause(), e.getMessage());
    }
  }
}
