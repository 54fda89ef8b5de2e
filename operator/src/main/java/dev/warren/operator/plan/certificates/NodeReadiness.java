package dev.warren.operator.plan.certificates;

import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Which nodes may still use older certificates than their Secrets have. */
final class NodeReadiness {

  /** A Pod this young may have read its Secret, and start its containers only now. */
  private static final Duration STARTING = Duration.ofMinutes(2);

  private final ResourceNames names;
  private final Observation observed;

  NodeReadiness(ResourceNames names, Observation observed) {
    this.names = names;
    this.observed = observed;
  }

  /**
   * The names of their Pods. A Pod that does not run reads the newest at its start. One on a
   * machine that does not answer may still run.
   */
  List<String> waitsFor() {
    return observed.nodes().values().stream()
        .filter(this::mayServe)
        .filter(node -> !hasProven(node))
        .map(node -> names.node(node.number()))
        .toList();
  }

  /** The names of the Pods that were seen to serve something else. */
  List<String> lagging() {
    return observed.nodes().values().stream()
        .filter(this::mayServe)
        .filter(node -> observed.certificates().served().containsKey(node.number()))
        .filter(node -> !hasProven(node))
        .map(node -> names.node(node.number()))
        .toList();
  }

  private boolean mayServe(QueueNode node) {
    return node.pod().isPresent()
        && !node.hasEnded()
        && (node.hasStarted()
            || node.pod().filter(pod -> observed.age(pod).compareTo(STARTING) < 0).isPresent());
  }

  private boolean hasProven(QueueNode node) {
    Optional<Secret> secret =
        observed.objects().find(Secret.class, names.certificateSecret(node.number()));
    return secret
        .map(CertificateSecrets::digest)
        .filter(digest -> digest.equals(observed.certificates().served().get(node.number())))
        .isPresent();
  }
}
