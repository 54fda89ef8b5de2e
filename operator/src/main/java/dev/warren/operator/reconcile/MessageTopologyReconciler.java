package dev.warren.operator.reconcile;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.broker.BrokerClientFactory;
import dev.warren.operator.broker.BrokerWorker;
import dev.warren.operator.broker.NodeHttp;
import dev.warren.operator.certificates.BouncyCastleMaker;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.config.OperatorConfig;
import dev.warren.operator.execute.KubernetesWriter;
import dev.warren.operator.execute.PlanExecutor;
import dev.warren.operator.execute.PodTemplateDryRunner;
import dev.warren.operator.execute.RandomText;
import dev.warren.operator.load.GatewayArrivals;
import dev.warren.operator.load.LoadSampler;
import dev.warren.operator.load.LoadSnapshot;
import dev.warren.operator.metrics.CertificateMeters;
import dev.warren.operator.metrics.TopologyMeters;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Owner;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.observe.DispatcherClient;
import dev.warren.operator.observe.StateObserver;
import dev.warren.operator.observe.StateObserver.Observed;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.ReconcilePlanner;
import dev.warren.operator.plan.validation.PodTemplateDryRun;
import dev.warren.operator.plan.validation.SpecValidator;
import dev.warren.operator.plan.validation.Violation;
import dev.warren.operator.scaling.ConsumerScaler;
import dev.warren.operator.status.Conditions;
import dev.warren.operator.status.ReconcileResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkiverse.operatorsdk.annotations.RBACRule;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Reconciles a MessageTopology: observe, validate, plan, execute, report. The rules list the
 * permissions that this needs. The chart grants them in files/rules.yaml, and a test compares both.
 */
@ControllerConfiguration(name = Owner.FIELD_MANAGER)
@GradualRetry(
    maxAttempts = -1, // unlimited
    initialInterval = 2000,
    intervalMultiplier = 1.5,
    maxInterval = 60_000)
@RBACRule(
    apiGroups = "warren.dev",
    resources = "messagetopologies",
    verbs = {"get", "list", "watch"})
@RBACRule(
    apiGroups = "warren.dev",
    resources = "messagetopologies/status",
    verbs = {"get", "patch"})
@RBACRule(apiGroups = "warren.dev", resources = "messagetopologies/finalizers", verbs = "update")
@RBACRule(
    apiGroups = "",
    resources = {"pods", "persistentvolumeclaims"},
    verbs = {"get", "list", "watch", "create", "patch", "delete"})
@RBACRule(
    apiGroups = "",
    resources = "services",
    verbs = {"get", "list", "watch", "create", "patch"})
@RBACRule(
    apiGroups = "",
    resources = "secrets",
    verbs = {"get", "list", "watch", "create", "update", "patch", "delete"})
@RBACRule(
    apiGroups = "cert-manager.io",
    resources = "certificates",
    verbs = {"get", "create", "patch", "delete"})
@RBACRule(
    apiGroups = "",
    resources = "configmaps",
    verbs = {"get", "list", "watch", "create", "update", "patch"})
@RBACRule(
    apiGroups = "",
    resources = "nodes",
    verbs = {"get", "list"})
@RBACRule(apiGroups = "", resources = "persistentvolumes", verbs = "get")
@RBACRule(apiGroups = "coordination.k8s.io", resources = "leases", verbs = "get")
@RBACRule(
    apiGroups = "",
    resources = "pods/exec",
    verbs = {"get", "create"})
@RBACRule(apiGroups = "", resources = "pods/log", verbs = "get")
@RBACRule(
    apiGroups = "",
    resources = "events",
    verbs = {"create", "list"})
@RBACRule(
    apiGroups = "apps",
    resources = "deployments",
    verbs = {"get", "list", "watch", "create", "patch", "delete"})
@RBACRule(
    apiGroups = "policy",
    resources = "poddisruptionbudgets",
    verbs = {"get", "list", "watch", "create", "patch"})
