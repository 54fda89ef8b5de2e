package dev.warren.operator.broker;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;

/** Runs commands in the container of a queue node, for what RabbitMQ has no HTTP request. */
interface NodeShell {

  /** For a command that only reads. */
  Duration QUERY_LIMIT = Duration.ofSeconds(10);

  /** The result of a command. */
  record Result(int exitCode, String output) {}

  /**
   * Runs a command.
   *
   * @throws BrokerException when it could not be run or did not end in time
   */
  Result run(Pod pod, Duration limit, String... command);
}
