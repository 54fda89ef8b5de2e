package dev.warren.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The cluster that the tests run on, and the tools with which a user works on it. */
final class TestBed {

  /** The program that starts the cluster, and makes it suffer. */
  static final String PROGRAM = Path.of("cluster", "testbed").toString();

  private static final Path KUBECONFIG = Path.of(testbed("kubeconfig").strip());

  /** The program itself, because the script around it is slower. */
  private static final String KUBECTL = Path.of(testbed("path").strip(), "kubectl").toString();

  static final KubernetesClient CLIENT =
      new KubernetesClientBuilder().withConfig(administrator()).build();

  private TestBed() {}

  /** What a program printed, errors included. */
  record Printed(int exitCode, String text) {}

  /** Runs kubectl, which must succeed, and returns what it printed. */
  static String kubectl(String... arguments) {
    return succeed(KUBECTL, asAdministrator(arguments));
  }

  /** Runs kubectl with the text as its standard input. */
  static Printed tryKubectl(String input, String... arguments) {
    return run(input, KUBECTL, asAdministrator(arguments));
  }

  private static String[] asAdministrator(String... arguments) {
    return with(arguments, "--kubeconfig", KUBECONFIG.toString());
  }

  /** Runs a command of the test bed itself, such as machine-down 2, which must succeed. */
  static String testbed(String... arguments) {
    return succeed(PROGRAM, arguments);
  }

  /** Runs {@code e2e/install} with arguments for Helm, which must succeed. */
  static void install(String namespace, String... arguments) {
    succeed("./install", with(arguments, "--namespace", namespace));
  }

  /** A file of e2e/examples, with the example image as it is called here. */
  static String example(String file) {
    try {
      return Files.readString(Path.of("examples", file))
          .replace("ghcr.io/warren-dev/python-pika", "warren.local/python-pika");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The file of the API server's audit log: one line of JSON for each write. */
  static Path auditLog() {
    return Path.of(testbed("audit-log").strip());
  }

  private static Config administrator() {
    // By default the client assumes an RSA key.
    return new ConfigBuilder(Config.fromKubeconfig(KUBECONFIG.toFile()))
        .withClientKeyAlgo("EC")
        .build();
  }

  private static String[] with(String[] arguments, String... first) {
    return Stream.of(first, arguments).flatMap(Stream::of).toArray(String[]::new);
  }

  private static String succeed(String program, String... arguments) {
    Printed printed = run("", program, arguments);
    assertThat(printed.exitCode())
        .as("%s %s%n%s", program, String.join(" ", arguments), printed.text())
        .isZero();
    return printed.text();
  }

  private static Printed run(String input, String program, String... arguments) {
    try {
      Process process =
          new ProcessBuilder(with(arguments, program)).redirectErrorStream(true).start();
      // Our inputs are smaller than what kubectl reads before it prints, so there is no deadlock.
      try (var stdin = process.outputWriter(UTF_8)) {
        stdin.write(input);
      }
      String text = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Printed(process.waitFor(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
