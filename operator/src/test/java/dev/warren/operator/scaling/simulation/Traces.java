package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.Policies;
import dev.warren.operator.scaling.simulation.Trace.Fault;
import dev.warren.operator.scaling.simulation.Trace.Fault.ConsumersCrash;
import dev.warren.operator.scaling.simulation.Trace.Fault.LeaderChanges;
import dev.warren.operator.scaling.simulation.Trace.Fault.MetricsGone;
import dev.warren.operator.scaling.simulation.Trace.Fault.ScalerRestarts;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** The loads that scaling is tried with. Where not said otherwise a replica handles 5/s. */
final class Traces {

  private static final double HANDLING = 0.2;
  private static final DoubleUnaryOperator NO_LIMIT = at -> Double.POSITIVE_INFINITY;

  /** The run of KEDA that was measured on the test bed: from no load to a constant load. */
  static final Trace CONSTANT =
      new Trace(
          "constant, from zero",
          400,
          770,
          at -> at < 0 ? 0 : 50,
          true,
          at -> HANDLING,
          NO_LIMIT,
          5,
          Policies.between(0, 20, 1, false),
          List.of());

  private Traces() {}

  static List<Trace> all() {
    return List.of(
        CONSTANT,
        load("step", 2700, at -> at >= 300 && at < 1500 ? 70 : 20),
        load("ramp", 2700, at -> 10 + 70 * Math.clamp(Math.min(at / 900, (2100 - at) / 900), 0, 1)),
        load("sine", 3600, at -> 45 - 30 * Math.cos(2 * Math.PI * at / 1200)),
        load("spikes", 2400, at -> at >= 0 && at % 800 >= 300 && at % 800 < 340 ? 90 : 20),
        bursts(),
        slow("slow downstream", at -> at >= 300 && at < 1200 ? 2 * HANDLING : HANDLING, NO_LIMIT),
        slow(
            "limited downstream",
            at -> HANDLING,
            at -> at >= 300 && at < 900 ? 30 : Double.POSITIVE_INFINITY),
        load("metrics gone", 1800, at -> at >= 330 ? 70 : 30, new MetricsGone(300, 120)),
        load("leader changes", 1800, at -> 50, new LeaderChanges(300), new LeaderChanges(1000)),
        load("consumers crash", 1800, at -> 50, new ConsumersCrash(300), new ConsumersCrash(1000)),
        load("scaler restarts", 1800, at -> 50, new ScalerRestarts(300)),
        parallel());
  }

  private static Trace load(
      String name, double duration, DoubleUnaryOperator arrivals, Fault... faults) {
    return new Trace(
        name,
        1200,
        duration,
        arrivals,
        false,
        at -> HANDLING,
        NO_LIMIT,
        10,
        Policies.between(1, 20, 1, false),
        List.of(faults));
  }

  private static Trace slow(String name, DoubleUnaryOperator handling, DoubleUnaryOperator limit) {
    return new Trace(
        name,
        1200,
        2400,
        at -> 35,
        false,
        handling,
        limit,
        10,
        Policies.between(1, 20, 1, false),
        List.of());
  }

  private static Trace bursts() {
    return new Trace(
        "bursts, to zero",
        1200,
        3600,
        at -> at >= 0 && at % 900 < 120 ? 40 : 0,
        false,
        at -> HANDLING,
        NO_LIMIT,
        10,
        Policies.between(0, 20, 1, false),
        List.of());
  }

  /** Replicas that work on 8 messages at once and so handle 25/s each. */
  private static Trace parallel() {
    return new Trace(
        "step, parallel",
        1200,
        2700,
        at -> at >= 300 && at < 1500 ? 350 : 100,
        false,
        at -> 0.32,
        NO_LIMIT,
        10,
        Policies.between(1, 20, 8, false),
        List.of());
  }
}
