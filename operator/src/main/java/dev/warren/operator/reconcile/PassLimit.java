package dev.warren.operator.reconcile;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Runs passes so that a bug affects only the topology in which it appears. A pass that hangs is
 * interrupted. An {@link Error}, such as a stack overflow, becomes an exception: the SDK retries
 * after exceptions only, and after an Error it would never reconcile the topology again.
 */
final class PassLimit {

  private static final Logger LOG = Logger.getLogger(PassLimit.class);

  private final Duration longest;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("pass-limit-", 0).factory());

  /**
   * @param longest how long a pass may take
   */
  PassLimit(Duration longest) {
    this.longest = longest;
  }

  /** What is wrong with a pass that hangs, in a sentence. */
  String problem() {
    return "It did not end within %d s and was interrupted".formatted(longest.toSeconds());
  }

  /**
   * Runs a pass.
   *
   * @param hangs reports that the pass hangs, even if it does not end when it is interrupted
   */
  <T> T run(Supplier<T> pass, Runnable hangs) {
    Running running = new Running(Thread.currentThread(), hangs);
    ScheduledFuture<?> limit =
        timer.schedule(running::interrupt, longest.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return pass.get();
    } catch (RuntimeException e) {
      throw running.isInterrupted() ? new IllegalStateException(problem(), e) : e;
    } catch (Error e) {
      throw new IllegalStateException(e.toString(), e);
    } finally {
      limit.cancel(false);
      running.end();
    }
  }

  /** A pass, which is not interrupted any more once it has ended. */
  private static final class Running {

    private final Thread thread;
    private final Runnable hangs;
    private boolean ended;
    private boolean interrupted;

    Running(Thread thread, Runnable hangs) {
      this.thread = thread;
      this.hangs = hangs;
    }

    void interrupt() {
      if (interruptUnlessEnded()) {
        try {
          hangs.run();
        } catch (RuntimeException e) {
          LOG.warnf("cannot report that a pass hangs: %s", e.getMessage());
        }
      }
    }

    private synchronized boolean interruptUnlessEnded() {
      if (!ended) {
        interrupted = true;
        thread.interrupt();
      }
      return !ended;
    }

    synchronized boolean isInterrupted() {
      return interrupted;
    }

    /** Leaves the thread as it was. */
    synchronized void end() {
      ended = true;
      if (interrupted) {
        Thread.interrupted();
      }
    }
  }
}
