package dev.warren.operator.status;

import static dev.warren.operator.status.Conditions.CONSUMERS_READY;
import static dev.warren.operator.status.Conditions.ENDPOINTS_READY;
import static dev.warren.operator.status.Conditions.FALSE;
import static dev.warren.operator.status.Conditions.NODES_READY;
import static dev.warren.operator.status.Conditions.PAUSED;
import static dev.warren.operator.status.Conditions.TOPOLOGY_DECLARED;
import static dev.warren.operator.status.Conditions.TRUE;
import static dev.warren.operator.status.Conditions.UNKNOWN;
import static dev.warren.operator.status.Conditions.VALIDATED;

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
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.plan.Problem;
import dev.warren.operator.plan.Violation;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Builds the status of a topology. Nothing else does. */
public final class StatusBuilder {

  /** All conditions that a status may have. */
  public static final List<String> CONDITIONS =
      List.of(
          Conditions.READY,
          VALIDATED,
          NODES_READY,
          TOPOLOGY_DECLARED,
          CONSUMERS_READY,
          ENDPOINTS_READY,
          Conditions.SCALING_ACTIVE,
          Conditions.SCALING_LIMITED,
          PAUSED);

  private static final String INVALID_SPEC = "InvalidSpec";
  private static final int MOST_MESSAGES = 10;
  private static final int LONGEST_PLAN = 50;

  private final MessageTopologySpec spec;
  private final Pass pass;
  private final MessageTopologyStatus previous;
  private final ResourceNames names;
  private final Conditions conditions;
  private final Counting counting;
  private final NodesStatus nodes;
  private final QueueStatuses queueStatuses;
  private final List<QueueStatus> queues;
  private final ConsumerStatuses consumerStatuses;
  private final List<ConsumerStatus> consumers;
  private final List<RetainedStatus> retained;
  private final List<DriftStatus> drift;
  private final List<EndpointStatus> endpoints;

  private StatusBuilder(MessageTopology topology, Pass pass) {
    this.spec = topology.getSpec();
    this.pass = pass;
    this.previous = topology.getStatus();
    this.names =
        ResourceNames.of(topology.getMetadata().getNamespace(), topology.getMetadata().getName());
    this.conditions =
        new Conditions(
            previous == null ? List.of() : previous.conditions(),
            topology.getMetadata().getGeneration(),
            pass.observed().at());
    this.nodes =
        new NodeStatuses(pass.observed(), names, pass.removal()).build(spec.nodes().replicas());
    this.counting = new Counting(previous, pass.observed().at());
    this.queueStatuses = new QueueStatuses(pass.observed(), names, previous, counting);
    this.queues = queueStatuses.build(spec.queues());
    this.consumerStatuses = new ConsumerStatuses(pass.observed(), names, previous, counting);
    this.consumers = consumerStatuses.build(spec.consumers());
    this.retained = new RetainedStatuses(pass, previous, counting).build();
    this.drift = new DriftStatuses(pass, previous, topology.getMetadata().getGeneration()).build();
    this.endpoints = new EndpointStatuses(pass.observed(), names, spec, queues).build();
  }

  /** The status after a pass; equal to the last one when nothing has changed. */
  public static MessageTopologyStatus build(MessageTopology topology, Pass pass) {
    return new StatusBuilder(topology, pass).build(topology.getMetadata().getGeneration());
  }

  /** Whether a status says that all is as the resource says. */
  public static boolean isReady(MessageTopologyStatus status) {
    return holds(status, Conditions.READY).orElse(false);
  }

  /** Whether a condition holds; empty when that is unknown, or there is no such condition. */
  public static Optional<Boolean> holds(MessageTopologyStatus status, String condition) {
    return Conditions.find(status, condition)
        .map(Condition::getStatus)
        .filter(known -> !known.equals(UNKNOWN))
        .map(TRUE::equals);
  }

  /** For how long a status has not been Ready. */
  public static Duration notReadyFor(MessageTopologyStatus status, Instant now) {
    return Conditions.find(status, Conditions.READY)
        .map(ready -> Duration.between(Instant.parse(ready.getLastTransitionTime()), now))
        .orElse(Duration.ZERO);
  }

