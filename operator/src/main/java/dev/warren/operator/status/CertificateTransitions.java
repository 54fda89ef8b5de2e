package dev.warren.operator.status;

import dev.warren.api.v1alpha1.MessageTopologyStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.CertificateStatus;
import dev.warren.api.v1alpha1.MessageTopologyStatus.TlsStatus;
import dev.warren.operator.model.Reason;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Events about certificates: a CA's renewal begins, takes a step or ends; others were renewed. */
final class CertificateTransitions {

  private CertificateTransitions() {}

  static Stream<Transition> between(MessageTopologyStatus previous, MessageTopologyStatus current) {
    if (previous == null || previous.tls() == null || current.tls() == null) {
      return Stream.empty();
    }
    return Stream.of(step(previous.tls(), current.tls()), renewed(previous.tls(), current.tls()))
        .flatMap(Optional::stream);
  }

  private static Optional<Transition> step(TlsStatus before, TlsStatus now) {
    if (Objects.equals(before.renewal(), now.renewal())) {
      return Optional.empty();
    }
    return Optional.of(
        now.renewal() == null
            ? new Transition(true, Reason.CERTIFICATES_RENEWED, "The renewal of the CA is complete")
            : new Transition(true, Reason.CERTIFICATES_RENEWING, now.renewal()));
  }

  private static Optional<Transition> renewed(TlsStatus before, TlsStatus now) {
    Map<String, String> ends =
        before.certificates().stream()
            .collect(Collectors.toMap(CertificateStatus::name, CertificateStatus::notAfter));
    List<CertificateStatus> later =
        now.certificates().stream()
            .filter(one -> ends.containsKey(one.name()))
            .filter(one -> !ends.get(one.name()).equals(one.notAfter()))
            .toList();
    return later.stream()
        .findFirst()
        .map(
            first ->
                new Transition(
                    true,
                    Reason.CERTIFICATES_RENEWED,
                    "%s is renewed, until %s%s"
                        .formatted(
                            first.name(),
                            first.notAfter(),
                            later.size() == 1
                                ? ""
                                : ", and %d others".formatted(later.size() - 1))));
  }
}
