package dev.warren.api.v1alpha1;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubeapitest.KubeAPIServerConfig;
import io.fabric8.kubeapitest.KubeAPIServerConfigBuilder;
import io.fabric8.kubeapitest.binary.BinaryManager;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real kube-apiserver that has our definition, started once for all the tests that register this.
 */
final class ApiServer implements BeforeAllCallback {

  private Running running;

  @Override
  public void beforeAll(ExtensionContext context) {
    running =
        context
            .getRoot()
            .getStore(ExtensionContext.Namespace.GLOBAL)
            .computeIfAbsent(Running.class, key -> new Running(), Running.class);
  }

  KubernetesClient client() {
    return running.client;
  }

  /** A resource with the spec, as a user would write it: YAML that our classes did not write. */
  GenericKubernetesResource topology(String name, String spec) {
    return client()
        .getKubernetesSerialization()
        .unmarshal(
            """
            apiVersion: warren.dev/v1alpha1
            kind: MessageTopology
            metadata: {name: "%s", namespace: default}
            spec: %s
            """
                .formatted(name, spec),
            GenericKubernetesResource.class);
  }

  /** A stored resource, by our classes. */
  Resource<MessageTopology> resource(String name) {
    return client().resources(MessageTopology.class).inNamespace("default").withName(name);
  }

  /** What the server makes of the resource, with kubectl's strictness; nothing is stored. */
  GenericKubernetesResource accept(GenericKubernetesResource topology) {
    return client().resource(topology).dryRun().fieldValidation(Validation.STRICT).create();
  }

  GenericKubernetesResource create(GenericKubernetesResource topology) {
    return strictly(topology).create();
  }

  /** Puts the resource in the place of one that is stored. */
  GenericKubernetesResource replace(
      GenericKubernetesResource stored, GenericKubernetesResource topology) {
    topology.getMetadata().setResourceVersion(stored.getMetadata().getResourceVersion());
    return strictly(topology).update();
  }

  private NonDeletingOperation<GenericKubernetesResource> strictly(
      GenericKubernetesResource topology) {
    return client().resource(topology).fieldValidation(Validation.STRICT);
  }

  /** Runs kubectl as the administrator. */
  Printed kubectl(String... arguments) {
    return running.kubectl(arguments);
  }

  record Printed(int exitCode, String text) {}

  private static final class Running implements AutoCloseable {
    private final KubeAPIServer server;
    private final KubernetesClient client;
    private final Path kubectl;
    private final Path kubeconfig;

    Running() {
      requireEnvironment();
      // Offline by code: by environment it would fail in this version of kube-api-test.
      KubeAPIServerConfig config =
          KubeAPIServerConfigBuilder.anAPIServerConfig().withOfflineMode(true).build();
      BinaryManager binaries = new BinaryManager(config);
      binaries.initAndDownloadIfRequired();
      kubectl = binaries.binaries().getKubectl().toPath();
      server = new KubeAPIServer(config);
      server.start();
      client =
          new KubernetesClientBuilder()
              .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
              .build();
      try {
        kubeconfig = Files.writeString(temporaryFile(), server.getKubeConfigYaml());
        installDefinition();
      } catch (IOException | RuntimeException e) {
        close();
        throw new IllegalStateException("no test can run on the API server", e);
      }
    }

    private static Path temporaryFile() throws IOException {
      Path file = Files.createTempFile("kubeconfig", ".yaml");
      file.toFile().deleteOnExit();
      return file;
    }

    private static void requireEnvironment() {
      for (String variable :
          List.of(
              KubeAPIServerConfigBuilder.KUBE_API_TEST_DIR,
              KubeAPIServerConfigBuilder.KUBE_API_TEST_API_SERVER_VERSION)) {
        if (System.getenv(variable) == null) {
          throw new IllegalStateException(
              variable
                  + " is not set, so there is no kube-apiserver to test on. From the repository's"
                  + " root: export KUBE_API_TEST_API_SERVER_VERSION=1.34.4"
                  + " KUBE_API_TEST_DIR=$(e2e/cluster/testbed api-test-dir)");
        }
      }
    }

    private void installDefinition() {
      succeed("apply", "-f", CrdGeneration.COMMITTED.getFirst().toString());
      succeed("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
      awaitServed();
    }

    /** The condition Established is True shortly before the server answers requests. */
    private void awaitServed() {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (kubectl("get", "mtop").exitCode() != 0) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the API server does not serve message topologies");
        }
      }
    }

    private void succeed(String... arguments) {
      Printed printed = kubectl(arguments);
      if (printed.exitCode() != 0) {
        throw new IllegalStateException(printed.text());
      }
    }

    Printed kubectl(String... arguments) {
      List<String> command = new ArrayList<>();
      command.add(kubectl.toString());
      command.add("--kubeconfig=" + kubeconfig);
      command.addAll(List.of(arguments));
      try {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Printed(process.waitFor(), text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      client.close();
      server.stop();
    }
  }
}
