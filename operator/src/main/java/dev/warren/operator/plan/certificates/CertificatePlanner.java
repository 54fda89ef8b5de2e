package dev.warren.operator.plan.certificates;

import dev.warren.api.v1alpha1.Durations;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.certificates.CertificateInfo;
import dev.warren.operator.certificates.CertificateMaker;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.CertificateFiles;
import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.RenewalRequest;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.UserMetadata;
import dev.warren.operator.observation.Observation;
import dev.warren.operator.plan.certificates.AuthorityState.Step;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Plans all certificates of a topology. What is under way is read from the Secrets alone, so it
 * continues after an operator that was killed anywhere.
 */
public final class CertificatePlanner {

  /** In the names of the operator's CAs. */
  static final String CLIENTS_CA = " clients CA ";

  static final String NODES_CA = " nodes CA ";

  /** Of the topology's name in that of its CAs. */
  private static final int LONGEST_NAME = 30;

  private final ResourceNames names;
  private final MessageTopologySpec spec;
  private final Observation observed;
  private final CertificateSecrets secrets;
  private final SecretActions actions;
  private final IssuerPlanner issuer;
  private final Given given;
  private final LeafRules rules;
  private final RenewalRequest request;
  private final CertificateMaker maker;
  private final NodeReadiness readiness;

  public CertificatePlanner(
      Owner owner,
      ResourceNames names,
      MessageTopologySpec spec,
      Observation observed,
      CertificateMaker maker) {
    this.names = names;
    this.spec = spec;
    this.observed = observed;
    this.maker = maker;
    this.secrets = new CertificateSecrets(owner, UserMetadata.of(spec));
    this.actions = new SecretActions(names, observed, secrets);
    this.issuer = new IssuerPlanner(owner, names, spec, observed.certificates().issued());
    this.given = Given.of(spec, names, observed.certificates(), observed.at());
    this.rules =
        new LeafRules(maker, Durations.parse(spec.tls().certificateDuration()), observed.at());
    this.request = RenewalRequest.of(observed.certificates().request());
    this.readiness = new NodeReadiness(names, observed);
  }

  /** Both CAs at one moment, and the Secrets of the nodes that follow from them. */
  private record Scene(
      AuthorityState nodes,
      AuthorityState clients,
      SortedMap<Integer, Map<String, String>> secrets) {}

  /**
   * The plan.
   *
   * @param added the numbers of the nodes that this pass adds
   */
  public CertificatePlan plan(Collection<Integer> added) {
    SortedSet<Integer> numbers = new TreeSet<>(observed.nodes().keySet());
    numbers.addAll(added);
    Map<String, String> connection = texts(names.connectionSecret());
    AuthorityPlanner nodes = authority(NODES_CA);
    AuthorityPlanner clients = authority(CLIENTS_CA);
    Scene before = repaired(numbers, nodes, clients, connection);
    boolean written =
        numbers.stream()
            .allMatch(n -> texts(names.certificateSecret(n)).equals(before.secrets().get(n)));
    boolean settled = written && readiness.waitsFor().isEmpty();
    Scene after = settled ? stepped(before, numbers, nodes, clients, connection) : before;
    ClientTrust trust =
        new TrustPlanner(given, after.clients(), rules, observed.at())
            .plan(connection, List.copyOf(after.secrets().values()), settled);
    List<KubernetesAction> all = new ArrayList<>();
    actions.authority(names.nodesAuthoritySecret(), after.nodes()).ifPresent(all::add);
    actions.authority(names.clientsAuthoritySecret(), after.clients()).ifPresent(all::add);
    Map<Integer, String> digests = new TreeMap<>();
    after
        .secrets()
        .forEach(
            (n, texts) -> {
              Secret secret = secrets.secret(names.certificateSecret(n), texts);
              digests.put(n, CertificateSecrets.digest(secret));
              actions.node(secret).ifPresent(all::add);
            });
    List<KubernetesAction> others = new ArrayList<>(issuer.actions());
    others.addAll(actions.nudges(digests));
    others.addAll(actions.removals(numbers));
    return new CertificatePlan(
        all, others, digests, trust, problems(after, trust), report(after, trust));
  }

  private AuthorityPlanner authority(String kind) {
    String name = names.prefix();
    return new AuthorityPlanner(
        name.substring(0, Math.min(LONGEST_NAME, name.length())) + kind.stripTrailing(),
        Durations.parse(spec.tls().authorityDuration()),
        request,
        maker,
        observed.at());
  }

