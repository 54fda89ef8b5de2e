package dev.warren.operator.model;

import dev.warren.api.v1alpha1.BindingSpec;
import dev.warren.api.v1alpha1.DeadLetterSpec;
import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.ExchangeSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.Overflow;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.api.v1alpha1.Sizes;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Exchange;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a topology's spec declares in the broker. Settings that RabbitMQ can change while a queue
 * exists go into a policy for that queue and not into its arguments: they can then be changed, and
 * a client may declare the queue without knowing them.
 */
public final class DesiredDefinitions {

  /** Above 0, the default priority of users' own policies. */
  private static final int POLICY_PRIORITY = 100;

  /** The setting with which RabbitMQ adds missing members. The operator does so in any case. */
  public static final String TARGET_GROUP_SIZE = "target-group-size";

  /** A setting that the operator derives from others, and leaves out if the argument is set. */
  public static final String SEGMENT_SIZE = "stream-max-segment-size-bytes";

  private static final long MIB = 1L << 20;

  /** RabbitMQ's default, in bytes. */
  private static final long LARGEST_SEGMENT = 500_000_000;

  private DesiredDefinitions() {}

  /** The definitions of a valid spec, without users. */
  public static BrokerDefinitions of(MessageTopologySpec spec) {
    Map<String, Exchange> exchanges = new LinkedHashMap<>();
    spec.exchanges().forEach(exchange -> exchanges.put(exchange.name(), exchange(exchange)));
    Map<String, Queue> queues = new LinkedHashMap<>();
    Map<String, Policy> policies = new LinkedHashMap<>();
    for (QueueSpec queue : spec.queues()) {
      queues.put(queue.name(), queue(queue));
      Policy policy = policy(queue);
      if (!policy.definition().isEmpty()) {
        policies.put(policy.name(), policy);
      }
    }
    LinkedHashSet<Binding> bindings = new LinkedHashSet<>();
    spec.bindings().forEach(binding -> bindings.add(binding(binding)));
    return new BrokerDefinitions(exchanges, queues, bindings, policies, Map.of());
  }

  private static Exchange exchange(ExchangeSpec spec) {
    return new Exchange(spec.name(), spec.type(), spec.arguments());
  }

  private static Queue queue(QueueSpec spec) {
    Map<String, Object> arguments = new TreeMap<>(spec.arguments());
    if (spec.singleActiveConsumer()) {
      arguments.put("x-single-active-consumer", true);
    }
    return new Queue(spec.name(), typeName(spec.type()), arguments);
  }

  private static Binding binding(BindingSpec spec) {
    return new Binding(spec.exchange(), spec.queue(), spec.routingKey(), spec.arguments());
  }

  /** The name of a queue's policy. */
  public static String policyName(String queue) {
    return "warren." + queue;
  }

  /** The policy of a queue; without settings if no field asks for one, and then not declared. */
  public static Policy policy(QueueSpec spec) {
    return new Policy(
        policyName(spec.name()),
        "^" + RegularExpression.of(spec.name()) + "$",
        appliesTo(spec.type()),
        POLICY_PRIORITY,
        settings(spec));
  }

  private static Map<String, Object> settings(QueueSpec spec) {
    Map<String, Object> settings = new TreeMap<>();
    if (spec.messageTTL() != null) {
      settings.put("message-ttl", Durations.parse(spec.messageTTL()).toMillis());
    }
    if (spec.maxLength() != null) {
      settings.put("max-length", spec.maxLength());
    }
    if (spec.maxLengthBytes() != null) {
      settings.put("max-length-bytes", Sizes.bytes(spec.maxLengthBytes()));
    }
    if (spec.maxAge() != null) {
      settings.put("max-age", Durations.parse(spec.maxAge()).toSeconds() + "s");
    }
    if (spec.type() == QueueType.STREAM && !spec.arguments().containsKey("x-" + SEGMENT_SIZE)) {
      segmentSize(spec).ifPresent(size -> settings.put(SEGMENT_SIZE, size));
    }
    if (spec.overflow() != null) {
      settings.put(
          "overflow", spec.overflow() == Overflow.DROP_HEAD ? "drop-head" : "reject-publish");
    }
    if (spec.deliveryLimit() != null) {
      settings.put("delivery-limit", spec.deliveryLimit());
    }
    if (spec.members() != null && spec.type() == QueueType.QUORUM) {
      settings.put(TARGET_GROUP_SIZE, spec.members());
    }
    if (spec.deadLetter() != null) {
      settings.putAll(deadLettering(spec.deadLetter()));
      if (keepsDeadLetters(spec)) {
        settings.put("dead-letter-strategy", "at-least-once");
        settings.put("overflow", "reject-publish");
      }
    }
    return settings;
  }

  /**
   * The size of a stream's segments. RabbitMQ drops whole segments, and never the last one: with
   * its default, limits below some 500 MB would have no effect. A policy of the stream wins over
   * its argument, so this is for streams without one.
   */
  private static Optional<Long> segmentSize(QueueSpec spec) {
    if (spec.maxLengthBytes() != null) {
      return Optional.of(Math.clamp(Sizes.bytes(spec.maxLengthBytes()) / 10, MIB, LARGEST_SEGMENT));
    }
    // How much arrives in that time is unknown: small, but a volume must not have many thousands.
    return spec.maxAge() == null ? Optional.empty() : Optional.of(16 * MIB);
  }

  /**
   * Whether a dead letter stays until it is delivered. RabbitMQ supports that only for queues that
   * drop nothing for length.
   */
  private static boolean keepsDeadLetters(QueueSpec spec) {
    boolean unlimited = spec.maxLength() == null && spec.maxLengthBytes() == null;
    return spec.type() == QueueType.QUORUM
        && (spec.overflow() == null ? unlimited : spec.overflow() == Overflow.REJECT_PUBLISH);
  }

  private static Map<String, Object> deadLettering(DeadLetterSpec spec) {
    if (spec.queue() != null) {
      // The default exchange routes a message to the queue that its routing key names.
      return Map.of("dead-letter-exchange", "", "dead-letter-routing-key", spec.queue());
    }
    if (spec.routingKey() != null) {
      return Map.of(
          "dead-letter-exchange", spec.exchange(), "dead-letter-routing-key", spec.routingKey());
    }
    return Map.of("dead-letter-exchange", spec.exchange());
  }

  private static String typeName(QueueType type) {
    return switch (type) {
      case QUORUM -> "quorum";
      case CLASSIC -> "classic";
      case STREAM -> "stream";
    };
  }

  private static String appliesTo(QueueType type) {
    return switch (type) {
      case QUORUM -> "quorum_queues";
      case CLASSIC -> "classic_queues";
      case STREAM -> "streams";
    };
  }
}
