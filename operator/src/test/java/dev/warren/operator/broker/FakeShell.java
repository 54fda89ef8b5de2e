package dev.warren.operator.broker;

import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Answers commands in the Pods of two ready nodes with prepared answers. */
final class FakeShell implements NodeShell {

  static final ResourceNames NAMES = ResourceNames.of("default", "orders");
  static final BrokerNodes NODES = new BrokerNodes(NAMES, List.of(node(0), node(1)));

  final List<String> commands = new ArrayList<>();
  final List<Duration> limits = new ArrayList<>();
  private final Deque<Result> answers = new ArrayDeque<>();

  void answer(int exitCode, String output) {
    answers.add(new Result(exitCode, output));
  }

  @Override
  public Result run(Pod pod, Duration limit, String... command) {
    commands.add(pod.getMetadata().getName() + ": " + String.join(" ", command));
    limits.add(limit);
    return answers.isEmpty() ? new Result(0, "") : answers.removeFirst();
  }

  private static QueueNode node(int number) {
    Pod pod =
        Serialization.unmarshal(
            """
            kind: Pod
            apiVersion: v1
            metadata: {name: %s}
            status:
              podIP: 10.0.0.1
              conditions: [{type: Ready, status: "True"}]
              containerStatuses: [{name: rabbitmq, ready: true, state: {running: {}}}]
            """
                .formatted(NAMES.node(number)),
            Pod.class);
    return new QueueNode(number, Optional.empty(), Optional.of(pod));
  }
}
