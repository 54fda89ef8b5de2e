package dev.warren.operator.reconcile;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.ApiServer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The labels and annotations of a topology's objects: those that users add, and none of others. */
@Tag("apiserver")
class ObjectMetadataApiServerTest {

  /** Argo CD tracks the objects of an application by this label, unless it is told otherwise. */
  private static final String TRACKING_LABEL = "app.kubernetes.io/instance";

  @RegisterExtension static final ApiServer server = new ApiServer();

  private final KubernetesClient client = server.client();
  private final Passes passes = new Passes(client);
  private final String namespace = server.namespace();

  @Test
  void everyObjectExceptPodsHasWhatUsersAdd() {
    MessageTopology topology =
        passes.create(namespace, spec("", "{labels: {team: shop}, annotations: {note: 'yes'}}"));
    passes.converge(topology);

    assertThat(passes.written(topology))
        .contains("ConfigMap/orders-membership", "ConfigMap/orders-gateway")
        .contains("Deployment/orders-worker", "Deployment/orders-scaled");
    assertThat(withoutPods(topology))
        .allSatisfy(
            object -> {
              assertThat(labels(object)).containsEntry("team", "shop");
              assertThat(annotations(object)).containsEntry("note", "yes");
            });
    assertThat(only(topology, Pod.class))
        .isNotEmpty()
        .allSatisfy(pod -> assertThat(labels(pod)).doesNotContainKey("team"));
  }

  @Test
  void theyChangeWithoutARestart() {
    MessageTopology topology =
        passes.create(
            namespace, spec("", "{labels: {team: shop, old: 'yes'}, annotations: {note: 'yes'}}"));
    passes.converge(topology);
    List<String> pods = only(topology, Pod.class).map(this::version).toList();
    Map<String, PodTemplateSpec> templates = templates(topology);

    topology.setSpec(unmarshal(spec("", "{labels: {team: books}}")));
    passes.converge(topology);

    assertThat(withoutPods(topology))
        .allSatisfy(
            object -> {
              assertThat(labels(object)).containsEntry("team", "books").doesNotContainKey("old");
              assertThat(annotations(object)).doesNotContainKey("note");
            });
    assertThat(only(topology, Pod.class).map(this::version).toList()).isEqualTo(pods);
    assertThat(templates(topology)).isEqualTo(templates);
  }

  @Test
  void claimsAndTheServiceHaveMoreOfTheirOwn() {
    MessageTopology topology =
        passes.create(
            namespace,
            spec(
                "labels: {backup: nightly, team: storage}, annotations: {hook: 'yes'}",
                "{labels: {team: shop}}"));
    passes.converge(topology);

    assertThat(only(topology, PersistentVolumeClaim.class))
        .hasSize(1)
        .allSatisfy(
            claim -> {
              assertThat(labels(claim))
                  .containsEntry("backup", "nightly")
                  .containsEntry("team", "storage");
              assertThat(annotations(claim)).containsEntry("hook", "yes");
            });
    assertThat(only(topology, Service.class))
        .extracting(service -> labels(service).get("tier"))
        .as("the clients' Service, and neither the nodes' nor that of the management API")
        .containsExactlyInAnyOrder("messaging", null, null);

    topology.setSpec(unmarshal(spec("", "{}")));
    passes.converge(topology);

    assertThat(only(topology, PersistentVolumeClaim.class))
        .allSatisfy(
            claim -> {
              assertThat(labels(claim)).doesNotContainKeys("backup", "team");
              assertThat(annotations(claim)).doesNotContainKey("hook");
            });
  }

  @Test
  void aSecretThatWasTakenOverLosesALabelToo() {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("orders-connection")
                .endMetadata()
                .addToStringData("password", "chosen")
                .build())
        .create();
    MessageTopology topology = passes.create(namespace, spec("", "{labels: {team: shop}}"));
    passes.converge(topology);

    topology.setSpec(unmarshal(spec("", "{}")));
    passes.converge(topology);

    assertThat(withoutPods(topology))
        .allSatisfy(object -> assertThat(labels(object)).doesNotContainKey("team"));
  }

  @Test
  void nothingLooksLikeAPartOfAnArgoCdApplication() {
    MessageTopology topology = passes.create(namespace, spec("", "{}"));
    topology.getMetadata().setLabels(Map.of(TRACKING_LABEL, "orders"));
    passes.converge(topology);

    assertThat(only(topology, PersistentVolumeClaim.class))
        .as("a claim that outlives the topology")
        .hasSize(1)
        .allSatisfy(claim -> assertThat(claim.getMetadata().getOwnerReferences()).isEmpty());
    assertThat(passes.objects(topology).map(HasMetadata.class::cast))
        .allSatisfy(object -> assertThat(labels(object)).doesNotContainKey(TRACKING_LABEL));
  }

  private Stream<HasMetadata> withoutPods(MessageTopology topology) {
    return passes
        .objects(topology)
        .map(HasMetadata.class::cast)
        .filter(object -> !(object instanceof Pod));
  }

  private <T extends HasMetadata> Stream<T> only(MessageTopology topology, Class<T> kind) {
    return passes.objects(topology).filter(kind::isInstance).map(kind::cast);
  }

  private String version(HasMetadata object) {
    return object.getMetadata().getUid() + "/" + object.getMetadata().getResourceVersion();
  }

  /** A Deployment replaces its Pods when their template changes, and only then. */
  private Map<String, PodTemplateSpec> templates(MessageTopology topology) {
    return only(topology, Deployment.class)
        .collect(
            toMap(
                deployment -> deployment.getMetadata().getName(),
                deployment -> deployment.getSpec().getTemplate()));
  }

  private static Map<String, String> labels(HasMetadata object) {
    return object.getMetadata().getLabels();
  }

  private static Map<String, String> annotations(HasMetadata object) {
    return object.getMetadata().getAnnotations();
  }

  private static MessageTopologySpec unmarshal(String spec) {
    return Serialization.unmarshal(spec, MessageTopologySpec.class);
  }

  /** Complete, as the API server returns it. */
  private static String spec(String storage, String objectMetadata) {
    return """
        nodes: {replicas: 1, replaceAfter: 60s, storage: {size: 1Gi, onDelete: Retain, %s}}
        queues: [{name: hello}, {name: jobs}]
        consumers:
          - {name: worker, queue: hello, template: {spec: {containers: [{name: app, image: i}]}}}
          - {name: scaled, queue: jobs, scaling: {}, template: {spec: {containers: [{name: app, image: i}]}}}
        endpoints:
          service: {type: ClusterIP, labels: {tier: messaging}}
          publish: {port: 8080, timeout: 10s, maxMessageSize: 1Mi, maxInFlight: 1000, maxConnections: 1000,
                    idleTimeout: 60s}
        objectMetadata: %s
        """
        .formatted(storage, objectMetadata);
  }
}
