package dev.warren.operator.execute;

import dev.warren.operator.ApiServer;
import dev.warren.operator.TestClock;
import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.DeclareQueue;
import dev.warren.operator.action.BrokerStep;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.broker.BrokerWorker;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Owner;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observation.Observations;
import dev.warren.operator.observation.ObservedObjects;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.certificates.CertificatePlan;
import dev.warren.operator.status.ReconcileResult;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** Plans that are carried out in a namespace of the API server, and at a broker that may fail. */
final class PlanExecution {

  private final KubernetesClient client;
  private final String namespace;
  private final Owner owner;
  private final TestClock clock = new TestClock();
  private final FakeBroker broker = new FakeBroker(clock);
  private Executor executor = Runnable::run;

  PlanExecution(ApiServer server) {
    client = server.client();
    namespace = server.namespace();
    owner = new Owner(namespace, "orders", "uid-of-orders");
  }

  String namespace() {
    return namespace;
  }

  FakeBroker broker() {
    return broker;
  }

  TestClock clock() {
    return clock;
  }

  /** What runs an action that may take long. */
  void setExecutor(Executor executor) {
    this.executor = executor;
  }

  KubernetesWriter writer(KubernetesClient toServer) {
    return new KubernetesWriter(toServer, owner, new ObservedObjects(List.of()));
  }

  ReconcileResult carryOut(
      List<KubernetesAction> support,
      List<KubernetesAction> nodes,
      List<BrokerAction> declarations,
      List<KubernetesAction> consumers) {
    return carryOut(support, Optional.empty(), nodes, declarations, consumers);
  }

  ReconcileResult carryOut(
      List<KubernetesAction> support,
      Optional<KubernetesAction> record,
      List<KubernetesAction> nodes,
      List<BrokerAction> declarations,
      List<KubernetesAction> consumers) {
    return carryOut(writer(client), support, record, nodes, declarations, consumers);
  }

  ReconcileResult carryOut(
      KubernetesWriter writer,
      List<KubernetesAction> support,
      Optional<KubernetesAction> record,
      List<KubernetesAction> nodes,
      List<BrokerAction> declarations,
      List<KubernetesAction> consumers) {
    Observation observed = Observations.nothing(clock.instant());
    return new PlanExecutor(
            writer,
            Optional.of(broker),
            new BrokerWorker(executor, topology -> true, topology -> {}, clock),
            owner,
            clock)
        .carryOut(
            new ReconcilePlan(
                support,
                record,
                nodes,
                BrokerStep.inOrder(declarations),
                consumers,
                List.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                CertificatePlan.NOTHING),
            observed,
            List.of());
  }

  void takeName(String name) {
    client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build())
        .create();
  }

  List<KubernetesAction> creations(String... names) {
    return Stream.of(names)
        .<KubernetesAction>map(
            name ->
                new Create(
                    new ConfigMapBuilder()
                        .withMetadata(owner.owned(name, Component.TOPOLOGY).build())
                        .build(),
                    "missing"))
        .toList();
  }

  static List<BrokerAction> declarations(String... names) {
    return Stream.of(names)
        .<BrokerAction>map(name -> new DeclareQueue(new Queue(name, "quorum", Map.of())))
        .toList();
  }

  ConfigMap configMap(String name) {
    return client.configMaps().inNamespace(namespace).withName(name).get();
  }
}
