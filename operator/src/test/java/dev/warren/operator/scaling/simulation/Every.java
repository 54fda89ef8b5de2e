package dev.warren.operator.scaling.simulation;

/** A timer: due at its first moment and then once each period. */
final class Every {

  private final double period;
  private double next;

  Every(double period, double first) {
    this.period = period;
    next = first;
  }

  boolean isDue(double now) {
    if (now < next) {
      return false;
    }
    next += period * (1 + Math.floor((now - next) / period));
    return true;
  }
}
