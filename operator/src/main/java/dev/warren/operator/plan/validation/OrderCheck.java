package dev.warren.operator.plan.validation;

import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.operator.model.ConsumerDeployment;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Checks that a delivery in order can keep the order: one Pod takes the messages of its queue, or
 * RabbitMQ gives them to one at a time.
 */
final class OrderCheck {

  private final MessageTopologySpec spec;
  private final Set<String> singleActive;

  private OrderCheck(MessageTopologySpec spec) {
    this.spec = spec;
    this.singleActive =
        spec.queues().stream()
            .filter(QueueSpec::singleActiveConsumer)
            .map(QueueSpec::name)
            .collect(toSet());
  }

  static Stream<Violation> violations(MessageTopologySpec spec) {
    return new OrderCheck(spec).check();
  }

  private Stream<Violation> check() {
    return IntStream.range(0, spec.consumers().size())
        .filter(i -> ConsumerDeployment.isOrdered(spec.consumers().get(i)))
        .filter(i -> !singleActive.contains(spec.consumers().get(i).queue()))
        .boxed()
        .flatMap(i -> consumer("spec.consumers[" + i + "]", spec.consumers().get(i)));
  }

  private Stream<Violation> consumer(String path, ConsumerSpec consumer) {
    return Stream.concat(tooManyPods(path, consumer), others(path, consumer));
  }

  private static Stream<Violation> tooManyPods(String path, ConsumerSpec consumer) {
    boolean scales = consumer.scaling() != null;
    int pods = scales ? consumer.scaling().maxReplicas() : consumer.replicas();
    return pods <= 1
        ? Stream.empty()
        : Stream.of(
            new Violation(
                path + (scales ? ".scaling.maxReplicas" : ".replicas"),
                "must not be above 1 with http.ordered, unless the queue has"
                    + " singleActiveConsumer: %d Pods do not keep the order of '%s'"
                        .formatted(pods, consumer.queue())));
  }

  private Stream<Violation> others(String path, ConsumerSpec consumer) {
    long consumers =
        spec.consumers().stream().filter(c -> c.queue().equals(consumer.queue())).count();
    return consumers == 1
        ? Stream.empty()
        : Stream.of(
            new Violation(
                path + ".http.ordered",
                "requires the only consumer of a queue, unless the queue has"
                    + " singleActiveConsumer; '%s' has more".formatted(consumer.queue())));
  }
}
