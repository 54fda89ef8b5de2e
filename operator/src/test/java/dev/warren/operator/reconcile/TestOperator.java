package dev.warren.operator.reconcile;

import dev.warren.operator.config.OperatorConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;

/** The operator as it runs in a Pod, but that its start does not wait so long. */
final class TestOperator implements AutoCloseable {

  private static final OperatorConfig CONFIG =
      new OperatorConfig() {
        @Override
        public String queueNodeImage() {
          return "example.org/queue-node:1";
        }

        @Override
        public String gatewayImage() {
          return "example.org/gateway:1";
        }

        @Override
        public boolean assignedUsers() {
          return false;
        }
      };

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final ServedNamespaces namespaces;
  private final Operator operator;

  TestOperator(KubernetesClient kubernetes, Set<String> watched) {
    Properties settings = settings();
    namespaces = new ServedNamespaces(kubernetes, meters);
    operator =
        new Operator(
            override ->
                override
                    .withKubernetesClient(kubernetes)
                    .withCloseClientOnStop(false)
                    .withStopOnInformerErrorDuringStartup(
                        Boolean.parseBoolean(
                            settings.getProperty(
                                "quarkus.operator-sdk.stop-on-informer-error-during-startup")))
                    .withCacheSyncTimeout(Duration.ofSeconds(1)));
    operator.register(
        new MessageTopologyReconciler(kubernetes, namespaces, CONFIG, meters, Clock.systemUTC()),
        controller -> controller.settingNamespaces(watched));
    operator.start();
  }

  private static Properties settings() {
    Properties settings = new Properties();
    try (InputStream file = TestOperator.class.getResourceAsStream("/application.properties")) {
      settings.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return settings;
  }

  /** The watched namespaces, each with the reason why it is not served. */
  Map<String, Optional<String>> namespaces() {
    return namespaces.all();
  }

  boolean isReady() {
    return switch (new NamespacesCheck(namespaces).call().getStatus()) {
      case UP -> true;
      case DOWN -> false;
    };
  }

  /** What the metric says of a namespace. */
  double served(String namespace) {
    return meters.get("warren.namespace.served").tag("namespace", namespace).gauge().value();
  }

  @Override
  public void close() {
    operator.stop();
  }
}
