package dev.warren.operator.observation;

import java.time.Instant;
import java.util.Optional;

/**
 * What Kubernetes reports about the machine of a queue node.
 *
 * @param name the name of the Kubernetes node
 * @param since when it entered this state, as far as Kubernetes knows
 */
public record KubernetesNode(String name, State state, Optional<Instant> since) {

  /** A machine that has been in this state for an unknown time. */
  public KubernetesNode(String name, State state) {
    this(name, state, Optional.empty());
  }

  /** Whether the machine answers. */
  public enum State {
    /** It reports. It may be cordoned. */
    READY,
    /** It has not reported for so long that Kubernetes considers it not ready. */
    SILENT,
    /** Kubernetes has no such node any longer. */
    GONE
  }

  /** Whether it answers. */
  public boolean isReady() {
    return state == State.READY;
  }

  /** As the middle of a sentence. */
  public String description() {
    return switch (state) {
      case READY -> "its machine " + name + " is ready";
      case SILENT -> "its machine " + name + " is silent";
      case GONE -> "its machine " + name + " is gone";
    };
  }
}
