package dev.warren.operator;

import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.MessageTopology;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real kube-apiserver that has our definition, started once for all the tests that register it.
 * It stores and validates. There are no controllers, so no Pod runs and no garbage is collected.
 */
public final class ApiServer implements BeforeAllCallback {

  public static final Path DEFINITION = Path.of("../crds/messagetopologies.warren.dev.yaml");

  private final boolean shared;
  private Running running;

  public ApiServer() {
    this(true);
  }

  private ApiServer(boolean shared) {
    this.shared = shared;
  }

  /** One for a single class, which may change the definition. */
  public static ApiServer ofOneClass() {
    return new ApiServer(false);
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        (shared ? context.getRoot() : context)
            .getStore(ExtensionContext.Namespace.create(ApiServer.class))
            .computeIfAbsent(Running.class, key -> new Running(), Running.class);
  }

  public KubernetesClient client() {
    return running.client;
  }

  /** A new namespace. */
  public String namespace() {
    return client()
        .resource(
            new NamespaceBuilder().withNewMetadata().withGenerateName("t-").endMetadata().build())
        .create()
        .getMetadata()
        .getName();
  }

  private static final class Running implements AutoCloseable {
    private final KubeAPIServer server;
    private final KubernetesClient client;

    Running() {
      requireEnvironment();
      // Offline by code: by environment it would fail in this version of kube-api-test.
      server =
          new KubeAPIServer(
              KubeAPIServerConfigBuilder.anAPIServerConfig().withOfflineMode(true).build());
      server.start();
      client =
          new KubernetesClientBuilder()
              .withConfig(config(Config.fromKubeconfig(server.getKubeConfigYaml())))
              .build();
      try {
        installDefinition();
      } catch (IOException | RuntimeException e) {
        close();
        throw new IllegalStateException("no test can run on the API server", e);
      }
    }

    /**
     * As in the operator's application.properties, and more patient: the server takes seconds to
     * check the definition's rules.
     */
    private static Config config(Config config) {
      config.setRequestRetryBackoffLimit(1);
      config.setRequestTimeout(60_000);
      return config;
    }

    private static void requireEnvironment() {
      for (String variable :
          List.of(
              KubeAPIServerConfigBuilder.KUBE_API_TEST_DIR,
              KubeAPIServerConfigBuilder.KUBE_API_TEST_API_SERVER_VERSION)) {
        if (System.getenv(variable) == null) {
          throw new IllegalStateException(
              variable
                  + " is not set, so there is no kube-apiserver to test on: use `make check`, or"
                  + " set it as the Makefile does");
        }
      }
    }

    private void installDefinition() throws IOException {
      try (InputStream definition = Files.newInputStream(DEFINITION)) {
        client.load(definition).create();
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .ignoreExceptions()
          .until(() -> client.resources(MessageTopology.class).list() != null);
    }

    @Override
    public void close() {
      client.close();
      server.stop();
    }
  }
}
