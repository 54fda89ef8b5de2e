package dev.warren.operator.load;

import static java.util.stream.Collectors.toSet;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.metrics.ConsumerMeters;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.scaling.QueueReading;
import dev.warren.operator.scaling.Sample;
import dev.warren.operator.scaling.ScalingDecision;
import dev.warren.operator.scaling.ScalingPolicy;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The load of one topology's consumers. One thread at a time samples it; any thread may call the
 * other methods.
 */
final class TopologyLoad implements AutoCloseable {

  private final Supplier<BiFunction<ScalingPolicy, Sample, ScalingDecision>> newScaler;
  private final MeterRegistry registry;
  private final Clock clock;
  private final Map<String, ConsumerLoad> consumers = new HashMap<>();
  private boolean closed;
  private volatile LoadSnapshot seen;

  TopologyLoad(
      LoadSnapshot seen,
      Supplier<BiFunction<ScalingPolicy, Sample, ScalingDecision>> newScaler,
      MeterRegistry registry,
      Clock clock) {
    this.seen = seen;
    this.newScaler = newScaler;
    this.registry = registry;
    this.clock = clock;
  }

  /** Whether it belongs to this topology, and not to an earlier one with the same name. */
  boolean isOf(MessageTopology topology) {
    return topology().getMetadata().getUid().equals(topology.getMetadata().getUid());
  }

  MessageTopology topology() {
    return seen.topology();
  }

  /** Updates what the last reconcile has seen. */
  void see(LoadSnapshot seen) {
    this.seen = seen;
  }

  /** The scaling of each consumer, by name. Consumers not sampled yet are absent. */
  synchronized Map<String, ConsumerScaling> scaling() {
    Map<String, ConsumerScaling> known = new HashMap<>();
    consumers.forEach((name, consumer) -> known.put(name, consumer.scaling()));
    return known;
  }

  /**
   * Queries the broker once and decides for each consumer.
   *
   * @return whether a reconcile is necessary
   */
  boolean sample() {
    LoadSnapshot now = seen;
    return decide(now, read(now));
  }

  private static Function<String, QueueReading> read(LoadSnapshot seen) {
    Optional<BrokerClient> broker = seen.broker();
    if (broker.isEmpty()) {
      return queue -> new QueueReading.Unknown("No queue node runs");
    }
    Set<String> queues = seen.scaled().stream().map(ConsumerSpec::queue).collect(toSet());
    try {
      QueueLoad load = broker.get().load(queues);
      return load::reading;
    } catch (BrokerException e) {
      return queue -> new QueueReading.Unknown(e.getMessage());
    }
  }

  private synchronized boolean decide(LoadSnapshot seen, Function<String, QueueReading> readings) {
    if (closed) {
      return false;
    }
    forgetOthers(seen.scaled());
    Instant now = clock.instant();
    boolean reconcileNeeded = false;
    for (ConsumerSpec consumer : seen.scaled()) {
      // Without a Deployment there is nothing to scale: it starts with the minimum.
      Optional<Deployment> deployment =
          Optional.ofNullable(seen.deployments().get(consumer.name()));
      if (deployment.isPresent()) {
        QueueReading reading = readings.apply(consumer.queue());
        reconcileNeeded |=
            load(consumer, now).sample(policy(seen, consumer), deployment.get(), reading, now);
      }
    }
    return reconcileNeeded;
  }

  /**
   * Assumes that a message has arrived in a queue, before the broker counts it.
   *
   * @return whether a reconcile is necessary
   */
  synchronized boolean arrived(String queue) {
    LoadSnapshot now = seen;
    boolean reconcileNeeded = false;
    for (ConsumerSpec consumer : now.scaled()) {
      ConsumerLoad load = consumers.get(consumer.name());
      Optional<Deployment> deployment = Optional.ofNullable(now.deployments().get(consumer.name()));
      if (load != null && load.queue().equals(queue) && deployment.isPresent()) {
        reconcileNeeded |= load.arrived(policy(now, consumer), deployment.get(), clock.instant());
      }
    }
    return reconcileNeeded;
  }

  /** The queues whose consumers sleep until a message arrives. */
  synchronized Set<String> asleep() {
    return consumers.values().stream()
        .filter(ConsumerLoad::isAsleep)
        .map(ConsumerLoad::queue)
        .collect(toSet());
  }

  /** The gateways that may receive messages. */
  Set<URI> gateways() {
    return seen.gateways();
  }

  private void forgetOthers(List<ConsumerSpec> scaled) {
    Map<String, String> queues = new HashMap<>();
    scaled.forEach(consumer -> queues.put(consumer.name(), consumer.queue()));
    consumers
        .entrySet()
        .removeIf(
            known -> {
              boolean gone = !known.getValue().queue().equals(queues.get(known.getKey()));
              if (gone) {
                known.getValue().close();
              }
              return gone;
            });
  }

  private ConsumerLoad load(ConsumerSpec consumer, Instant now) {
    return consumers.computeIfAbsent(
        consumer.name(),
        name ->
            new ConsumerLoad(
                consumer.queue(),
                newScaler.get(),
                new ConsumerMeters(
                    registry,
                    topology().getMetadata().getNamespace(),
                    topology().getMetadata().getName(),
                    name),
                now));
  }

  private static ScalingPolicy policy(LoadSnapshot seen, ConsumerSpec consumer) {
    return ConsumerScaling.policy(consumer, seen.topology().getSpec().queues());
  }

  @Override
  public synchronized void close() {
    closed = true;
    consumers.values().forEach(ConsumerLoad::close);
    consumers.clear();
  }
}
