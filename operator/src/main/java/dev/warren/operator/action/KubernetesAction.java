package dev.warren.operator.action;

import dev.warren.operator.model.CertificateSecrets;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.Map;

/** One change in Kubernetes. Each is idempotent. */
public sealed interface KubernetesAction {

  /** The object that it changes. */
  HasMetadata object();

  /** Why it is necessary, as the end of a sentence. */
  String because();

  /**
   * Whether the changes after it depend on it. Nodes run even without a Service for clients and a
   * PodDisruptionBudget.
   */
  default boolean othersNeedIt() {
    return switch (object()) {
      case PodDisruptionBudget budget -> false;
      case Service service -> "None".equals(service.getSpec().getClusterIP());
      case GenericKubernetesResource foreign -> false;
      case Secret secret -> !(this instanceof Delete);
      case Pod pod -> !isNudge();
      default -> !(this instanceof Grow);
    };
  }

  /** Whether it only makes the kubelet read certificates again at once. */
  private boolean isNudge() {
    return this instanceof Mark mark
        && mark.annotations().containsKey(CertificateSecrets.ANNOTATION);
  }

  /** What it does and why, as a phrase. */
  default String describe() {
    return toString();
  }

  /** Creates an object that does not exist. */
  record Create(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("create", this);
    }
  }

  /** Sets the operator's fields of an object and keeps those of others (server-side apply). */
  record Apply(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("apply", this);
    }
  }

  /**
   * Like {@link Apply}, for a Deployment of which only the number of Pods changes. It stays as
   * ready as before.
   */
  record Scale(Deployment object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("scale", this);
    }
  }

  /** Raises the request of a volume claim. Nothing depends on it: a storage class may refuse it. */
  record Grow(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("grow", this);
    }
  }

  /** Sets labels and annotations of an object, and keeps the others. */
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

  /** Replaces an object, unless it has changed since it was observed. */
  record Replace(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("replace", this);
    }
  }

  /** Deletes an object, unless it has changed since it was observed. */
  record Delete(HasMetadata object, String because) implements KubernetesAction {
    @Override
    public String toString() {
      return words("delete", this);
    }
  }

  private static String words(String verb, KubernetesAction action) {
    // Without the content of the object, because it may be a Secret.
    return verb
        + " "
        + action.object().getKind()
        + " "
        + action.object().getMetadata().getName()
        + ": "
        + action.because();
  }
}
