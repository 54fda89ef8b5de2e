package dev.warren.operator.observe;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.EndpointDoor;
import dev.warren.operator.model.GivenReference;
import dev.warren.operator.model.RenewalRequest;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.CertificateObservation;
import dev.warren.operator.observation.GivenSecret;
import dev.warren.operator.observation.IssuedDoor;
import dev.warren.operator.observation.QueueNode;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads what is known of certificates beside the topology's own Secrets: those of users and of
 * cert-manager, by their names, because the caches have only objects with the operator's labels.
 */
final class CertificateSources {

  private static final String ISSUER = "issuer";

  private static final ResourceDefinitionContext CERTIFICATES =
      new ResourceDefinitionContext.Builder()
          .withGroup("cert-manager.io")
          .withVersion("v1")
          .withKind("Certificate")
          .withPlural("certificates")
          .withNamespaced(true)
          .build();

  private final KubernetesClient kubernetes;
  private final CertificateProbe probe;

  CertificateSources(KubernetesClient kubernetes, CertificateProbe probe) {
    this.kubernetes = kubernetes;
    this.probe = probe;
  }

  CertificateObservation of(MessageTopology topology, TopologyObjects found, Instant now) {
    MessageTopologySpec spec = topology.getSpec();
    ResourceNames names = found.names();
    Map<String, GivenSecret> given = new HashMap<>();
    GivenReference.all(spec, names)
        .forEach(
            reference ->
                given.computeIfAbsent(
                    reference.secret(), secret -> secret(names.namespace(), secret)));
    return new CertificateObservation(
        given,
        issued(spec, found),
        probe.served(found.owner().uid(), nodes(spec, found), now),
        Optional.ofNullable(topology.getMetadata().getAnnotations())
            .map(annotations -> annotations.get(RenewalRequest.ANNOTATION)));
  }

  private GivenSecret secret(String namespace, String name) {
    try {
      Secret secret = kubernetes.secrets().inNamespace(namespace).withName(name).get();
      return secret == null
          ? new GivenSecret.Missing()
          : new GivenSecret.Found(secret.getData() == null ? Map.of() : secret.getData());
    } catch (KubernetesClientException e) {
      return new GivenSecret.Unreadable(why(e));
    }
  }

  /** Also after spec.tls.issuerRef was removed, until the Certificate is gone. */
  private IssuedDoor issued(MessageTopologySpec spec, TopologyObjects found) {
    boolean asked =
        CertificateSecrets.texts(
                found.owned().find(Secret.class, found.names().clientsAuthoritySecret()))
            .containsKey(ISSUER);
    return spec.tls().issuerRef() != null || asked
        ? issued(found.names())
        : new IssuedDoor.NotRead();
  }

  private IssuedDoor issued(ResourceNames names) {
    try {
      GenericKubernetesResource certificate =
          kubernetes
              .genericKubernetesResources(CERTIFICATES)
              .inNamespace(names.namespace())
              .withName(names.issuedDoor())
              .get();
      if (certificate != null) {
        return new IssuedDoor.Found(certificate);
      }
      return hasKind() ? new IssuedDoor.Absent() : new IssuedDoor.NoKind();
    } catch (KubernetesClientException e) {
      return new IssuedDoor.Unreadable(why(e));
    }
  }

  private boolean hasKind() {
    APIResourceList kinds = kubernetes.getApiResources("cert-manager.io/v1");
    return kinds != null
        && kinds.getResources().stream().anyMatch(kind -> kind.getKind().equals("Certificate"));
  }

  private static String why(KubernetesClientException e) {
    return e.getStatus() != null && e.getStatus().getMessage() != null
        ? e.getStatus().getMessage()
        : String.valueOf(e.getMessage());
  }

  private static List<CertificateProbe.Node> nodes(
      MessageTopologySpec spec, TopologyObjects found) {
    List<EndpointDoor> endpoints = EndpointDoor.of(spec);
    return found.nodes().values().stream()
        .filter(QueueNode::hasStarted)
        .flatMap(node -> node(node, found, endpoints))
        .toList();
  }

  private static Stream<CertificateProbe.Node> node(
      QueueNode node, TopologyObjects found, List<EndpointDoor> endpoints) {
    return found
        .owned()
        .find(Secret.class, found.names().certificateSecret(node.number()))
        .flatMap(
            secret ->
                CertificateProbe.Node.of(
                    node.number(),
                    node.pod().orElseThrow(),
                    secret,
                    node.hasGateway() ? endpoints : List.of()))
        .stream();
  }
}
