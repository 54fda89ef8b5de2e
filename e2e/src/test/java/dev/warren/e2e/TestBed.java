package dev.warren.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The cluster that the tests run on, and the tools with which a user works on it. */
final class TestBed {

  private static final Path TESTBED = Path.of("cluster", "testbed");

  static final KubernetesClient CLIENT =
      new KubernetesClientBuilder().withConfig(administrator()).build();

  private TestBed() {}

  /** What a program printed, errors included. */
  record Printed(int exitCode, String text) {}

  /** Runs kubectl, which must succeed, and returns what it printed. */
  static String kubectl(String... arguments) {
    Printed printed = tryKubectl("", arguments);
    assertThat(printed.exitCode())
        .as("kubectl %s%n%s", String.join(" ", arguments), printed.text())
        .isZero();
    return printed.text();
  }

  /** Runs kubectl with the text as its standard input. */
  static Printed tryKubectl(String input, String... arguments) {
    return run(input, Stream.concat(Stream.of("kubectl"), Stream.of(arguments)).toList());
  }

  /** Runs a command of the test bed itself, such as machine-down 2, which must succeed. */
  static String testbed(String... arguments) {
    Printed printed = run("", List.of(arguments));
    assertThat(printed.exitCode())
        .as("testbed %s%n%s", String.join(" ", arguments), printed.text())
        .isZero();
    return printed.text();
  }

  /** The file of the API server's audit log: one line of JSON for each write. */
  static Path auditLog() {
    return Path.of(run("", List.of("audit-log")).text().strip());
  }

  private static Config administrator() {
    File kubeconfig = new File(run("", List.of("kubeconfig")).text().strip());
    // The client takes any key for an RSA one unless it is told.
    return new ConfigBuilder(Config.fromKubeconfig(kubeconfig)).withClientKeyAlgo("EC").build();
  }

  private static Printed run(String input, List<String> arguments) {
    List<String> command =
        Stream.concat(Stream.of(TESTBED.toString()), arguments.stream()).toList();
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      // Our inputs are small beside what kubectl reads before it prints, so nobody waits for
      // nobody.
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
