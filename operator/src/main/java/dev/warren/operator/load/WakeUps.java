package dev.warren.operator.load;

import java.net.URI;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Learns from a topology's gateways when a message arrives for a sleeping consumer, seconds before
 * the broker counts it. This is only a hint: the next sample shows what a gateway misses.
 *
 * <p>Thread-safe.
 */
final class WakeUps implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(WakeUps.class);

  private final BiFunction<URI, Set<String>, CompletableFuture<Optional<String>>> nextArrival;
  private final Consumer<String> arrived;
  private final Map<URI, Question> open = new HashMap<>();
  private Set<String> asleep = Set.of();
  private boolean closed;

  private record Question(
      URI gateway, Set<String> queues, CompletableFuture<Optional<String>> answer) {}

  /**
   * @param nextArrival asks a gateway for the next message to one of these queues
   * @param arrived receives each queue with a new message
   */
  WakeUps(
      BiFunction<URI, Set<String>, CompletableFuture<Optional<String>>> nextArrival,
      Consumer<String> arrived) {
    this.nextArrival = nextArrival;
    this.arrived = arrived;
  }

  /**
   * Listens to these gateways for these queues from now on. Call it every few seconds: it retries
   * gateways that could not answer.
   */
  synchronized void listen(Set<URI> gateways, Set<String> asleep) {
    if (closed) {
      return;
    }
    this.asleep = asleep;
    for (Question question : Set.copyOf(open.values())) {
      if (!gateways.contains(question.gateway()) || !question.queues().equals(asleep)) {
        cancel(question);
      }
    }
    gateways.stream().filter(gateway -> !open.containsKey(gateway)).forEach(this::ask);
  }

  private void ask(URI gateway) {
    if (asleep.isEmpty()) {
      return;
    }
    Question question = new Question(gateway, asleep, nextArrival.apply(gateway, asleep));
    open.put(gateway, question);
    question.answer().whenComplete((queue, failure) -> answered(question, queue, failure));
  }

  private void answered(Question question, Optional<String> queue, Throwable failure) {
    if (!isOpen(question)) {
      return;
    }
    if (failure != null) {
      LOG.debugf(failure, "%s does not report messages", question.gateway());
      close(question);
      return;
    }
    queue.ifPresent(arrived);
    askAgain(question, queue);
  }

  private synchronized boolean isOpen(Question question) {
    return open.get(question.gateway()) == question;
  }

  private synchronized void close(Question question) {
    open.remove(question.gateway(), question);
  }

  /** A reported queue is awake, or another report would not wake it. */
  private synchronized void askAgain(Question question, Optional<String> reported) {
    if (!isOpen(question)) {
      return;
    }
    close(question);
    Set<String> still = new HashSet<>(asleep);
    reported.ifPresent(still::remove);
    asleep = Set.copyOf(still);
    ask(question.gateway());
  }

  private void cancel(Question question) {
    close(question);
    question.answer().cancel(true);
  }

  @Override
  public synchronized void close() {
    closed = true;
    Set.copyOf(open.values()).forEach(this::cancel);
  }
}
