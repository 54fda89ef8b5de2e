package dev.warren.operator.plan.certificates;

import dev.warren.operator.certificates.CertificateInfo;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.CertificateFiles;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.plan.certificates.AuthorityState.Step;
import dev.warren.operator.plan.certificates.CertificateReport.End;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Lists all certificates, and says what happens to them. */
final class ReportBuilder {

  private final ResourceNames names;
  private final Given given;
  private final Instant now;
  private final List<String> waitsFor;
  private final List<String> lagging;
  private final List<End> ends = new ArrayList<>();

  ReportBuilder(ResourceNames names, Given given, Instant now, NodeReadiness readiness) {
    this.names = names;
    this.given = given;
    this.now = now;
    this.waitsFor = readiness.waitsFor();
    this.lagging = readiness.lagging();
  }

  CertificateReport build(
      AuthorityState nodes,
      AuthorityState clients,
      SortedMap<Integer, Map<String, String>> secrets,
      ClientTrust trust) {
    authority(names.nodesAuthoritySecret(), nodes);
    authority(names.clientsAuthoritySecret(), clients);
    secrets.forEach(
        (n, texts) ->
            texts.entrySet().stream()
                .filter(entry -> isLeaf(entry.getKey()))
                .forEach(
                    entry ->
                        add(
                            names.certificateSecret(n) + "/" + entry.getKey(),
                            entry.getValue(),
                            lagging.contains(names.node(n))
                                ? Optional.of("Waiting")
                                : Optional.empty())));
    trust
        .client()
        .ifPresent(
            pair ->
                add(
                    names.connectionSecret() + "/" + CertificateFiles.CERTIFICATE,
                    pair.certificate(),
                    Optional.empty()));
    given.clients().ifPresent(ca -> add("spec.tls.clientCASecret", ca.info(), Optional.empty()));
    String steps =
        Stream.of(
                CertificatePlanner.describe("the nodes", nodes.step()),
                CertificatePlanner.describe("the clients' doors", clients.step()))
            .flatMap(Optional::stream)
            .collect(Collectors.joining("; "));
    return new CertificateReport(
        steps.isEmpty() ? Optional.empty() : Optional.of(steps), waitsFor, List.copyOf(ends));
  }

  private static boolean isLeaf(String key) {
    return key.endsWith(".crt")
        && !key.equals(CertificateFiles.CA)
        && !key.equals(CertificateFiles.CLIENTS_CA);
  }

  private void authority(String secret, AuthorityState state) {
    add(
        secret + "/" + CertificateFiles.CERTIFICATE,
        state.info(),
        state.step() == Step.STABLE
            ? Optional.empty()
            : Optional.of(
                state.step().name().charAt(0)
                    + state.step().name().substring(1).toLowerCase(java.util.Locale.ROOT)));
  }

  private void add(String name, String pem, Optional<String> step) {
    CertificateReader.first(pem).ifPresent(info -> add(name, info, step));
  }

  private void add(String name, CertificateInfo info, Optional<String> step) {
    ends.add(new End(name, info.notAfter(), info.isEnding(now), step));
  }
}
