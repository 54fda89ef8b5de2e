package dev.warren.operator.status;

import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Membership;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.NodeRemoval;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.ReconcilePlan;
import dev.warren.operator.plan.certificates.CertificatePlan;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one pass observed, and what prevents the desired state.
 *
 * @param observed what it observed at its beginning
 * @param violations why the spec is invalid; then nothing was done
 * @param nodeProblems about Secrets, Services, volumes and Pods of the nodes
 * @param topologyProblems about what is in the broker
 * @param consumerProblems about Deployments
 * @param removal the last removal of a node, in progress or done
 * @param applied what it did
 * @param certificates the plan of the certificates; empty if nothing was planned
 */
public record ReconcileResult(
    Observation observed,
    List<Violation> violations,
    List<Problem> nodeProblems,
    List<Problem> topologyProblems,
    List<Problem> consumerProblems,
    Optional<NodeRemoval> removal,
    AppliedActions applied,
    Optional<CertificatePlan> certificates) {

  /** Copies the lists. */
  public ReconcileResult {
    violations = List.copyOf(violations);
    nodeProblems = List.copyOf(nodeProblems);
    topologyProblems = List.copyOf(topologyProblems);
    consumerProblems = List.copyOf(consumerProblems);
  }

  /** A pass that must not change anything, and reports what remains to be done. */
  public static ReconcileResult held(
      Mode mode, ReconcilePlan plan, Observation observed, List<Violation> violations) {
    PlanPreview preview = new PlanPreview(plan, observed);
    List<String> all = preview.all();
    return new ReconcileResult(
        observed,
        violations,
        withWaiting(plan.nodeProblems(), preview.nodes(), all, "the nodes"),
        withWaiting(plan.topologyProblems(), preview.topology(), all, "the broker"),
        withWaiting(List.of(), preview.consumers(), all, "consumers"),
        recordedRemoval(plan, observed),
        AppliedActions.held(mode, all, plan.retained()),
        Optional.of(plan.certificates()));
  }

  /** A removal that was not recorded has not begun. */
  private static Optional<NodeRemoval> recordedRemoval(ReconcilePlan plan, Observation observed) {
    return plan.record().isEmpty()
        ? plan.removal()
        : plan.record().map(write -> write.object().getMetadata().getName()).stream()
            .flatMap(name -> observed.objects().find(ConfigMap.class, name).stream())
            .flatMap(record -> Membership.of(record).stream())
            .flatMap(membership -> membership.removal().stream())
            .findFirst();
  }

  /**
   * The problems, and the changes that wait. Every condition counts all changes, as the plan does.
   *
   * @param part the changes of this part of the topology
   * @param what the part
   */
  private static List<Problem> withWaiting(
      List<Problem> problems, List<String> part, List<String> all, String what) {
    if (part.isEmpty()) {
      return problems;
    }
    String share =
        part.size() == all.size() ? "" : ", %d of them in %s".formatted(part.size(), what);
    Problem waiting =
        new Problem(
            Reason.PAUSED,
            "%s until the annotation %s is removed%s. The first%s: %s"
                .formatted(
                    PauseStatus.waiting(all.size()),
                    Mode.ANNOTATION,
                    share,
                    share.isEmpty() ? "" : " of these",
                    part.getFirst()));
    return Stream.concat(problems.stream(), Stream.of(waiting)).toList();
  }

  /** A pass that did nothing, because the spec is invalid. What runs keeps running. */
  public static ReconcileResult invalid(
      Mode mode, Observation observed, List<Violation> violations) {
    List<Problem> topologyProblems =
        observed.broker() instanceof Unreachable unreachable
            ? List.of(new Problem(Reason.BROKER_UNREACHABLE, unreachable.reason()))
            : List.of();
    List<Problem> nodeProblems =
        observed.nodes().isEmpty()
            ? List.of(new Problem(Reason.INVALID_SPEC, "none is started while the spec is invalid"))
            : List.of();
    return new ReconcileResult(
        observed,
        violations,
        nodeProblems,
        topologyProblems,
        List.of(),
        Optional.empty(),
        AppliedActions.held(mode, List.of(), List.of()),
        Optional.empty());
  }
}