public class MessageTopologyReconciler implements Reconciler<MessageTopology> {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  /** Every request has its own, shorter, limit. */
  private static final Duration LONGEST_PASS = Duration.ofMinutes(5);

  private final PassLimit limit = new PassLimit(LONGEST_PASS);
  private final KubernetesClient kubernetes;
  private final ServedNamespaces namespaces;
  private final Images images;
  private final Clock clock;
  private final BrokerWorker worker;
  private final StateObserver observer;
  private final LoadSampler sampler;
  private final TopologyMeters topologyMeters;
  private final CertificateMeters certificateMeters;
  private final PodTemplateDryRunner dryRunner;
  private final StatusReport report;
  private final RandomText newSecret = new RandomText();
  private final CertificateMaker maker = new BouncyCastleMaker();

  /**
   * Triggers a reconcile of a topology when a consumer needs another number of Pods, or a
   * background action at its broker has ended.
   */
  private final SimpleInboundEventSource<MessageTopology> wakeUps =
      new SimpleInboundEventSource<>("wake-ups");

  private volatile IndexerResourceCache<MessageTopology> topologies;

  /** Thread-safe: resources are reconciled in parallel, each by one thread at a time. */
  MessageTopologyReconciler(
      KubernetesClient kubernetes,
      ServedNamespaces namespaces,
      OperatorConfig config,
      MeterRegistry meters,
      Clock clock) {
    HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();
    this.kubernetes = kubernetes;
    this.namespaces = namespaces;
    this.images =
        new Images(config.queueNodeImage(), config.gatewayImage(), config.assignedUsers());
    this.clock = clock;
    this.sampler =
        new LoadSampler(
            this::exists,
            wakeUps::propagateEvent,
            () -> new ConsumerScaler()::decide,
            new GatewayArrivals(http)::next,
            meters,
            clock);
    this.topologyMeters = new TopologyMeters(meters, topology -> topologies.get(topology));
    this.certificateMeters =
        new CertificateMeters(meters, topology -> topologies.get(topology), clock);
    this.worker =
        new BrokerWorker(
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("broker-", 0).factory()),
            this::exists,
            owner -> wakeUps.propagateEvent(id(owner)),
            clock);
    this.observer =
        new StateObserver(
            kubernetes,
            new BrokerClientFactory(
                    new NodeHttp(
                        HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT), System::nanoTime),
                    kubernetes,
                    clock)
                ::of,
            worker::underway,
            sampler::scaling,
            new DispatcherClient(http)::report,
            clock);
    this.dryRunner = new PodTemplateDryRunner(kubernetes);
    this.report = new StatusReport(kubernetes, clock);
  }

  @Override
  public List<EventSource<?, MessageTopology>> prepareEventSources(
      EventSourceContext<MessageTopology> context) {
    topologies = context.getPrimaryCache();
    List<InformerEventSource<?, MessageTopology>> informers =
        StateObserver.KINDS.stream()
            .<InformerEventSource<?, MessageTopology>>map(kind -> informer(kind, context))
            .toList();
    namespaces.follow(topologies, informers);
    return Stream.<EventSource<?, MessageTopology>>concat(Stream.of(wakeUps), informers.stream())
        .toList();
  }

  private boolean exists(MessageTopology topology) {
    return exists(Owner.of(topology));
  }

  private boolean exists(Owner topology) {
    return topologies
        .get(id(topology))
        .filter(now -> now.getMetadata().getUid().equals(topology.uid()))
        .isPresent();
  }

  private static ResourceID id(Owner topology) {
    return new ResourceID(topology.topology(), topology.namespace());
  }

  private static <R extends HasMetadata> InformerEventSource<R, MessageTopology> informer(
      Class<R> kind, EventSourceContext<MessageTopology> context) {
    return new InformerEventSource<>(
        InformerEventSourceConfiguration.from(kind, MessageTopology.class)
            .withLabelSelector(Labels.MANAGED_BY + "=" + Labels.WARREN)
            .withSecondaryToPrimaryMapper(
                Mappers.fromLabel(Labels.TOPOLOGY, null, MessageTopology.class))
            .withNamespacesInheritedFromController()
            .build(),
        context);
  }

  @Override
  public UpdateControl<MessageTopology> reconcile(
      MessageTopology topology, Context<MessageTopology> context) {
    if (topology.isMarkedForDeletion()) {
      return UpdateControl.noUpdate();
    }
    topologyMeters.show(ResourceID.fromResource(topology));
    certificateMeters.show(ResourceID.fromResource(topology), topology.getStatus());
    if (!namespaces.isRead(topology.getMetadata().getNamespace())) {
      return awaitNamespace(topology);
    }
    if (topology.getSpec() == null) {
      return report.ofUnreadable(topology);
    }
    return limit.run(
        () -> pass(topology, context), () -> report.ofHanging(topology, limit.problem()));
  }

  /** While parts of a namespace are not read, objects that exist would seem to be missing. */
  private UpdateControl<MessageTopology> awaitNamespace(MessageTopology topology) {
    return namespaces
        .refusal(topology.getMetadata().getNamespace())
        .map(refusal -> report.ofUnserved(topology, refusal))
        .orElseGet(() -> StatusUpdate.none(RequeuePolicy.underway()));
  }

  private UpdateControl<MessageTopology> pass(
      MessageTopology topology, Context<MessageTopology> context) {
    Observed observed = observer.observe(topology, context);
    List<Violation> violations = validate(topology);
    Optional<ReconcilePlan> plan = plan(topology, observed.observation(), violations);
    ReconcileResult result = execute(topology, observed, violations, plan);
    return report.of(topology, result);
  }

  private List<Violation> validate(MessageTopology topology) {
    List<Violation> violations = SpecValidator.violations(topology.getSpec());
    // A spec that the API server has accepted once is not dry-run again.
    return violations.isEmpty() && !Conditions.isValidated(topology)
        ? dryRunner.violations(PodTemplateDryRun.of(Owner.of(topology), topology.getSpec(), images))
        : violations;
  }

  /** Empty if the nodes must not be planned. If only the rest is invalid, they are planned. */
  private Optional<ReconcilePlan> plan(
      MessageTopology topology, Observation observed, List<Violation> violations) {
    if (Violation.preventNodes(violations, !observed.nodes().isEmpty())) {
      return Optional.empty();
    }
    ReconcilePlanner planner =
        new ReconcilePlanner(
            Owner.of(topology), topology.getSpec(), images, observed, newSecret, maker);
    return Optional.of(violations.isEmpty() ? planner.plan() : planner.planNodes());
  }

  private ReconcileResult execute(
      MessageTopology topology,
      Observed observed,
      List<Violation> violations,
      Optional<ReconcilePlan> plan) {
    Observation observation = observed.observation();
    if (violations.isEmpty()) {
      sampler.follow(LoadSnapshot.of(topology, observation, observed.broker()));
    }
    Mode mode = Mode.of(topology);
    if (plan.isEmpty()) {
      return ReconcileResult.invalid(mode, observation, violations);
    }
    if (mode != Mode.ACT) {
      return ReconcileResult.held(mode, plan.get(), observation, violations);
    }
    Owner owner = Owner.of(topology);
    KubernetesWriter writer = new KubernetesWriter(kubernetes, owner, observation.objects());
    return new PlanExecutor(writer, observed.broker(), worker, owner, clock)
        .carryOut(plan.get(), observation, violations);
  }

  @Override
  public ErrorStatusUpdateControl<MessageTopology> updateErrorStatus(
      MessageTopology topology, Context<MessageTopology> context, Exception e) {
    return report.ofFailure(topology, e);
  }
}
