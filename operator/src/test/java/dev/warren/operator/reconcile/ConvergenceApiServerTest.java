package dev.warren.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.operator.ApiServer;
import dev.warren.operator.Decisions;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Retained;
import dev.warren.operator.broker.BrokerClient;
import dev.warren.operator.broker.BrokerWorker;
import dev.warren.operator.execute.KubernetesWriter;
import dev.warren.operator.execute.PlanExecutor;
import dev.warren.operator.execute.PodTemplateDryRunner;
import dev.warren.operator.execute.RandomText;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Node;
import dev.warren.operator.observation.BrokerObservation.QueueState;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.QueueLoad;
import dev.warren.operator.observe.StateObserver;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.ReconcilePlanner;
import dev.warren.operator.plan.validation.PodTemplateDryRun;
import dev.warren.operator.status.AppliedActions;
import dev.warren.operator.status.ReconcileResult;
import dev.warren.operator.status.StatusBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.RollableScalableResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the operator writes is taken by the API server, and found as it shall be when it is read
 * again, although the server adds to it and writes some of it in another way. If it were not, the
 * operator would write it again in every pass, without end.
 */
@Tag("apiserver")
class ConvergenceApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private static final Images IMAGES =
      new Images("example.org/queue-node:1", "example.org/gateway:1");
  private static final int ENOUGH_PASSES = 3;
  private static final Clock CLOCK = Clock.systemUTC();

  private final KubernetesClient client = server.client();
  private Map<String, ConsumerScaling> scaling = Map.of();

  @Test
  void aTopologyWithDefaultsIsWrittenOnce() {
    MessageTopology topology = topology("{queues: [{name: hello}]}");

    converge(topology);

    assertThat(written(topology))
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
    converge(
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

    converge(topology);

    assertThat(written(topology)).contains("Deployment/orders-worker");
  }

  @Test
  void aScaledConsumerIsWrittenOnceForEachNumberThatIsDecided() {
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
    converge(topology);
    assertThat(worker(topology).get().getSpec().getReplicas()).isEqualTo(1);

    scaling =
        Map.of("worker", new ConsumerScaling(Decisions.of(4), CLOCK.instant(), Optional.empty()));
    assertThat(carryOut(topology).consumerProblems()).as("it is no less ready for that").isEmpty();
    assertThat(worker(topology).get().getSpec().getReplicas()).isEqualTo(4);
    converge(topology);

    worker(topology).scale(2);
    converge(topology);
    assertThat(worker(topology).get().getSpec().getReplicas()).isEqualTo(4);
  }

  private RollableScalableResource<Deployment> worker(MessageTopology topology) {
    return client
        .apps()
        .deployments()
        .inNamespace(topology.getMetadata().getNamespace())
        .withName("orders-worker");
  }

  /** The same number, as a user may write it. */
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
  void anAmountOfCpuIsWrittenOnceInWhateverForm(String cpu) {
    converge(
        consumer(
            "{spec: {containers: [{name: app, image: i, resources: {requests: {cpu: %s}}}]}}"
                .formatted(cpu)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1024Mi", "1.5Gi", "128e6", "'129E6'", "1Ei", "'0.5E'", "1000M", "1024"})
  void anAmountOfMemoryIsWrittenOnceInWhateverForm(String memory) {
    converge(
        consumer(
            "{spec: {containers: [{name: app, image: i, resources: {requests: {memory: %s}}}]}}"
                .formatted(memory)));
  }

  /**
   * The server leaves out what is switched off in it (here, an alpha field of Kubernetes 1.34), and
   * webhooks change what they like.
   */
  @Test
  void aConsumerIsReadyEvenIfTheApiServerDropsAFieldOfIts() {
    MessageTopology topology =
        consumer("{spec: {hostnameOverride: other, containers: [{name: app, image: i}]}}");

    ReconcileResult last = carryOutOften(topology);

    assertThat(plan(topology, observe(topology)).consumers()).isNotEmpty();
    assertThat(last.consumerProblems()).isEmpty();
  }

  /** The server allocates ports of machines, and adds to probes, volumes and the Service. */
  @ParameterizedTest
  @ValueSource(strings = {"ClusterIP", "NodePort", "LoadBalancer"})
  void endpointsAndDeliveriesAreWrittenOnce(String type) {
    MessageTopology topology = topology(endpoints(type));

    converge(topology);

    assertThat(written(topology))
        .contains("ConfigMap/orders-gateway", "Deployment/orders-notify", "Pod/orders-0");
    Service service = clientService(topology);
    assertThat(service.getSpec().getType()).isEqualTo(type);
    assertThat(service.getMetadata().getAnnotations()).containsEntry("example.org/scheme", "a");
    assertThat(service.getSpec().getPorts())
        .extracting(ServicePort::getName, ServicePort::getPort, ServicePort::getAppProtocol)
        .contains(tuple("tcp-echo", 10000, null), tuple("http-publish", 8080, "http"));
  }

  @Test
  void aServiceThatIsNoLongerOpenedToTheOutsideIsClosed() {
    MessageTopology topology = topology(endpoints("NodePort"));
    converge(topology);
    topology.setSpec(
        Serialization.unmarshal(
            """
            nodes: {replicas: 1, replaceAfter: 60s, storage: {size: 10Gi, onDelete: Delete}}
            """,
            MessageTopologySpec.class));

    converge(topology);

    Service service = clientService(topology);
    assertThat(service.getSpec().getType()).isEqualTo("ClusterIP");
    assertThat(service.getMetadata().getAnnotations()).doesNotContainKey("example.org/scheme");
    assertThat(service.getSpec().getPorts())
        .extracting(ServicePort::getName)
        .containsExactlyInAnyOrder("amqp", "management", "prometheus");
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
  void aStatusIsReadAgainAsItWasWritten() {
    MessageTopology topology = topology("{queues: [{name: hello}, {name: other}]}");
    ReconcileResult result =
        new ReconcileResult(
            observe(topology),
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
                List.of(new Retained("Queue", "old", "It has messages"))));

    MessageTopologyStatus status = StatusBuilder.build(topology, result);
    MessageTopology patch = new MessageTopology();
    patch.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(topology.getMetadata().getNamespace())
            .withName(topology.getMetadata().getName())
            .build());
    patch.setStatus(status);
    client
        .resource(patch)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(KubernetesWriter.FIELD_MANAGER)
                .withForce(true)
                .build());

    MessageTopology read = client.resource(topology).get();
    assertThat(read.getStatus()).isEqualTo(status);
    assertThat(StatusBuilder.build(read, result)).isEqualTo(status);
  }

  private void converge(MessageTopology topology) {
    Owner owner = Owner.of(topology);
    assertThat(
            new PodTemplateDryRunner(client)
                .violations(PodTemplateDryRun.of(owner, topology.getSpec(), IMAGES)))
        .isEmpty();
    ReconcileResult last = carryOutOften(topology);
    assertThat(last.nodeProblems()).isEmpty();
    assertThat(last.consumerProblems()).isEmpty();
    assertThat(actions(plan(topology, observe(topology))).map(KubernetesAction::toString))
        .isEmpty();
  }

  private ReconcileResult carryOutOften(MessageTopology topology) {
    ReconcileResult last = carryOut(topology);
    for (int result = 2; result <= ENOUGH_PASSES; result++) {
      last = carryOut(topology);
    }
    return last;
  }

  private ReconcileResult carryOut(MessageTopology topology) {
    Observation observed = observe(topology);
    KubernetesWriter writer = new KubernetesWriter(client, Owner.of(topology), observed.objects());
    return new PlanExecutor(
            writer,
            Optional.empty(),
            new BrokerWorker(Runnable::run, owner -> true, owner -> {}, CLOCK),
            Owner.of(topology),
            CLOCK)
        .carryOut(plan(topology, observed), observed, List.of());
  }

  private static ReconcilePlan plan(MessageTopology topology, Observation observed) {
    return new ReconcilePlanner(
            Owner.of(topology), topology.getSpec(), IMAGES, observed, new RandomText())
        .plan();
  }

  private static Stream<KubernetesAction> actions(ReconcilePlan plan) {
    return Stream.of(plan.support(), plan.nodes(), plan.consumers()).flatMap(List::stream);
  }

  private Observation observe(MessageTopology topology) {
    return new StateObserver(
            client, address -> broker(topology), owner -> Optional.empty(), named -> scaling, CLOCK)
        .observe(topology, caches(topology))
        .observation();
  }

  /** Caches that are never behind. */
  @SuppressWarnings("unchecked")
  private Context<MessageTopology> caches(MessageTopology topology) {
    return (Context<MessageTopology>)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("getSecondaryResourcesAsStream");
              return objects(topology, (Class<? extends HasMetadata>) arguments[0]);
            });
  }

  private Stream<? extends HasMetadata> objects(
      MessageTopology topology, Class<? extends HasMetadata> kind) {
    return client
        .resources(kind)
        .inNamespace(topology.getMetadata().getNamespace())
        .withLabel(Labels.MANAGED_BY, Labels.WARREN)
        .withLabel(Labels.TOPOLOGY, topology.getMetadata().getName())
        .list()
        .getItems()
        .stream();
  }

  private List<String> written(MessageTopology topology) {
    return StateObserver.KINDS.stream()
        .flatMap(kind -> objects(topology, kind))
        .map(object -> object.getKind() + "/" + object.getMetadata().getName())
        .toList();
  }

  /** A broker in which all is as it shall be. */
  private static BrokerClient broker(MessageTopology topology) {
    MessageTopologySpec spec = topology.getSpec();
    ResourceNames names = ResourceNames.of(topology.getMetadata().getNamespace(), "orders");
    Map<String, Node> nodes =
        IntStream.range(0, spec.nodes().replicas())
            .mapToObj(names::brokerNode)
            .collect(
                Collectors.toMap(
                    name -> name, name -> new Node(name, true, List.of(), Optional.empty())));
    Map<String, QueueState> queues =
        spec.queues().stream()
            .map(
                queue ->
                    new QueueState(
                        queue.name(),
                        Optional.of(names.brokerNode(0)),
                        List.copyOf(nodes.keySet()),
                        List.copyOf(nodes.keySet()),
                        1234,
                        0,
                        0))
            .collect(Collectors.toMap(QueueState::name, queue -> queue));
    return new BrokerClient() {
      @Override
      public BrokerObservation observe() {
        return new BrokerObservation.Reachable(
            new BrokerDefinitions(Map.of(), Map.of(), Set.of(), Map.of(), Map.of()),
            new TreeMap<>(nodes),
            queues,
            OwnershipRecord.NOTHING,
            Map.of(),
            Set.of(),
            false,
            Set.of());
      }

      @Override
      public void apply(BrokerAction action) {
        throw new AssertionError("no test changes the broker: " + action);
      }

      @Override
      public QueueLoad load(Set<String> queues) {
        throw new AssertionError("no pass asks for the load");
      }

      @Override
      public Map<String, ClientWork> workByAddress() {
        throw new AssertionError("no consumer has more Pods than it needs");
      }

      @Override
      public boolean canResolve(int node) {
        throw new AssertionError("no node is lost");
      }
    };
  }

  private static MessageTopology consumer(String template) {
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

  /** As the API server hands it out: with its defaults. */
  private static MessageTopology topology(String spec) {
    GenericKubernetesResource wish =
        Serialization.unmarshal(
            """
            apiVersion: warren.dev/v1alpha1
            kind: MessageTopology
            metadata: {name: orders}
            spec:
            %s
            """
                .formatted(spec.indent(2)),
            GenericKubernetesResource.class);
    GenericKubernetesResource stored =
        server.client().resource(wish).inNamespace(server.namespace()).create();
    return Serialization.unmarshal(Serialization.asJson(stored), MessageTopology.class);
  }
}
