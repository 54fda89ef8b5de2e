package dev.warren.operator.status;

import static dev.warren.operator.model.ConditionType.CERTIFICATES_READY;
import static dev.warren.operator.status.Conditions.TRUE;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.CertificateStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.TlsStatus;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.certificates.CertificatePlan;
import dev.warren.operator.plan.certificates.CertificateReport;
import dev.warren.operator.plan.certificates.CertificateReport.End;
import java.util.Comparator;
import java.util.Optional;

/** The certificates in the status, and their condition. */
final class CertificateStatuses {

  private static final int LONGEST_LIST = 50;

  private final Optional<CertificatePlan> plan;
  private final MessageTopologyStatus previous;

  CertificateStatuses(ReconcileResult result, MessageTopologyStatus previous) {
    this.plan = result.certificates();
    this.previous = previous;
  }

  /** As before if nothing was planned. */
  TlsStatus build() {
    return plan.map(now -> status(now.report()))
        .orElseGet(() -> previous == null ? null : previous.tls());
  }

  private static TlsStatus status(CertificateReport report) {
    if (report.certificates().isEmpty()) {
      return null;
    }
    boolean waits = report.renewal().isPresent() && !report.waitsFor().isEmpty();
    return new TlsStatus(
        report.renewal().orElse(null),
        waits ? report.waitsFor() : null,
        report.certificates().stream()
            .sorted(Comparator.comparing(End::notAfter).thenComparing(End::name))
            .limit(LONGEST_LIST)
            .map(
                end ->
                    new CertificateStatus(
                        end.name(), end.notAfter().toString(), end.step().orElse(null)))
            .toList());
  }

  void addTo(Conditions conditions) {
    if (plan.isEmpty()) {
      conditions.keep(CERTIFICATES_READY);
      return;
    }
    CertificateReport report = plan.get().report();
    Optional<Problem> problem = StatusBuilder.summed(plan.get().problems());
    if (problem.isPresent()) {
      conditions.add(CERTIFICATES_READY, problem.get());
    } else if (report.renewal().isPresent()) {
      conditions.add(
          CERTIFICATES_READY, TRUE, Reason.CERTIFICATES_RENEWING, report.renewal().get());
    } else {
      conditions.add(
          CERTIFICATES_READY, TRUE, Reason.CERTIFICATES_VALID, "All certificates are valid");
    }
  }
}
