package dev.warren.operator.plan.validation;

import dev.warren.api.v1alpha1.BindingSpec;
import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.DeadLetterSpec;
import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.ExchangeSpec;
import dev.warren.api.v1alpha1.HttpDeliverySpec;
import dev.warren.api.v1alpha1.HttpDeliverySpec.RetrySpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.api.v1alpha1.RequestReplySpec;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.Endpoints;
import dev.warren.operator.model.QueueNodeConfig;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks what the API server cannot: that references within a spec resolve, and that open maps do
 * not contradict the fields beside them.
 */
public final class SpecValidator {

  /** Nobody can declare an exchange with this prefix: it is one of RabbitMQ's, or missing. */
  private static final String RESERVED = "amq.";

  /** The default exchange, and those of RabbitMQ and its plugins. */
  private static final Set<String> BUILT_IN =
      Set.of(
          "",
          "amq.direct",
          "amq.fanout",
          "amq.headers",
          "amq.match",
          "amq.topic",
          "amq.rabbitmq.event",
          "amq.rabbitmq.log",
          "amq.rabbitmq.trace");

  private final MessageTopologySpec spec;
  private final Set<String> exchanges;
  private final Map<String, QueueType> queues;
  private final BindingCheck effects;
  private final List<Violation> violations = new ArrayList<>();

  private SpecValidator(MessageTopologySpec spec) {
    this.spec = spec;
    this.exchanges = spec.exchanges().stream().map(ExchangeSpec::name).collect(Collectors.toSet());
    this.queues = new HashMap<>();
    spec.queues().forEach(queue -> queues.put(queue.name(), queue.type()));
    this.effects = new BindingCheck(spec);
  }

  /** All violations, in the order of the spec; empty when the spec is valid. */
  public static List<Violation> violations(MessageTopologySpec spec) {
    return new SpecValidator(spec).check();
  }

  private List<Violation> check() {
    checkNodes();
    for (int i = 0; i < spec.exchanges().size(); i++) {
      String path = "spec.exchanges[" + i + "]";
      ArgumentCheck.violations(path, spec.exchanges().get(i)).forEach(violations::add);
      checkExchange(path + ".arguments", spec.exchanges().get(i).arguments());
    }
    for (int i = 0; i < spec.queues().size(); i++) {
      checkQueue("spec.queues[" + i + "]", spec.queues().get(i));
    }
    for (int i = 0; i < spec.bindings().size(); i++) {
      checkBinding("spec.bindings[" + i + "]", spec.bindings().get(i));
    }
    for (int i = 0; i < spec.consumers().size(); i++) {
      checkConsumer("spec.consumers[" + i + "]", spec.consumers().get(i));
    }
    OrderCheck.violations(spec).forEach(violations::add);
    List<RequestReplySpec> requestReply = Endpoints.of(spec).requestReply();
    for (int i = 0; i < requestReply.size(); i++) {
      requireQueueThatIsNoStream(
          "spec.endpoints.requestReply[" + i + "].queue", requestReply.get(i).queue());
    }
    EndpointsCheck.violations(spec).forEach(violations::add);
    TlsCheck.violations(spec.tls()).forEach(violations::add);
    return List.copyOf(violations);
  }

  private void checkNodes() {
    Optional<Violation> unreadable =
        TemplateCheck.violation("spec.nodes.podTemplate", spec.nodes().podTemplate());
    unreadable.ifPresentOrElse(
        violations::add, () -> violations.addAll(NodesConfigCheck.violations(spec)));
    Quantity memory = QueueNodeConfig.memoryLimit(spec.nodes());
    if (memory.compareTo(QueueNodeConfig.LEAST_MEMORY) < 0) {
      violate(
          "spec.nodes.resources.limits.memory",
          "%s is too little: RabbitMQ needs at least %s to start, and more for its messages"
              .formatted(memory, QueueNodeConfig.LEAST_MEMORY));
    }
  }

  private void checkTemplate(String path, Map<String, Object> template) {
    TemplateCheck.violation(path, template).ifPresent(violations::add);
  }

  private void checkExchange(String path, Map<String, Object> arguments) {
    if (!(arguments.get("alternate-exchange") instanceof String exchange)) {
      return;
    }
    if (exchange.isEmpty()) {
      violate(
          path + ".alternate-exchange", "the default exchange cannot route messages of another");
    } else {
      requireExchange(path + ".alternate-exchange", exchange);
    }
  }