  /** The status after a pass that was broken off by an error: what was known stays. */
  public static MessageTopologyStatus failed(
      MessageTopology topology, String message, Instant now) {
    MessageTopologyStatus last =
        topology.getStatus() == null
            ? new MessageTopologyStatus(
                null, List.of(), null, null, null, null, null, null, null, null, null, null)
            : topology.getStatus();
    long generation = topology.getMetadata().getGeneration();
    Conditions conditions = new Conditions(last.conditions(), generation, now);
    conditions.add(
        Conditions.READY,
        UNKNOWN,
        "ReconcileFailed",
        "The operator could not look after this resource and tries again: " + message);
    return new MessageTopologyStatus(
        generation,
        conditions.withKept(),
        last.summary(),
        last.nodes(),
        last.queues(),
        last.messagesCountedAt(),
        last.binding(),
        last.consumers(),
        last.retained(),
        last.drift(),
        last.plan(),
        last.endpoints());
  }

  /** Whether the resource, as it is now, was found to make sense. */
  public static boolean isValidated(MessageTopology topology) {
    return Conditions.find(topology.getStatus(), VALIDATED)
        .map(
            validated ->
                validated.getStatus().equals(TRUE)
                    && validated
                        .getObservedGeneration()
                        .equals(topology.getMetadata().getGeneration()))
        .orElse(false);
  }

