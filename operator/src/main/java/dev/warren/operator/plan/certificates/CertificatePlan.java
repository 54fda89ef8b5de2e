package dev.warren.operator.plan.certificates;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.ClientTrust;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/**
 * The certificates of a topology.
 *
 * @param secrets what nodes need, in its order; it comes before everything else
 * @param others what holds up nothing when it is refused
 * @param digests what the Pod of each node should read: the digest of its Secret
 * @param trust what clients need
 * @param problems what is wrong
 * @param report what is told about them
 */
public record CertificatePlan(
    List<KubernetesAction> secrets,
    List<KubernetesAction> others,
    Map<Integer, String> digests,
    ClientTrust trust,
    List<Problem> problems,
    CertificateReport report) {

  /** There are none. */
  public static final CertificatePlan NOTHING =
      new CertificatePlan(
          List.of(), List.of(), Map.of(), ClientTrust.NONE, List.of(), CertificateReport.NOTHING);

  /** Copies the lists. */
  public CertificatePlan {
    secrets = List.copyOf(secrets);
    others = List.copyOf(others);
    digests = Map.copyOf(digests);
    problems = List.copyOf(problems);
  }

  /** All changes, in their order. */
  public List<KubernetesAction> actions() {
    return Stream.concat(secrets.stream(), others.stream()).toList();
  }

  /** With problems that were found when it was carried out. */
  public CertificatePlan withProblems(List<Problem> found) {
    return new CertificatePlan(
        secrets,
        others,
        digests,
        trust,
        Stream.concat(problems.stream(), found.stream()).toList(),
        report);
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
