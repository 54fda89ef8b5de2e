package dev.warren.operator.plan.certificates;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.ClientTrust;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * The certificates of a topology.
 *
 * @param actions the changes, in their order; they come before everything else
 * @param digests what the Pod of each node should read: the digest of its Secret
 * @param trust what clients need
 * @param problems what is wrong
 * @param report what is told about them
 */
public record CertificatePlan(
    List<KubernetesAction> actions,
    Map<Integer, String> digests,
    ClientTrust trust,
    List<Problem> problems,
    CertificateReport report) {

  /** There are none. */
  public static final CertificatePlan NOTHING =
      new CertificatePlan(
          List.of(), Map.of(), ClientTrust.NONE, List.of(), CertificateReport.NOTHING);

  /** Copies the lists. */
  public CertificatePlan {
    actions = List.copyOf(actions);
    digests = Map.copyOf(digests);
    problems = List.copyOf(problems);
  }

  /** A new Pod says from the beginning which certificates it has read. */
  public KubernetesAction marked(KubernetesAction action, ToIntFunction<String> numberOfPod) {
    if (!(action instanceof KubernetesAction.Create create && create.object() instanceof Pod pod)) {
      return action;
    }
    String digest = digests.get(numberOfPod.applyAsInt(pod.getMetadata().getName()));
    return digest == null
        ? action
        : new KubernetesAction.Create(
            pod.edit()
                .editMetadata()
                .addToAnnotations(CertificateSecrets.ANNOTATION, digest)
                .endMetadata()
                .build(),
            create.because());
  }
}
