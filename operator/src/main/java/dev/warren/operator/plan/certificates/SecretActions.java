package dev.warren.operator.plan.certificates;

import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.action.KubernetesAction.Replace;
import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.Revision;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueNode;
import dev.warren.operator.plan.objects.ObjectPlanner;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;

/** The changes in Kubernetes that bring about certificates. */
final class SecretActions {

  private final ResourceNames names;
  private final Observation observed;
  private final CertificateSecrets secrets;

  SecretActions(ResourceNames names, Observation observed, CertificateSecrets secrets) {
    this.names = names;
    this.observed = observed;
    this.secrets = secrets;
  }

  /** A CA is changed only as it was observed: its key cannot be had again. */
  Optional<KubernetesAction> authority(String name, AuthorityState state) {
    Secret desired = secrets.secret(name, state.texts());
    Optional<Secret> seen = observed.objects().find(Secret.class, name);
    if (seen.isEmpty() || desired.getData().equals(seen.get().getData())) {
      return new ObjectPlanner(observed.objects()).plan(desired);
    }
    return Optional.of(
        new Replace(
            new SecretBuilder(seen.get())
                .editMetadata()
                .addToLabels(desired.getMetadata().getLabels())
                .addToAnnotations(annotations(desired))
                .addToAnnotations(Revision.ANNOTATION, Revision.of(desired))
                .endMetadata()
                .withData(desired.getData())
                .build(),
            "its renewal takes a step"));
  }

  private static Map<String, String> annotations(Secret secret) {
    Map<String, String> annotations = secret.getMetadata().getAnnotations();
    return annotations == null ? Map.of() : annotations;
  }

  Optional<KubernetesAction> node(Secret desired) {
    return new ObjectPlanner(observed.objects()).plan(desired);
  }

  /** The kubelet reads a Secret again at once when its Pod changes, and otherwise minutes later. */
  List<KubernetesAction> nudges(Map<Integer, String> digests) {
    return observed.nodes().values().stream()
        .filter(node -> node.hasStarted() && !node.isTerminating() && !node.hasEnded())
        .flatMap(node -> nudge(node, digests).stream())
        .toList();
  }

  private Optional<KubernetesAction> nudge(QueueNode node, Map<Integer, String> digests) {
    String digest = digests.getOrDefault(node.number(), "");
    boolean written =
        observed
            .objects()
            .find(Secret.class, names.certificateSecret(node.number()))
            .filter(secret -> CertificateSecrets.digest(secret).equals(digest))
            .isPresent();
    return node.pod()
        .filter(pod -> written && !digest.equals(annotation(pod)))
        .map(
            pod ->
                new Mark(
                    pod,
                    Map.of(),
                    Map.of(CertificateSecrets.ANNOTATION, digest),
                    "its certificates have changed"));
  }

  private static String annotation(Pod pod) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault(CertificateSecrets.ANNOTATION, "");
  }

  /** Of nodes that are gone. */
  List<KubernetesAction> removals(SortedSet<Integer> numbers) {
    return observed
        .objects()
        .all(Secret.class)
        .filter(
            secret -> {
              OptionalInt n = names.numberOfCertificateSecret(secret.getMetadata().getName());
              return n.isPresent() && !numbers.contains(n.getAsInt());
            })
        .<KubernetesAction>map(secret -> new Delete(secret, "its node is gone"))
        .toList();
  }
}
