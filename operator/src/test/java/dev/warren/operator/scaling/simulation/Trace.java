package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.ScalingPolicy;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * A load, and the faults during it. Times are seconds; scoring starts at zero.
 *
 * @param warmUp how long before zero it starts, so that all start settled
 * @param arrivals messages/s over time
 * @param regular whether messages come at equal distances, and not by chance (Poisson)
 * @param handling seconds that one message takes, over time
 * @param limit messages/s that all replicas can handle together, over time
 * @param startDelay seconds from a Pod's creation until it is ready, on average
 */
record Trace(
    String name,
    double warmUp,
    double duration,
    DoubleUnaryOperator arrivals,
    boolean regular,
    DoubleUnaryOperator handling,
    DoubleUnaryOperator limit,
    double startDelay,
    ScalingPolicy policy,
    List<Fault> faults) {

  /** What happens to the system. */
  sealed interface Fault {
    double at();

    /** The broker does not answer for some seconds. */
    record MetricsGone(double at, double seconds) implements Fault {}

    /** The queue gets another leader, which counts from zero; the load is unknown for 10 s. */
    record LeaderChanges(double at) implements Fault {}

    /** Half of the replicas crash and restart; their messages are delivered again. */
    record ConsumersCrash(double at) implements Fault {}

    /** The autoscaler is restarted. */
    record ScalerRestarts(double at) implements Fault {}
  }
}
