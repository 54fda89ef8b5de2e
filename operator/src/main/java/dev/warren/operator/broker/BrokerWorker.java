package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.model.Owner;
import dev.warren.operator.observation.BrokerWork.Underway;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Carries out changes at brokers, one at a time for each topology. A pass waits only until its
 * deadline. A longer action continues in the background, and later passes see it until it ends.
 *
 * <p>Thread-safe. Everything is kept in memory: an operator that has just started begins again,
 * which is safe because each action may be repeated. An action for a deleted topology ends with its
 * Pods.
 */
public final class BrokerWorker {

  private static final Logger LOG = Logger.getLogger(BrokerWorker.class);

  private final Executor executor;
  private final Predicate<Owner> exists;
  private final Consumer<Owner> wake;
  private final Clock clock;
  private final Map<Owner, Run> running = new ConcurrentHashMap<>();
  private final Map<Owner, Failure> failures = new ConcurrentHashMap<>();

  private record Run(BrokerAction action, Instant since, CompletableFuture<Void> end) {}

  private record Failure(BrokerAction action, String why) {}

  /**
   * @param executor carries out actions; each may block for minutes
   * @param exists whether a topology is still there
   * @param wake triggers a reconcile of a topology when its background action has ended
   */
  public BrokerWorker(
      Executor executor, Predicate<Owner> exists, Consumer<Owner> wake, Clock clock) {
    this.executor = executor;
    this.exists = exists;
    this.wake = wake;
    this.clock = clock;
  }

  /** The background action of a topology. */
  public Optional<Underway> underway(Owner topology) {
    return Optional.ofNullable(running.get(topology)).map(run -> underway(topology, run));
  }

  private Underway underway(Owner topology, Run run) {
    return new Underway(
        run.action(),
        run.since(),
        Optional.ofNullable(failures.get(topology))
            .filter(failure -> failure.action().equals(run.action()))
            .map(Failure::why));
  }

  /**
   * Begins an action and waits for its end. Does not begin it while another one continues.
   *
   * @param until how long to wait
   * @return the background action that continues now; empty when the action is done
   * @throws BrokerException when it failed
   */
  public Optional<Underway> carryOut(
      Owner topology, BrokerClient broker, BrokerAction action, Instant until) {
    Run run = new Run(action, clock.instant(), new CompletableFuture<>());
    Run other = running.putIfAbsent(topology, run);
    if (other != null) {
      return Optional.of(underway(topology, other));
    }
    executor.execute(() -> carryOut(topology, broker, run));
    if (hasEnded(run, until)) {
      return Optional.empty();
    }
    LOG.infof("%s: continues in the background", action.describe());
    run.end().whenComplete((done, failure) -> endedBeside(topology, action, failure));
    return Optional.of(underway(topology, run));
  }

  private void endedBeside(Owner topology, BrokerAction action, Throwable failure) {
    LOG.infof("%s: %s", action.describe(), failure == null ? "done" : failure.getMessage());
    if (exists.test(topology)) {
      wake.accept(topology);
    }
  }

  private void carryOut(Owner topology, BrokerClient broker, Run run) {
    try {
      broker.apply(run.action());
      failures.computeIfPresent(
          topology, (same, last) -> last.action().equals(run.action()) ? null : last);
      running.remove(topology, run);
      run.end().complete(null);
    } catch (RuntimeException | Error e) {
      failures.put(topology, new Failure(run.action(), String.valueOf(e.getMessage())));
      running.remove(topology, run);
      run.end().completeExceptionally(e);
    } finally {
      failures.keySet().removeIf(known -> !exists.test(known));
    }
  }

  /** Whether it has ended successfully by then. */
  private boolean hasEnded(Run run, Instant until) {
    long millis = Math.max(0, Duration.between(clock.instant(), until).toMillis());
    try {
      run.end().get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
