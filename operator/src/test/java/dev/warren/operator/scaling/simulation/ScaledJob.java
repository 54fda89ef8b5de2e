package dev.warren.operator.scaling.simulation;

import java.util.OptionalInt;

/**
 * KEDA's ScaledJob: every 30 s it starts Jobs, each of which takes one message and ends. See "The
 * number of the scale" in https://keda.sh/docs/2.18/reference/scaledjob-spec/.
 */
final class ScaledJob implements Autoscaler {

  /** How many Jobs are started. */
  enum Strategy {
    /** As many as there are messages, those that are held too, less the Jobs that are there. */
    DEFAULT,
    /** As many as messages wait, less the Jobs whose Pods do not run yet. */
    ACCURATE
  }

  private final Strategy strategy;
  private final int max;
  private final Every polling;

  ScaledJob(Strategy strategy, int max, double firstPoll) {
    this.strategy = strategy;
    this.max = max;
    polling = new Every(Keda.POLLING, firstPoll);
  }

  @Override
  public OptionalInt tick(Look look) {
    if (!polling.isDue(look.at()) || look.queue().isEmpty()) {
      return OptionalInt.empty();
    }
    int more = more(look, look.queue().get());
    return more > 0 ? OptionalInt.of(look.replicas() + more) : OptionalInt.empty();
  }

  private int more(Look look, QueueMetrics queue) {
    int running = look.replicas();
    int pending = running - look.readyReplicas();
    return switch (strategy) {
      case DEFAULT -> upTo(queue.messages()) - running;
      case ACCURATE -> {
        int waiting = upTo(queue.ready());
        yield waiting + running > max ? max - running : waiting - pending;
      }
    };
  }

  private int upTo(long messages) {
    return (int) Math.min(max, messages);
  }

  @Override
  public boolean podsTakeOneMessage() {
    return true;
  }
}
