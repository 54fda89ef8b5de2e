package dev.warren.operator.broker;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;

/** Runs what RabbitMQ has no HTTP request for in the container of a queue node. */
interface NodeShell {

  /** For a command that only asks. */
  Duration QUERY_LIMIT = Duration.ofSeconds(10);

  /** What a command came to. */
  record Result(int exitCode, String output) {}

  /**
   * Runs a command.
   *
   * @throws BrokerException when it could not be run, or did not end in time
   */
  Result run(Pod pod, Duration limit, String... command);
}
