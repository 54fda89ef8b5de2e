package dev.warren.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The RabbitMQ process of a queue node: the machines of the test bed are namespaces of this one.
 */
record QueueNodeProcess(ProcessHandle process) {

  static QueueNodeProcess of(TestNamespace namespace, String node) {
    String name = "RABBITMQ_NODENAME=rabbit@" + node + ".";
    String cluster = "." + namespace.name() + ".svc";
    return ProcessHandle.allProcesses()
        .filter(process -> isBeam(process))
        .filter(process -> hasVariable(process, name, cluster))
        .findFirst()
        .map(QueueNodeProcess::new)
        .orElseThrow(() -> new AssertionError("no RabbitMQ runs for " + node));
  }

  /** SIGKILL. */
  void kill() {
    process.destroyForcibly();
  }

  private static boolean isBeam(ProcessHandle process) {
    return read(process, "comm").strip().equals("beam.smp");
  }

  private static boolean hasVariable(ProcessHandle process, String start, String end) {
    return read(process, "environ")
        .lines()
        .flatMap(text -> Arrays.stream(text.split("\0")))
        .anyMatch(variable -> variable.startsWith(start) && variable.endsWith(end));
  }

  private static String read(ProcessHandle process, String file) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), file), UTF_8);
    } catch (IOException e) {
      // It ended meanwhile.
      return "";
    }
  }
}
