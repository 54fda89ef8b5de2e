package dev.warren.operator.plan.certificates;

import dev.warren.operator.certificates.CertificateMaker.LeafRequest;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.CertificateFiles;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.PemKeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Plans what clients trust and present: part of the connection Secret. */
final class TrustPlanner {

  private final Given given;
  private final AuthorityState clients;
  private final LeafRules rules;
  private final Instant now;

  TrustPlanner(Given given, AuthorityState clients, LeafRules rules, Instant now) {
    this.given = given;
    this.clients = clients;
    this.rules = rules;
    this.now = now;
  }

  /**
   * What they need.
   *
   * @param seen the connection Secret as it is now
   * @param nodes the Secrets of the nodes as they shall be
   * @param settled whether all nodes serve that already
   */
  ClientTrust plan(Map<String, String> seen, List<Map<String, String>> nodes, boolean settled) {
    String before = seen.getOrDefault(CertificateFiles.CA, "");
    Set<String> trusted = new LinkedHashSet<>();
    boolean someOwn = !given.wantsDoor() || nodes.stream().anyMatch(this::hasOwnDoor);
    if (someOwn) {
      trusted.addAll(clients.bundle());
    }
    given
        .door()
        .flatMap(found -> found.ca())
        .ifPresent(ca -> trusted.addAll(CertificateReader.split(ca)));
    boolean kept = given.wantsDoor() && given.door().isEmpty();
    if (!settled || kept) {
      trusted.addAll(valid(before));
    }
    return new ClientTrust(
        trusted.isEmpty() ? Optional.empty() : Optional.of(String.join("", trusted)),
        given.mutual() ? Optional.of(client(seen)) : Optional.empty());
  }

  private boolean hasOwnDoor(Map<String, String> node) {
    return AuthorityState.pair(node, CertificateFiles.DOOR_CERTIFICATE, CertificateFiles.DOOR_KEY)
        .filter(pair -> NodeCertificates.isOwn(pair, clients))
        .isPresent();
  }

  private List<String> valid(String list) {
    List<String> valid = new ArrayList<>();
    for (String ca : CertificateReader.split(list)) {
      CertificateReader.first(ca)
          .filter(info -> !info.hasExpired(now))
          .ifPresent(info -> valid.add(ca));
    }
    return valid;
  }

  private PemKeyPair client(Map<String, String> seen) {
    return rules.keepOrIssue(
        AuthorityState.pair(seen, CertificateFiles.CERTIFICATE, CertificateFiles.KEY),
        clients,
        new LeafRequest(Credentials.CLIENT, List.of(), false, true, rules.life()),
        true);
  }
}
