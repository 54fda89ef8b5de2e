package dev.warren.operator.action;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Map;

/** One change in Kubernetes. Each may be repeated without harm. */
public sealed interface KubernetesAction {

  /** The object that it is about. */
  HasMetadata object();

  /** Why it is done, as the end of a sentence. */
  String because();

  /**
   * Whether what is done after it is of no use without it. Nodes do run without a way for clients
   * to them, and without a budget for their evictions.
   */
  default boolean othersNeedIt() {
    return switch (object()) {
      case PodDisruptionBudget budget -> false;
      case Service service -> "None".equals(service.getSpec().getClusterIP());
      default -> !(this instanceof Grow);
    };
  }

  /** What it does and why, in words. */
  default String describe() {
    return toString();
  }

  /** Makes an object that was not there. */
  record Create(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("create", this);
    }
  }

  /**
   * Sets what the operator says about an object, and leaves what others say (server-side apply).
   */
  record Apply(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("apply", this);
    }
  }

  /**
   * Like {@link Apply}, of a Deployment of which nothing but its number of Pods changes: it is no
   * less ready for that.
   */
  record Scale(Deployment object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("scale", this);
    }
  }

  /** Has a volume claim ask for more. Nothing builds upon it: a storage class may refuse it. */
  record Grow(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("grow", this);
    }
  }

  /** Sets labels and annotations of an object, and leaves the rest. */
  record Mark(
      HasMetadata object,
      Map<String, String> labels,
      Map<String, String> annotations,
      String because)
      implements KubernetesAction {
    @Override
    public String toString() {
      return words("mark", this);
    }
  }

  /** Replaces an object, if it is still the one that was observed. */
  record Replace(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("replace", this);
    }
  }

  /** Deletes an object, if it is still the one that was observed. */
  record Delete(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("delete", this);
    }
  }

  private static String words(String verb, KubernetesAction action) {
    // Not the object itself: it may be a Secret.
    return verb
        + " "
        + action.object().getKind()
        + " "
        + action.object().getMetadata().getName()
        + ": "
        + action.because();
  }
}
