package dev.warren.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A process of a Pod: the machines of the test bed are namespaces of this one. */
record PodProcess(ProcessHandle process) {

  static PodProcess rabbit(TestNamespace namespace, String node) {
    String name = "RABBITMQ_NODENAME=rabbit@" + node + ".";
    String cluster = "." + namespace.name() + ".svc";
    return find("beam.smp", variable -> variable.startsWith(name) && variable.endsWith(cluster));
  }

  /** A gateway or dispatcher. The Pod's name must be the only one of its kind in all namespaces. */
  static PodProcess gateway(String pod) {
    return find("java", ("HOSTNAME=" + pod)::equals);
  }

  /** How much memory it has now, in MiB. */
  long residentMebibytes() {
    return read(process, "status")
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(kibibytes -> Long.parseLong(kibibytes) / 1024)
        .findFirst()
        .orElseThrow(() -> new AssertionError("it runs no more"));
  }

  /** How many connections it has now, its listening sockets among them. */
  long sockets() {
    try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
      return files.filter(PodProcess::isSocket).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSocket(Path file) {
    try {
      return Files.readSymbolicLink(file).toString().startsWith("socket:");
    } catch (IOException e) {
      // It was closed meanwhile.
      return false;
    }
  }

  private static PodProcess find(String program, Predicate<String> variable) {
    return ProcessHandle.allProcesses()
        .filter(process -> read(process, "comm").strip().equals(program))
        .filter(process -> variables(process).anyMatch(variable))
        .findFirst()
        .map(PodProcess::new)
        .orElseThrow(() -> new AssertionError("no such " + program + " runs"));
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  private static Stream<String> variables(ProcessHandle process) {
    return read(process, "environ").lines().flatMap(text -> Arrays.stream(text.split("\0")));
  }

  private static String read(ProcessHandle process, String file) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), file), UTF_8);
    } catch (IOException e) {
      // The process has ended.
      return "";
    }
  }
}