  private Scene repaired(
      SortedSet<Integer> numbers,
      AuthorityPlanner nodes,
      AuthorityPlanner clients,
      Map<String, String> connection) {
    AuthorityState ofNodes =
        nodes.repaired(
            AuthorityState.of(texts(names.nodesAuthoritySecret())), knownToNodes(numbers));
    AuthorityState ofClients =
        clients.repaired(
            AuthorityState.of(texts(names.clientsAuthoritySecret())), knownToClients(connection));
    boolean asks = issuer.plan(ofClients.issuer());
    return scene(numbers, ofNodes, ofClients.withIssuer(asks));
  }

  private List<String> knownToNodes(SortedSet<Integer> numbers) {
    return numbers.stream()
        .flatMap(
            n ->
                CertificateReader.split(
                    texts(names.certificateSecret(n)).getOrDefault(CertificateFiles.CA, ""))
                    .stream())
        .distinct()
        .toList();
  }

  private static List<String> knownToClients(Map<String, String> connection) {
    return CertificateReader.split(connection.getOrDefault(CertificateFiles.CA, "")).stream()
        .filter(
            ca ->
                CertificateReader.first(ca)
                    .filter(info -> info.subject().contains(CLIENTS_CA))
                    .isPresent())
        .toList();
  }

  private Scene scene(SortedSet<Integer> numbers, AuthorityState nodes, AuthorityState clients) {
    NodeCertificates certificates = new NodeCertificates(names, rules, given, nodes, clients);
    SortedMap<Integer, Map<String, String>> texts = new TreeMap<>();
    numbers.forEach(n -> texts.put(n, certificates.of(n, texts(names.certificateSecret(n)))));
    return new Scene(nodes, clients, texts);
  }

  /** One step of one CA: all nodes must have taken it before there is another. */
  private Scene stepped(
      Scene before,
      SortedSet<Integer> numbers,
      AuthorityPlanner nodes,
      AuthorityPlanner clients,
      Map<String, String> connection) {
    AuthorityState ofNodes = nodes.step(before.nodes(), Optional.empty(), false);
    if (!ofNodes.equals(before.nodes())) {
      return scene(numbers, ofNodes, before.clients());
    }
    Optional<CertificateInfo> client =
        given.mutual()
            ? CertificateReader.first(connection.getOrDefault(CertificateFiles.CERTIFICATE, ""))
            : Optional.empty();
    AuthorityState ofClients =
        clients.step(before.clients(), client.map(CertificateInfo::issuedAt), true);
    return ofClients.equals(before.clients()) ? before : scene(numbers, ofNodes, ofClients);
  }

  private Map<String, String> texts(String secret) {
    return CertificateSecrets.texts(observed.objects().find(Secret.class, secret));
  }

  private CertificateReport report(Scene scene, ClientTrust trust) {
    return new ReportBuilder(names, given, observed.at(), readiness)
        .build(scene.nodes(), scene.clients(), scene.secrets(), trust);
  }

  private List<Problem> problems(Scene scene, ClientTrust trust) {
    List<Problem> problems = new ArrayList<>(issuer.problems());
    problems.addAll(given.problems());
    if (request == RenewalRequest.UNKNOWN) {
      problems.add(
          new Problem(
              Reason.UNKNOWN_RENEWAL,
              "The annotation %s must be 'leaves' or 'ca'".formatted(RenewalRequest.ANNOTATION)));
    }
    report(scene, trust).certificates().stream()
        .filter(CertificateReport.End::ending)
        .limit(1)
        .forEach(
            end ->
                problems.add(
                    new Problem(
                        Reason.CERTIFICATE_ENDING,
                        "%s ends at %s and is not renewed%s"
                            .formatted(end.name(), end.notAfter(), waiting()))));
    return problems;
  }

  private String waiting() {
    return readiness.waitsFor().isEmpty()
        ? ""
        : ": the renewal waits for " + String.join(", ", readiness.waitsFor());
  }

  /** The sentence about a step. */
  static Optional<String> describe(String whose, Step step) {
    return switch (step) {
      case STABLE -> Optional.empty();
      case TRUST -> Optional.of("Trust: everybody learns to trust the next CA of " + whose);
      case REISSUE ->
          Optional.of("Reissue: the new CA of %s signs everything anew".formatted(whose));
      case RECREATED ->
          Optional.of(
              "Recreated: the CA of %s was lost, and a new one is made known".formatted(whose));
    };
  }
}