  private void checkQueue(String path, QueueSpec queue) {
    ArgumentCheck.violations(path, queue).forEach(violations::add);
    checkDeadLetterArguments(path + ".arguments", queue.arguments());
    if (queue.renamedFrom() != null) {
      checkFormerName(path + ".renamedFrom", queue);
    }
    DeadLetterSpec deadLetter = queue.deadLetter();
    if (deadLetter != null && deadLetter.queue() != null) {
      requireQueue(path + ".deadLetter.queue", deadLetter.queue());
    }
    if (deadLetter != null && deadLetter.exchange() != null) {
      requireExchange(path + ".deadLetter.exchange", deadLetter.exchange());
    }
  }

  private void checkFormerName(String path, QueueSpec queue) {
    String former = queue.renamedFrom();
    if (queues.containsKey(former)) {
      violate(path, "queue '" + former + "' is still declared in this resource");
    }
    spec.queues().stream()
        .takeWhile(other -> !other.name().equals(queue.name()))
        .filter(other -> former.equals(other.renamedFrom()))
        .forEach(other -> violate(path, "queue '" + other.name() + "' is also renamed from it"));
  }

  /** RabbitMQ itself refuses a value that is not text. */
  private void checkDeadLetterArguments(String path, Map<String, Object> arguments) {
    if (!(arguments.get("x-dead-letter-exchange") instanceof String exchange)) {
      return;
    }
    requireExchange(path + ".x-dead-letter-exchange", exchange);
    // The default exchange routes a message to the queue with the name of its routing key.
    if (exchange.isEmpty() && arguments.get("x-dead-letter-routing-key") instanceof String queue) {
      requireQueue(path + ".x-dead-letter-routing-key", queue);
    }
  }

  private void checkConsumer(String path, ConsumerSpec consumer) {
    if (consumer.http() == null) {
      requireQueue(path + ".queue", consumer.queue());
      checkTemplate(path + ".template", consumer.template());
    } else {
      requireQueueThatIsNoStream(path + ".queue", consumer.queue());
      checkRetry(path + ".http.retry", consumer.http().retry());
      checkMemory(path + ".http.resources.limits.memory", consumer.http());
      checkTemplate(path + ".http.podTemplate", consumer.http().podTemplate());
    }
    if (consumer.scaling() != null) {
      checkScaling(path + ".scaling", consumer);
    }
  }

  private void checkRetry(String path, RetrySpec retry) {
    if (Durations.parse(retry.maxDelay()).compareTo(Durations.parse(retry.initialDelay())) < 0) {
      violate(path + ".maxDelay", "must not be below initialDelay");
    }
  }

  private void checkMemory(String path, HttpDeliverySpec http) {
    if (ConsumerDeployment.memoryLimit(http).compareTo(ConsumerDeployment.LEAST_MEMORY) < 0) {
      violate(path, "must not be below " + ConsumerDeployment.LEAST_MEMORY);
    }
  }

  private void checkBinding(String path, BindingSpec binding) {
    requireExchange(path + ".exchange", binding.exchange());
    requireQueue(path + ".queue", binding.queue());
    effects.violations(path, binding).forEach(violations::add);
  }

  private void checkScaling(String path, ConsumerSpec consumer) {
    if (queues.get(consumer.queue()) == QueueType.STREAM) {
      violate(path, "is not for consumers of a stream, which keeps its messages");
    }
    long others =
        spec.consumers().stream().filter(c -> c.queue().equals(consumer.queue())).count() - 1;
    if (others > 0) {
      // RabbitMQ counts what all consumers of a queue do together.
      violate(
          path, "requires the only consumer of a queue; '%s' has more".formatted(consumer.queue()));
    }
  }

  private void requireQueue(String path, String name) {
    if (!queues.containsKey(name)) {
      violate(path, "no queue '" + name + "' is declared in this resource");
    }
  }

  /** A queue whose messages must be consumed once: a stream keeps what was consumed. */
  private void requireQueueThatIsNoStream(String path, String name) {
    requireQueue(path, name);
    if (queues.get(name) == QueueType.STREAM) {
      violate(path, "'" + name + "' is a stream, which keeps messages when they are consumed");
    }
  }

  private void requireExchange(String path, String name) {
    if (name.startsWith(RESERVED) && !BUILT_IN.contains(name)) {
      violate(path, "RabbitMQ has no exchange '" + name + "'");
    } else if (!exchanges.contains(name) && !BUILT_IN.contains(name)) {
      violate(path, "no exchange '" + name + "' is declared in this resource");
    }
  }

  private void violate(String path, String message) {
    violations.add(new Violation(path, message));
  }
}
