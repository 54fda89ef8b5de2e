package dev.warren.operator.status;

import static dev.warren.operator.model.ConditionType.CONSUMERS_READY;
import static dev.warren.operator.model.ConditionType.ENDPOINTS_READY;
import static dev.warren.operator.model.ConditionType.TOPOLOGY_DECLARED;
import static dev.warren.operator.model.ConditionType.VALIDATED;
import static dev.warren.operator.status.Conditions.TRUE;
import static dev.warren.operator.status.Conditions.UNKNOWN;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Binding;
import dev.warren.api.v1alpha1.MessageTopologyStatus.ConsumerStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.DriftStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.EndpointStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.NodesStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.QueueStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.RetainedStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.Summary;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.plan.validation.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Builds the status of a topology. No other class does. */
public final class StatusBuilder {

  private static final int MOST_MESSAGES = 10;

  private final MessageTopologySpec spec;
  private final ReconcileResult result;
  private final MessageTopologyStatus previous;
  private final ResourceNames names;
  private final Conditions conditions;
  private final Counting counting;
  private final NodeStatuses nodeStatuses;
  private final NodesStatus nodes;
  private final QueueStatuses queueStatuses;
  private final List<QueueStatus> queues;
  private final ConsumerStatuses consumerStatuses;
  private final List<ConsumerStatus> consumers;
  private final List<RetainedStatus> retained;
  private final List<DriftStatus> drift;
  private final List<EndpointStatus> endpoints;
  private final PauseStatus pause;
  private final CertificateStatuses certificates;

  private StatusBuilder(MessageTopology topology, ReconcileResult result) {
    this.spec = topology.getSpec();
    this.result = result;
    this.previous = topology.getStatus();
    this.names =
        ResourceNames.of(topology.getMetadata().getNamespace(), topology.getMetadata().getName());
    this.conditions = Conditions.of(topology, result.observed().at());
    this.nodeStatuses = new NodeStatuses(result.observed(), names, result.removal());
    this.nodes = nodeStatuses.build(spec.nodes().replicas());
    this.counting = new Counting(previous, result.observed().at());
    this.queueStatuses = new QueueStatuses(result.observed(), names, previous, counting);
    this.queues = queueStatuses.build(spec.queues());
    this.consumerStatuses =
        new ConsumerStatuses(result.observed(), names, previous, counting, spec.queues());
    this.consumers = consumerStatuses.build(spec.consumers());
    this.retained = new RetainedStatuses(result, previous, counting).build();
    this.drift =
        new DriftStatuses(result, previous, topology.getMetadata().getGeneration()).build();
    this.endpoints = new EndpointStatuses(result.observed(), names, spec, queues).build();
    this.pause = new PauseStatus(result.applied());
    this.certificates = new CertificateStatuses(result, previous);
  }

  /** The status after a pass; equal to the last one when nothing has changed. */
  public static MessageTopologyStatus build(MessageTopology topology, ReconcileResult result) {
    return new StatusBuilder(topology, result).build(topology.getMetadata().getGeneration());
  }

  /** The status after a pass that failed. It keeps what was known. */
  public static MessageTopologyStatus failed(
      MessageTopology topology, String message, Instant now) {
    return withProblem(
        topology,
        new Problem(Reason.RECONCILE_FAILED, "Reconciliation failed and is retried: " + message),
        List.of(ConditionType.READY),
        now);
  }

  /** The status of a topology whose spec the operator cannot read. It keeps what was known. */
  public static MessageTopologyStatus unreadable(
      MessageTopology topology, Violation violation, Instant now) {
    return withProblem(
        topology,
        new Problem(Reason.INVALID_SPEC, violation.toString()),
        List.of(ConditionType.READY, VALIDATED),
        now);
  }

  private static MessageTopologyStatus withProblem(
      MessageTopology topology, Problem problem, List<ConditionType> conditions, Instant now) {
    MessageTopologyStatus last = topology.getStatus();
    long generation = topology.getMetadata().getGeneration();
    Conditions changed = Conditions.of(topology, now);
    conditions.forEach(condition -> changed.add(condition, problem));
    return last == null
        ? new MessageTopologyStatus(generation, changed.withKept())
        : last.withConditions(generation, changed.withKept());
  }

  private MessageTopologyStatus build(long generation) {
    addValidated();
    new NodeConditions(nodes, nodeStatuses, result.nodeProblems()).addTo(conditions);
    addTopologyDeclared();
    addConsumersReady();
    addEndpointsReady();
    certificates.addTo(conditions);
    pause.addTo(conditions);
    new ScalingConditions(spec.consumers(), result.observed()).addTo(conditions);
    Summary summary = summary();
    List<QueueStatus> listed = QueueStatuses.bounded(queues);
    List<ConsumerStatus> listedConsumers = ConsumerStatuses.bounded(consumers);
    return new MessageTopologyStatus(
        generation,
        conditions.withSummary(
            "%s nodes, %s queues, %s consumers and %s endpoints are ready"
                .formatted(
                    summary.nodes(), summary.queues(), summary.consumers(), summary.endpoints())),
        summary,
        nodes,
        listed,
        counting.countedAt(
            queueStatuses.haveChanged(listed) || consumerStatuses.haveChanged(listedConsumers)),
        new Binding(names.connectionSecret()),
        listedConsumers,
        retained,
        drift,
        pause.plan(),
        endpoints,
        certificates.build());
  }

