package dev.warren.operator.load;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.scaling.Sample;
import dev.warren.operator.scaling.ScalingDecision;
import dev.warren.operator.scaling.ScalingPolicy;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Follows the load of topologies whose consumers have scaling. Every 5 s, independently of the
 * passes, it queries each broker once and decides for each consumer. In between, gateways report
 * messages to sleeping consumers. A pass carries out the decisions. A topology is followed from its
 * first pass, so only the leading operator queries brokers. Deleted topologies drop out.
 *
 * <p>Thread-safe. The history of a load is kept in memory: an operator that has just started keeps
 * the numbers of Pods until it has measured the load.
 */
public final class LoadSampler implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(LoadSampler.class);

  /**
   * Together with the query, this takes at most the 5 s after which RabbitMQ refreshes its counts.
   */
  private static final Duration PAUSE = Duration.ofMillis(4800);

  /** The number of brokers that are queried in parallel, so that a silent one delays no other. */
  private static final int THREADS = 200;

  private final Predicate<MessageTopology> exists;
  private final Consumer<ResourceID> wake;
  private final Supplier<BiFunction<ScalingPolicy, Sample, ScalingDecision>> newScaler;
  private final BiFunction<URI, Set<String>, CompletableFuture<Optional<String>>> nextArrival;
  private final MeterRegistry registry;
  private final Clock clock;
  private final Duration pause;
  private final ScheduledExecutorService scheduler =
      Executors.newScheduledThreadPool(THREADS, Thread.ofVirtual().name("load-", 0).factory());
  private final Map<ResourceID, Followed> followed = new HashMap<>();

  private record Followed(TopologyLoad load, WakeUps wakeUps, ScheduledFuture<?> schedule) {}

  /**
   * @param exists whether a topology still exists
   * @param wake triggers a reconcile when a consumer needs another number of Pods
   * @param newScaler creates the scaler of one consumer, which keeps its history
   * @param nextArrival asks a gateway for the next message to one of these queues
   */
  public LoadSampler(
      Predicate<MessageTopology> exists,
      Consumer<ResourceID> wake,
      Supplier<BiFunction<ScalingPolicy, Sample, ScalingDecision>> newScaler,
      BiFunction<URI, Set<String>, CompletableFuture<Optional<String>>> nextArrival,
      MeterRegistry registry,
      Clock clock) {
    this(exists, wake, newScaler, nextArrival, registry, clock, PAUSE);
  }

  public LoadSampler(
      Predicate<MessageTopology> exists,
      Consumer<ResourceID> wake,
      Supplier<BiFunction<ScalingPolicy, Sample, ScalingDecision>> newScaler,
      BiFunction<URI, Set<String>, CompletableFuture<Optional<String>>> nextArrival,
      MeterRegistry registry,
      Clock clock,
      Duration pause) {
    this.exists = exists;
    this.wake = wake;
    this.newScaler = newScaler;
    this.nextArrival = nextArrival;
    this.registry = registry;
    this.clock = clock;
    this.pause = pause;
  }

  /** Updates what is known of a topology, and follows its load if a consumer scales. */
  public synchronized void follow(LoadSnapshot seen) {
    MessageTopology topology = seen.topology();
    ResourceID id = ResourceID.fromResource(topology);
    Followed known = followed.get(id);
    boolean wanted = !seen.scaled().isEmpty();
    if (known != null && (!wanted || !known.load().isOf(topology))) {
      stop(id);
      known = null;
    }
    if (!wanted) {
      return;
    }
    if (known == null) {
      TopologyLoad load = new TopologyLoad(seen, newScaler, registry, clock);
      WakeUps wakeUps = new WakeUps(nextArrival, queue -> arrived(id, load, queue));
      followed.put(id, new Followed(load, wakeUps, schedule(id, load, wakeUps)));
    } else {
      known.load().see(seen);
    }
  }

  /** The scaling of a topology's consumers, by name. Consumers not sampled yet are absent. */
  public synchronized Map<String, ConsumerScaling> scaling(MessageTopology topology) {
    Followed known = followed.get(ResourceID.fromResource(topology));
    return known == null || !known.load().isOf(topology) ? Map.of() : known.load().scaling();
  }

  private ScheduledFuture<?> schedule(ResourceID id, TopologyLoad load, WakeUps wakeUps) {
    return scheduler.scheduleWithFixedDelay(
        () -> sample(id, load, wakeUps), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void sample(ResourceID id, TopologyLoad load, WakeUps wakeUps) {
    try {
      if (!exists.test(load.topology())) {
        forget(id, load);
        return;
      }
      if (load.sample()) {
        wake.accept(id);
      }
      wakeUps.listen(load.gateways(), load.asleep());
    } catch (RuntimeException e) {
      // An exception would end the schedule.
      LOG.errorf(e, "cannot sample the load of %s", id);
    }
  }

  private void arrived(ResourceID id, TopologyLoad load, String queue) {
    if (load.arrived(queue)) {
      wake.accept(id);
    }
  }

  private synchronized void forget(ResourceID id, TopologyLoad load) {
    Followed known = followed.get(id);
    if (known != null && known.load() == load) {
      stop(id);
    }
  }

  private void stop(ResourceID id) {
    close(followed.remove(id));
  }

  private static void close(Followed gone) {
    gone.schedule().cancel(false);
    gone.wakeUps().close();
    gone.load().close();
  }

  @Override
  public synchronized void close() {
    scheduler.shutdownNow();
    followed.values().forEach(LoadSampler::close);
    followed.clear();
  }
}
