package dev.warren.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.broker.BrokerWorker;
import dev.warren.operator.certificates.BouncyCastleMaker;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.execute.KubernetesWriter;
import dev.warren.operator.execute.PlanExecutor;
import dev.warren.operator.execute.PodTemplateDryRunner;
import dev.warren.operator.execute.RandomText;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Owner;
import dev.warren.operator.observation.ConsumerScaling;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Observations;
import dev.warren.operator.observation.QueueConsumers;
import dev.warren.operator.observe.StateObserver;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.ReconcilePlanner;
import dev.warren.operator.plan.validation.PodTemplateDryRun;
import dev.warren.operator.status.ReconcileResult;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Passes of the operator on a real API server, with a broker in the desired state. */
final class Passes {

  private static final Images IMAGES =
      new Images("example.org/queue-node:1", "example.org/gateway:1");
  private static final CertificateMaker MAKER = new BouncyCastleMaker();
  private static final int ENOUGH = 3;
  private static final Clock CLOCK = Clock.systemUTC();

  private final KubernetesClient client;
  private Map<String, ConsumerScaling> scaling = Map.of();
  private Map<String, QueueConsumers> queueConsumers = Map.of();

  Passes(KubernetesClient client) {
    this.client = client;
  }

  void setScaling(Map<String, ConsumerScaling> scaling) {
    this.scaling = scaling;
  }

  void setQueueConsumers(Map<String, QueueConsumers> consumers) {
    queueConsumers = consumers;
  }

  void converge(MessageTopology topology) {
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

  ReconcileResult carryOutOften(MessageTopology topology) {
    ReconcileResult last = carryOut(topology);
    for (int result = 2; result <= ENOUGH; result++) {
      last = carryOut(topology);
    }
    return last;
  }

  ReconcileResult carryOut(MessageTopology topology) {
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

  static ReconcilePlan plan(MessageTopology topology, Observation observed) {
    return new ReconcilePlanner(
            Owner.of(topology), topology.getSpec(), IMAGES, observed, new RandomText(), MAKER)
        .plan();
  }

  private static Stream<KubernetesAction> actions(ReconcilePlan plan) {
    return Stream.of(plan.certificates().actions(), plan.support(), plan.nodes(), plan.consumers())
        .flatMap(List::stream);
  }

  Observation observe(MessageTopology topology) {
    Observation seen =
        new StateObserver(
                client,
                address -> new ConvergedBroker(topology),
                owner -> Optional.empty(),
                named -> scaling,
                dispatcher -> new CompletableFuture<>(),
                CLOCK)
            .observe(topology, caches(topology))
            .observation();
    return Observations.withQueueConsumers(seen, queueConsumers);
  }

  /** Caches that are always current. */
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

  List<String> written(MessageTopology topology) {
    return objects(topology)
        .map(object -> object.getKind() + "/" + object.getMetadata().getName())
        .toList();
  }

  Stream<? extends HasMetadata> objects(MessageTopology topology) {
    return StateObserver.KINDS.stream().flatMap(kind -> objects(topology, kind));
  }

  /** A new topology, as the API server returns it, with its defaults. */
  MessageTopology create(String namespace, String spec) {
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
    GenericKubernetesResource stored = client.resource(wish).inNamespace(namespace).create();
    return Serialization.unmarshal(Serialization.asJson(stored), MessageTopology.class);
  }
}
