package dev.warren.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.ApiServer;
import dev.warren.operator.Decisions;
import dev.warren.operator.action.Retained;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Owner;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.observation.QueueConsumers.Count;
import dev.warren.operator.status.AppliedActions;
import dev.warren.operator.status.ReconcileResult;
import dev.warren.operator.status.StatusBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The API server accepts what the operator writes, and the next pass finds no difference, although
 * the server adds defaults and normalizes values. Otherwise every pass would write it again.
 */
@Tag("apiserver")
class ConvergenceApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private final KubernetesClient client = server.client();
  private final Passes passes = new Passes(client);

  @Test
  void aTopologyWithDefaultsIsWrittenOnce() {
    MessageTopology topology = topology("{queues: [{name: hello}]}");

    passes.converge(topology);

    assertThat(passes.written(topology))
        .contains(
            "Secret/orders-admin",
            "Secret/orders-erlang-cookie",
            "Secret/orders-connection",
            "ConfigMap/orders-config",
            "ConfigMap/orders-membership",
            "Service/orders",
            "Service/orders-nodes",
            "PodDisruptionBudget/orders",
            "PersistentVolumeClaim/data-orders-0",
            "PersistentVolumeClaim/data-orders-2",
            "Pod/orders-0",
            "Pod/orders-2");
  }

  @Test
  void nodesWithEverythingSetAreWrittenOnce() {
    passes.converge(
        topology(
            """
            nodes:
              replicas: 1
              image: example.org/other:2
              storage: {size: 1024Mi, className: fast, onDelete: Retain}
              resources: {requests: {cpu: 100m, memory: 1024Mi}, limits: {cpu: "0.50", memory: 2048Mi}}
              config: |
                # nothing
              plugins: [rabbitmq_shovel]
              podTemplate:
                metadata: {labels: {team: a, empty: ""}, annotations: {note: ""}}
                spec:
                  priorityClassName: ""
                  nodeSelector: {disk: ssd}
                  tolerations: [{key: a, operator: Exists}]
                  topologySpreadConstraints:
                    - {maxSkew: 1, topologyKey: rack, whenUnsatisfiable: ScheduleAnyway}
                  containers:
                    - {name: sidecar, image: "example.org/sidecar:1", resources: {requests: {cpu: 1000m}}}
                    - {name: rabbitmq, env: [{name: A, value: b}]}
            """));
  }

  @Test
  void aConsumerWithARichTemplateIsWrittenOnce() {
    MessageTopology topology =
        consumer(
            """
            metadata: {creationTimestamp: null, labels: {team: a, empty: ""}, annotations: {note: ""}}
            spec:
              serviceAccountName: ""
              terminationGracePeriodSeconds: 5
              hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]
              imagePullSecrets: [{name: one}, {name: two}]
              nodeSelector: {disk: ssd}
              tolerations:
                - {key: a, operator: Exists}
                - {key: b, operator: Equal, value: "", effect: NoExecute, tolerationSeconds: 30}
              securityContext: {}
              affinity:
                nodeAffinity:
                  preferredDuringSchedulingIgnoredDuringExecution:
                    - weight: 1
                      preference: {matchExpressions: [{key: a, operator: In, values: [b, c]}]}
              initContainers:
                - {name: first, image: "example.org/first:1", command: [sh, -c, ""], args: []}
              containers:
                - name: app
                  image: example.org/app:1
                  command: [run, "", --flag]
                  env:
                    - {name: EMPTY, value: ""}
                    - {name: NOTHING}
                    - {name: NUMBER, value: "1000"}
                    - {name: REFERENCE, value: $(RABBITMQ_HOST)}
                    - {name: RABBITMQ_VHOST, value: other}
                    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: CPU, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1000m}}}
                    - {name: MAYBE, valueFrom: {configMapKeyRef: {name: c, key: k, optional: true}}}
                  envFrom:
                    - {configMapRef: {name: a}}
                    - {prefix: P_, secretRef: {name: b}}
                  ports:
                    - {name: http, containerPort: 8080}
                    - {containerPort: 9090}
                    - {containerPort: 9091}
                  resources:
                    requests: {cpu: 1000m, memory: 1024Mi, ephemeral-storage: 1000k}
                    limits: {cpu: 2, memory: "2147483648"}
                  livenessProbe: {httpGet: {path: /live, port: 8080}, periodSeconds: 5}
                  readinessProbe: {httpGet: {path: /ready, port: http, httpHeaders: [{name: A, value: "1"}, {name: A, value: "2"}]}}
                  startupProbe: {exec: {command: [test, -e, /started]}, failureThreshold: 30}
                  lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
                  securityContext: {capabilities: {drop: [ALL]}, runAsUser: 0, privileged: false}
                  volumeMounts:
                    - {name: scratch, mountPath: /a}
                    - {name: scratch, mountPath: /b, subPath: ""}
                - {name: sidecar, image: "example.org/sidecar:1"}
              volumes:
                - {name: scratch, emptyDir: {}}
                - {name: memory, emptyDir: {medium: Memory, sizeLimit: 1024Mi}}
                - {name: files, configMap: {name: c, defaultMode: 256, items: [{key: a, path: b}]}}
                - name: all
                  projected:
                    sources:
                      - secret: {name: s}
                      - downwardAPI:
                          items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]
                - name: ephemeral
                  ephemeral:
                    volumeClaimTemplate:
                      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1024Mi}}}
            """);

    passes.converge(topology);

    assertThat(passes.written(topology)).contains("Deployment/orders-worker");
  }

  @Test
  void aScaledConsumerIsWrittenOnceForEachDecision() {
    MessageTopology topology =
        topology(
            """
            nodes: {replicas: 1}
            queues: [{name: hello}]
            consumers:
              - name: worker
                queue: hello
                scaling: {minReplicas: 1, maxReplicas: 5}
                template: {spec: {containers: [{name: app, image: i}]}}
            """);
    passes.converge(topology);
    assertThat(worker(topology).get().getSpec().getReplicas()).isEqualTo(1);

    passes.setScaling(
        Map.of("worker", new ConsumerScaling(Decisions.of(4), Instant.now(), Optional.empty())));
    assertThat(passes.carryOut(topology).consumerProblems()).as("it stays ready").isEmpty();
    assertThat(worker(topology).get().getSpec().getReplicas()).isEqualTo(4);
    passes.converge(topology);

    worker(topology).scale(2);
    passes.converge(topology);
    assertThat(worker(topology).get().getSpec().getReplicas()).isEqualTo(4);
  }

  /** Each write of another template would restart them once more. */
  @Test
  void consumersWhoseQueueWasRecreatedAreRestartedOnce() {
    MessageTopology topology = consumer("{spec: {containers: [{name: app, image: i}]}}");
    passes.converge(topology);
    worker(topology)
        .edit(
            deployment -> {
              deployment
                  .getMetadata()
                  .getAnnotations()
                  .put("warren.dev/queue-recreated", "2026-01-01T12:00:00Z");
              return deployment;
            });
    Instant longAgo = Instant.now().minusSeconds(600);
    passes.setQueueConsumers(
        Map.of(
            "hello",
            new QueueConsumers(
                new Count(0, List.of(longAgo, longAgo), true), longAgo, Optional.of(longAgo))));
    long before = worker(topology).get().getMetadata().getGeneration();

    passes.converge(topology);

    Deployment restarted = worker(topology).get();
    assertThat(restarted.getMetadata().getGeneration()).isEqualTo(before + 1);
    assertThat(restarted.getSpec().getTemplate().getMetadata().getAnnotations())
        .containsEntry("warren.dev/restarted-for-queue", "2026-01-01T12:00:00Z");
    assertThat(restarted.getMetadata().getAnnotations())
        .containsEntry("warren.dev/queue-recreated", "2026-01-01T12:00:00Z");
  }

  private RollableScalableResource<Deployment> worker(MessageTopology topology) {
    return client
        .apps()
        .deployments()
        .inNamespace(topology.getMetadata().getNamespace())
        .withName("orders-worker");
  }

  /** Several ways to write a number. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1",
        "1.0",
        "'0.5'",
        "'.5'",
        "1000m",
        "1e3",
        "'1E3'",
        "1000000u",
        "2000000000n",
        "'+1'",
        "0.1",
        "'1.'",
        "0.0001",
        "'0'",
        "1k"
      })
  void everyFormOfACpuQuantityIsWrittenOnce(String cpu) {
    passes.converge(
        consumer(
            "{spec: {containers: [{name: app, image: i, resources: {requests: {cpu: %s}}}]}}"
                .formatted(cpu)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1024Mi", "1.5Gi", "128e6", "'129E6'", "1Ei", "'0.5E'", "1000M", "1024"})
  void everyFormOfAMemoryQuantityIsWrittenOnce(String memory) {
    passes.converge(
        consumer(
            "{spec: {containers: [{name: app, image: i, resources: {requests: {memory: %s}}}]}}"
                .formatted(memory)));
  }

  /**
   * The server drops fields of disabled features (here, an alpha field of Kubernetes 1.34), and
   * webhooks change others.
   */
  @Test
  void aConsumerIsReadyEvenIfTheApiServerDropsAField() {
    MessageTopology topology =
        consumer("{spec: {hostnameOverride: other, containers: [{name: app, image: i}]}}");

    ReconcileResult last = passes.carryOutOften(topology);

    assertThat(Passes.plan(topology, passes.observe(topology)).consumers()).isNotEmpty();
    assertThat(last.consumerProblems()).isEmpty();
  }

  /** The server allocates ports of machines, and adds to probes, volumes and the Service. */
  @ParameterizedTest
  @ValueSource(strings = {"ClusterIP", "NodePort", "LoadBalancer"})
  void endpointsAndDeliveriesAreWrittenOnce(String type) {
    MessageTopology topology = topology(endpoints(type));

    passes.converge(topology);

    assertThat(passes.written(topology))
        .contains("ConfigMap/orders-gateway", "Deployment/orders-notify", "Pod/orders-0");
    Service service = clientService(topology);
    assertThat(service.getSpec().getType()).isEqualTo(type);
    assertThat(service.getMetadata().getAnnotations()).containsEntry("example.org/scheme", "a");
    assertThat(service.getSpec().getPorts())
        .extracting(ServicePort::getName, ServicePort::getPort, ServicePort::getAppProtocol)
        .contains(tuple("tcp-echo", 10000, null), tuple("http-publish", 8080, "http"));
  }

  /** The API server refuses what belongs to the other strategy. */
  @Test
  void theStrategyFollowsTheOrderOfADelivery() {
    MessageTopology topology = topology(delivering(false));
    passes.converge(topology);
    assertThat(strategy(topology).getType()).isEqualTo("RollingUpdate");
    assertThat(strategy(topology).getRollingUpdate().getMaxSurge().getStrVal()).isEqualTo("25%");

    change(topology, delivering(true));
    passes.converge(topology);
    assertThat(strategy(topology).getType()).isEqualTo("Recreate");
    assertThat(strategy(topology).getRollingUpdate()).isNull();

    change(topology, delivering(false));
    passes.converge(topology);
    assertThat(strategy(topology).getType()).isEqualTo("RollingUpdate");
    assertThat(strategy(topology).getRollingUpdate().getMaxSurge().getStrVal()).isEqualTo("25%");
    assertThat(strategy(topology).getRollingUpdate().getMaxUnavailable().getStrVal())
        .isEqualTo("25%");
  }

  @Test
  void anOrderedDeliveryIsWrittenOnceAndItsStrategyIsRestored() {
    MessageTopology topology = topology(delivering(true));
    passes.converge(topology);
    assertThat(strategy(topology).getType()).isEqualTo("Recreate");

    notifier(topology)
        .edit(
            deployment -> {
              deployment.getSpec().setStrategy(new DeploymentStrategy(null, "RollingUpdate"));
              return deployment;
            });
    passes.converge(topology);

    assertThat(strategy(topology).getType()).isEqualTo("Recreate");
    assertThat(strategy(topology).getRollingUpdate()).isNull();
  }

  private DeploymentStrategy strategy(MessageTopology topology) {
    return notifier(topology).get().getSpec().getStrategy();
  }

  private RollableScalableResource<Deployment> notifier(MessageTopology topology) {
    return client
        .apps()
        .deployments()
        .inNamespace(topology.getMetadata().getNamespace())
        .withName("orders-notify");
  }

  private static String delivering(boolean ordered) {
    return """
        nodes: {replicas: 1}
        queues: [{name: steps}]
        consumers: [{name: notify, queue: steps, http: {url: "http://shop.default", ordered: %s}}]
        """
        .formatted(ordered);
  }

  /** As a user who applies another spec. */
  private void change(MessageTopology topology, String spec) {
    GenericKubernetesResource stored =
        client
            .genericKubernetesResources("warren.dev/v1alpha1", "MessageTopology")
            .inNamespace(topology.getMetadata().getNamespace())
            .withName(topology.getMetadata().getName())
            .edit(
                resource -> {
                  resource.setAdditionalProperty("spec", Serialization.unmarshal(spec, Map.class));
                  return resource;
                });
    topology.setSpec(
        Serialization.unmarshal(Serialization.asJson(stored), MessageTopology.class).getSpec());
  }

  @Test
  void aServiceIsReducedToClusterIpAgain() {
    MessageTopology topology = topology(endpoints("NodePort"));
    passes.converge(topology);
    topology.setSpec(
        Serialization.unmarshal(
            """
            nodes: {replicas: 1, replaceAfter: 60s, storage: {size: 10Gi, onDelete: Delete}}
            """,
            MessageTopologySpec.class));

    passes.converge(topology);

    Service service = clientService(topology);
    assertThat(service.getSpec().getType()).isEqualTo("ClusterIP");
    assertThat(service.getMetadata().getAnnotations()).doesNotContainKey("example.org/scheme");
    assertThat(service.getSpec().getPorts())
        .extracting(ServicePort::getName)
        .containsExactlyInAnyOrder("amqp", "amqps");
    assertThat(service.getSpec().getPorts())
        .extracting(ServicePort::getNodePort)
        .containsOnlyNulls();
  }

  private Service clientService(MessageTopology topology) {
    return client
        .services()
        .inNamespace(topology.getMetadata().getNamespace())
        .withName(topology.getMetadata().getName())
        .get();
  }

  private static String endpoints(String type) {
    return """
        nodes: {replicas: 1}
        queues: [{name: echo}, {name: shipments, deadLetter: {queue: echo}}]
        consumers:
          - {name: notify, queue: shipments, http: {url: "http://shop.default/notify?a=$(b)", timeout: 2500ms}}
        endpoints:
          service: {type: %s, annotations: {example.org/scheme: a}}
          requestReply: [{name: echo, port: 10000, queue: echo}]
          publish: {}
        """
        .formatted(type);
  }

  @Test
  void aStatusIsReadAsItWasWritten() {
    MessageTopology topology = topology("{queues: [{name: hello}, {name: other}]}");
    ReconcileResult result =
        new ReconcileResult(
            passes.observe(topology),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            new AppliedActions(
                Mode.PLAN,
                List.of("declare quorum queue 'more'"),
                List.of(),
                List.of(),
                List.of(),
                List.of(new Retained("Queue", "old", "It has messages"))),
            Optional.empty());

    MessageTopologyStatus status = StatusBuilder.build(topology, result);
    client
        .resource(StatusUpdate.withStatus(topology, status))
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(Owner.FIELD_MANAGER)
                .withForce(true)
                .build());

    MessageTopology read = client.resource(topology).get();
    assertThat(read.getStatus()).isEqualTo(status);
    assertThat(StatusBuilder.build(read, result)).isEqualTo(status);
  }

  private MessageTopology consumer(String template) {
    return topology(
        """
        nodes: {replicas: 1}
        queues: [{name: hello}]
        consumers:
          - name: worker
            queue: hello
            replicas: 2
            prefetch: 10
            template:
        %s
        """
            .formatted(template.indent(6).stripTrailing()));
  }

  private MessageTopology topology(String spec) {
    return passes.create(server.namespace(), spec);
  }
}