  private void addValidated() {
    if (result.violations().isEmpty()) {
      conditions.add(VALIDATED, TRUE, Reason.VALID, "The spec is valid");
    } else {
      conditions.add(
          VALIDATED,
          new Problem(
              Reason.INVALID_SPEC,
              joined(result.violations().stream().map(Violation::toString).toList())));
    }
  }

  private void addTopologyDeclared() {
    Optional<Problem> problem = summed(result.topologyProblems());
    Optional<Problem> incomplete = unavailable().or(this::degraded);
    Optional<Problem> overridden = overridden();
    if (problem.isPresent()) {
      conditions.add(TOPOLOGY_DECLARED, problem.get());
    } else if (incomplete.isPresent()) {
      conditions.add(TOPOLOGY_DECLARED, incomplete.get());
    } else if (overridden.isPresent()) {
      conditions.add(TOPOLOGY_DECLARED, overridden.get());
    } else if (!result.violations().isEmpty()) {
      // Nothing has compared the spec with the broker.
      if (!conditions.keepTrue(TOPOLOGY_DECLARED)) {
        conditions.add(
            TOPOLOGY_DECLARED,
            UNKNOWN,
            Reason.INVALID_SPEC,
            "The spec is invalid and is not reconciled");
      }
    } else {
      conditions.add(
          TOPOLOGY_DECLARED,
          TRUE,
          Reason.DECLARED,
          "%d exchanges, %d queues and %d bindings are declared"
              .formatted(spec.exchanges().size(), spec.queues().size(), spec.bindings().size()));
    }
  }

  private Optional<Problem> unavailable() {
    return queues.stream()
        .filter(queue -> queue.message() != null && !QueueStatuses.isAvailable(queue))
        .findFirst()
        .map(
            first ->
                new Problem(
                    Reason.QUEUE_NOT_READY,
                    "%s queues are available; '%s': %s"
                        .formatted(availableQueues(), first.name(), first.message())));
  }

  private Optional<Problem> degraded() {
    List<QueueStatus> degraded = queues.stream().filter(q -> q.message() != null).toList();
    return degraded.stream()
        .findFirst()
        .map(
            first ->
                new Problem(
                    Reason.QUEUE_DEGRADED,
                    "%s queues are available, %d of them without all their members; '%s': %s"
                        .formatted(
                            availableQueues(), degraded.size(), first.name(), first.message())));
  }

  private Optional<Problem> overridden() {
    List<String> found =
        queues.stream()
            .filter(queue -> queue.overriddenBy() != null)
            .map(q -> "'%s' by the %s".formatted(q.name(), q.overriddenBy()))
            .toList();
    return found.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Problem(Reason.POLICY_OVERRIDDEN, "Fields are overridden: " + joined(found)));
  }

  private void addConsumersReady() {
    Stream<Problem> notReady = consumerStatuses.problems(spec.consumers());
    summed(Stream.concat(result.consumerProblems().stream(), notReady).toList())
        .ifPresentOrElse(
            problem -> conditions.add(CONSUMERS_READY, problem),
            () ->
                conditions.add(
                    CONSUMERS_READY,
                    TRUE,
                    Reason.ALL_READY,
                    "%s consumers are ready".formatted(readyConsumers())));
  }

  private void addEndpointsReady() {
    List<Problem> problems =
        endpoints.stream()
            .filter(endpoint -> !endpoint.ready())
            .map(e -> new Problem(Reason.ENDPOINT_NOT_READY, e.name() + ": " + e.message()))
            .toList();
    summed(problems)
        .ifPresentOrElse(
            problem -> conditions.add(ENDPOINTS_READY, problem),
            () ->
                conditions.add(
                    ENDPOINTS_READY,
                    TRUE,
                    Reason.ALL_READY,
                    "%s endpoints are ready".formatted(readyEndpoints())));
  }

  /** All of them as one, with the reason of the worst. */
  static Optional<Problem> summed(List<Problem> problems) {
    List<Problem> worstFirst = problems.stream().sorted(Problem.WORST_FIRST).toList();
    return worstFirst.stream()
        .findFirst()
        .map(
            worst ->
                new Problem(
                    worst.reason(), joined(worstFirst.stream().map(Problem::message).toList())));
  }

  private Summary summary() {
    return new Summary(
        nodes.ready() + "/" + nodes.desired(),
        availableQueues(),
        readyConsumers(),
        readyEndpoints());
  }

  private String availableQueues() {
    // The last status lists only some of them.
    if (result.observed().reachable().isEmpty() && previous != null && previous.summary() != null) {
      return previous.summary().queues();
    }
    return queues.stream().filter(QueueStatuses::isAvailable).count() + "/" + queues.size();
  }

  private String readyConsumers() {
    return consumers.stream().filter(ConsumerStatuses::isReady).count() + "/" + consumers.size();
  }

  private String readyEndpoints() {
    return endpoints.stream().filter(EndpointStatus::ready).count() + "/" + endpoints.size();
  }

  /** Joins the messages, but only the first ones of many. */
  static String joined(List<String> messages) {
    String first = messages.stream().limit(MOST_MESSAGES).collect(Collectors.joining("; "));
    return messages.size() <= MOST_MESSAGES
        ? first
        : first + "; and %d more".formatted(messages.size() - MOST_MESSAGES);
  }
}