  private MessageTopologyStatus build(long generation) {
    addValidated();
    addNodesReady();
    addTopologyDeclared();
    addConsumersReady();
    addEndpointsReady();
    addPaused();
    new ScalingConditions(spec.consumers(), pass.observed()).addTo(conditions);
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
        plan(),
        endpoints);
  }

  private List<String> plan() {
    if (pass.effects().mode() != Mode.PLAN) {
      return null;
    }
    List<String> all = pass.effects().planned();
    if (all.isEmpty()) {
      return List.of("nothing");
    }
    if (all.size() <= LONGEST_PLAN) {
      return all;
    }
    List<String> first = new ArrayList<>(all.subList(0, LONGEST_PLAN));
    first.add("and %d more".formatted(all.size() - LONGEST_PLAN));
    return first;
  }

  /** Not a part of Ready: what is as it shall be is so while nobody looks after it too. */
  private void addPaused() {
    String noted = "The annotation " + Mode.ANNOTATION + " ";
    switch (pass.effects().mode()) {
      case ACT -> {}
      case PAUSED ->
          conditions.add(PAUSED, TRUE, "Paused", noted + "is 'paused': nothing is changed");
      case PLAN ->
          conditions.add(
              PAUSED,
              TRUE,
              "PlanOnly",
              noted + "is 'plan': nothing is changed, status.plan shows what would be");
      case UNKNOWN ->
          conditions.add(
              PAUSED,
              TRUE,
              "UnknownMode",
              noted + "is neither 'paused' nor 'plan': nothing is changed to be on the safe side");
    }
  }

  private void addValidated() {
    if (pass.violations().isEmpty()) {
      conditions.add(VALIDATED, TRUE, "Valid", "The resource makes sense");
    } else {
      conditions.add(
          VALIDATED,
          FALSE,
          INVALID_SPEC,
          joined(pass.violations().stream().map(Violation::toString).toList()));
    }
  }

  private void addNodesReady() {
    String count = "%d of %d nodes are ready".formatted(nodes.ready(), nodes.desired());
    boolean all =
        nodes.ready().equals(nodes.desired()) && nodes.members().size() == nodes.desired();
    Optional<Problem> worst = NodeStatuses.worstProblem(nodes);
    Optional<Problem> problem = pass.nodeProblems().stream().findFirst().or(() -> worst);
    if (problem.isPresent()) {
      // A change that waits, say, and the node that it waits for.
      String also =
          worst
              .filter(one -> !problem.get().message().contains(one.message()))
              .map(one -> "; " + one.message())
              .orElse("");
      conditions.add(
          NODES_READY,
          FALSE,
          problem.get().reason(),
          count + "; " + problem.get().message() + also);
    } else if (!all) {
      conditions.add(NODES_READY, FALSE, PodDiagnosis.STARTING, count);
    } else {
      String shared = NodeStatuses.sharedMachine(nodes).map(machine -> "; " + machine).orElse("");
      conditions.add(NODES_READY, TRUE, "AllReady", count + shared);
    }
  }

  private void addTopologyDeclared() {
    Optional<Problem> problem = pass.topologyProblems().stream().findFirst();
    if (problem.isPresent()) {
      boolean unknown = problem.get().reason().equals(Problem.BROKER_UNREACHABLE);
      conditions.add(
          TOPOLOGY_DECLARED,
          unknown ? UNKNOWN : FALSE,
          problem.get().reason(),
          joined(pass.topologyProblems().stream().map(Problem::message).toList()));
      return;
    }
    Optional<QueueStatus> worst =
        queues.stream().filter(queue -> queue.message() != null).findFirst();
    if (worst.isPresent()) {
      conditions.add(
          TOPOLOGY_DECLARED,
          FALSE,
          Conditions.QUEUE_NOT_READY,
          "%s queues are ready; '%s': %s"
              .formatted(readyQueues(), worst.get().name(), worst.get().message()));
    } else if (!pass.violations().isEmpty()) {
      // Nobody has compared what it declares with what there is.
      if (!conditions.keepTrue(TOPOLOGY_DECLARED)) {
        conditions.add(
            TOPOLOGY_DECLARED, UNKNOWN, INVALID_SPEC, "The resource is not carried out as it is");
      }
    } else {
      conditions.add(
          TOPOLOGY_DECLARED,
          TRUE,
          "Declared",
          "%d exchanges, %d queues and %d bindings are declared"
              .formatted(spec.exchanges().size(), spec.queues().size(), spec.bindings().size()));
    }
  }

  private void addConsumersReady() {
    Stream<Problem> notReady =
        consumers.stream()
            .filter(consumer -> !ConsumerStatuses.isReady(consumer))
            .map(c -> new Problem("ConsumerNotReady", c.name() + ": " + c.message()));
    List<Problem> problems = Stream.concat(pass.consumerProblems().stream(), notReady).toList();
    if (problems.isEmpty()) {
      conditions.add(
          CONSUMERS_READY, TRUE, "AllReady", "%s consumers are ready".formatted(readyConsumers()));
    } else {
      conditions.add(
          CONSUMERS_READY,
          FALSE,
          problems.getFirst().reason(),
          joined(problems.stream().map(Problem::message).toList()));
    }
  }

  private void addEndpointsReady() {
    List<String> problems =
        endpoints.stream()
            .filter(endpoint -> !endpoint.ready())
            .map(endpoint -> endpoint.name() + ": " + endpoint.message())
            .toList();
    if (problems.isEmpty()) {
      conditions.add(
          ENDPOINTS_READY, TRUE, "AllReady", "%s endpoints are ready".formatted(readyEndpoints()));
    } else {
      conditions.add(ENDPOINTS_READY, FALSE, "EndpointNotReady", joined(problems));
    }
  }

  private Summary summary() {
    return new Summary(
        nodes.ready() + "/" + nodes.desired(), readyQueues(), readyConsumers(), readyEndpoints());
  }

  private String readyQueues() {
    // The last status lists only some of them.
    if (pass.observed().reachable().isEmpty() && previous != null && previous.summary() != null) {
      return previous.summary().queues();
    }
    long ready = queues.stream().filter(q -> q.message() == null && q.leader() != null).count();
    return ready + "/" + queues.size();
  }

  private String readyConsumers() {
    return consumers.stream().filter(ConsumerStatuses::isReady).count() + "/" + consumers.size();
  }

  private String readyEndpoints() {
    return endpoints.stream().filter(EndpointStatus::ready).count() + "/" + endpoints.size();
  }

  /** Not all of a thousand. */
  static String joined(List<String> messages) {
    String first = messages.stream().limit(MOST_MESSAGES).collect(Collectors.joining("; "));
    return messages.size() <= MOST_MESSAGES
        ? first
        : first + "; and %d more".formatted(messages.size() - MOST_MESSAGES);
  }
}
