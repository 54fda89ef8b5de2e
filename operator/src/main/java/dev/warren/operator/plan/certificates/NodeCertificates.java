package dev.warren.operator.plan.certificates;

import dev.warren.operator.certificates.CertificateMaker.LeafRequest;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.CertificateFiles;
import dev.warren.operator.model.PemKeyPair;
import dev.warren.operator.model.ResourceNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the Secret of a node must contain. */
final class NodeCertificates {

  private static final String CLUSTER_DOMAIN = ".cluster.local";

  private final ResourceNames names;
  private final LeafRules rules;
  private final Given given;
  private final AuthorityState nodes;
  private final AuthorityState clients;

  NodeCertificates(
      ResourceNames names,
      LeafRules rules,
      Given given,
      AuthorityState nodes,
      AuthorityState clients) {
    this.names = names;
    this.rules = rules;
    this.given = given;
    this.nodes = nodes;
    this.clients = clients;
  }

  /** Of node number {@code n}, from what its Secret contains now. */
  Map<String, String> of(int n, Map<String, String> seen) {
    Map<String, String> texts = new TreeMap<>();
    Optional<String> clientsCa = clientsCa(seen);
    boolean sameClients =
        clientsCa.equals(Optional.ofNullable(seen.get(CertificateFiles.CLIENTS_CA)));
    texts.put(CertificateFiles.CA, nodes.trusted());
    put(
        texts,
        CertificateFiles.CERTIFICATE,
        CertificateFiles.KEY,
        rules.keepOrIssue(
            AuthorityState.pair(seen, CertificateFiles.CERTIFICATE, CertificateFiles.KEY),
            nodes,
            new LeafRequest(names.node(n), List.of(names.host(n)), true, true, rules.life()),
            sameClients && nodes.trusted().equals(seen.get(CertificateFiles.CA))));
    PemKeyPair door = door(n, seen, sameClients);
    put(texts, CertificateFiles.DOOR_CERTIFICATE, CertificateFiles.DOOR_KEY, door);
    clientsCa.ifPresent(ca -> texts.put(CertificateFiles.CLIENTS_CA, ca));
    given
        .endpoints()
        .forEach(
            (endpoint, usable) -> {
              String certificate = CertificateFiles.endpointCertificate(endpoint);
              String key = CertificateFiles.endpointKey(endpoint);
              put(
                  texts,
                  certificate,
                  key,
                  usable
                      .map(found -> found.pair())
                      .or(() -> AuthorityState.pair(seen, certificate, key))
                      .orElse(door));
            });
    return texts;
  }

  private static void put(
      Map<String, String> texts, String certificate, String key, PemKeyPair pair) {
    texts.put(certificate, pair.certificate());
    texts.put(key, pair.key());
  }

  /** One that cannot be used leaves what is there. */
  private PemKeyPair door(int n, Map<String, String> seen, boolean sameClients) {
    Optional<PemKeyPair> there =
        AuthorityState.pair(seen, CertificateFiles.DOOR_CERTIFICATE, CertificateFiles.DOOR_KEY);
    return given
        .door()
        .map(found -> found.pair())
        .or(() -> given.wantsDoor() ? there.filter(pair -> !isOwn(pair)) : Optional.empty())
        .orElseGet(
            () ->
                rules.keepOrIssue(
                    there,
                    clients,
                    new LeafRequest(names.clientService(), doorNames(n), true, false, rules.life()),
                    sameClients));
  }

  /** Whether it is a certificate of the operator's, and can be read. */
  private boolean isOwn(PemKeyPair pair) {
    return isOwn(pair, clients);
  }

  static boolean isOwn(PemKeyPair pair, AuthorityState clients) {
    return CertificateReader.first(pair.certificate()).isEmpty()
        || !CertificateReader.isPair(pair)
        || LeafRules.isBy(clients, pair)
        || isByFormer(pair);
  }

  /** By a CA of the operator's that is gone. */
  private static boolean isByFormer(PemKeyPair pair) {
    return CertificateReader.first(pair.certificate())
        .filter(info -> info.issuer().contains(CertificatePlanner.CLIENTS_CA))
        .isPresent();
  }

  private List<String> doorNames(int n) {
    String service = names.clientService();
    String host = names.clientHost();
    return List.of(
        names.host(n), service, service + "." + names.namespace(), host, host + CLUSTER_DOMAIN);
  }

  private Optional<String> clientsCa(Map<String, String> seen) {
    if (!given.mutual()) {
      return Optional.empty();
    }
    String own = clients.trusted();
    return given
        .clients()
        .map(ca -> ca.certificate() + own)
        .or(
            () ->
                Optional.ofNullable(seen.get(CertificateFiles.CLIENTS_CA))
                    .map(was -> kept(was) + own))
        .or(() -> Optional.of(own));
  }

  /** The CAs of a list that are not the operator's. */
  private static String kept(String list) {
    return String.join(
        "",
        CertificateReader.split(list).stream()
            .filter(
                ca ->
                    CertificateReader.first(ca)
                        .filter(info -> !info.subject().contains(CertificatePlanner.CLIENTS_CA))
                        .isPresent())
            .toList());
  }
}
