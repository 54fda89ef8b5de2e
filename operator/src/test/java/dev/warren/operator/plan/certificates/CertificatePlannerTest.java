package dev.warren.operator.plan.certificates;

import static dev.warren.operator.plan.certificates.CertificateWorld.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.TlsSpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.api.v1alpha1.TlsSpec.IssuerRef;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.Problem;
import dev.warren.operator.certificates.CertificateInfo;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.certificates.ForeignCertificates;
import dev.warren.operator.model.PemKeyPair;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.GivenSecret;
import dev.warren.operator.observation.IssuedDoor;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Certificates, pass by pass. */
class CertificatePlannerTest {

  private static final Duration SECONDS = Duration.ofSeconds(10);

  private CertificateWorld world = RotationPropertyTest.world(Clients.Optional);

  @Test
  void theFirstPassMakesEverythingBeforeAnyPod() {
    world = new CertificateWorld(TlsSpec.DEFAULTS);

    CertificatePlan plan = world.plan(List.of(0, 1));

    assertThat(plan.actions().stream().map(action -> action.object().getMetadata().getName()))
        .containsExactly("orders-nodes-ca", "orders-clients-ca", "orders-0-tls", "orders-1-tls");
    assertThat(plan.digests()).containsOnlyKeys(0, 1);
    assertThat(plan.trust().ca()).isPresent();
    assertThat(plan.trust().client()).isEmpty();
    assertThat(plan.problems()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Clients.class)
  void thenThereIsNothingToDo(Clients clients) {
    world = RotationPropertyTest.world(clients);

    world.advance(SECONDS);

    assertThat(world.plan(List.of()).actions()).isEmpty();
  }

  @Test
  void aNodesCertificateIsForItsNameAlone() {
    assertThat(leaf(0, "tls.crt").names()).containsExactly(NAMES.host(0));
    assertThat(leaf(1, "door.crt").names())
        .containsExactly(
            NAMES.host(1),
            "orders",
            "orders.shop",
            "orders.shop.svc",
            "orders.shop.svc.cluster.local");
    assertThat(signedBy(0, "tls.crt", NAMES.nodesAuthoritySecret())).isTrue();
    assertThat(signedBy(0, "door.crt", NAMES.clientsAuthoritySecret())).isTrue();
  }

  @Test
  void aLeafIsRenewedAfterTwoThirdsOfItsLife() {
    CertificateInfo before = leaf(0, "tls.crt");
    world.advance(Duration.between(world.now, before.renewAt()).minusSeconds(1));
    assertThat(world.plan(List.of()).actions()).isEmpty();

    world.advance(Duration.ofSeconds(1));
    world.pass();

    assertThat(leaf(0, "tls.crt").notAfter()).isAfter(before.notAfter());
  }

  @Test
  void aChangedSecretIsReadAtOnceByAMarkOfThePod() {
    world.advance(SECONDS);
    world.request = Optional.of("leaves");
    world.pass();

    List<KubernetesAction> then = world.plan(List.of()).actions();

    assertThat(then).hasSize(3).allMatch(KubernetesAction.Mark.class::isInstance);
    assertThat(then).noneMatch(KubernetesAction::othersNeedIt);
  }

  @Test
  void aRequestForLeavesIsServedOnce() {
    String before = world.texts("orders-0-tls").get("tls.crt");
    world.advance(SECONDS);
    world.request = Optional.of("leaves");
    world.pass();
    String after = world.texts("orders-0-tls").get("tls.crt");
    assertThat(after).isNotEqualTo(before);
    settle(5);
    assertThat(world.texts("orders-0-tls").get("tls.crt")).isEqualTo(after);
    assertThat(world.plan(List.of()).actions()).isEmpty();

    world.request = Optional.empty();
    settle(2);
    world.request = Optional.of("leaves");
    world.pass();
    assertThat(world.texts("orders-0-tls").get("tls.crt")).isNotEqualTo(after);
  }

  @Test
  void aRequestForCasRenewsBothOnceStepByStep() {
    String nodes = world.texts(NAMES.nodesAuthoritySecret()).get("tls.crt");
    String clients = world.texts(NAMES.clientsAuthoritySecret()).get("tls.crt");
    world.request = Optional.of("ca");

    world.pass();
    assertThat(step())
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith("Trust: everybody learns to trust the next CA of the nodes"));
    assertThat(world.texts(NAMES.nodesAuthoritySecret())).containsKey("next.crt");
    world.pass();
    assertThat(step())
        .as("nodes have not read it")
        .hasValueSatisfying(text -> assertThat(text).startsWith("Trust"));
    settle(60);

    assertThat(step()).isEmpty();
    assertThat(world.texts(NAMES.nodesAuthoritySecret()).get("ca.crt")).isNotEqualTo(nodes);
    assertThat(world.texts(NAMES.clientsAuthoritySecret()).get("ca.crt")).isNotEqualTo(clients);
    String after = world.texts(NAMES.nodesAuthoritySecret()).get("tls.crt");
    settle(60);
    assertThat(world.texts(NAMES.nodesAuthoritySecret()).get("tls.crt")).isEqualTo(after);
  }

  @Test
  void aNodeThatCannotBeAskedHoldsUpTheNextStep() {
    world.setReachable(1, false);
    world.request = Optional.of("ca");
    settle(60);
    assertThat(step()).as("a node may not have the last state").isEmpty();

    world.setReachable(1, true);
    settle(20);
    world.setReachable(2, false);
    settle(60);
    CertificatePlan held = world.plan(List.of());
    assertThat(held.report().waitsFor()).containsExactly("orders-2");

    world.setReachable(2, true);
    settle(90);
    assertThat(step()).isEmpty();
    world.assertTrust();
  }

  @Test
  void anUnknownRequestIsReportedAndNothingIsDone() {
    world.request = Optional.of("everything");

    CertificatePlan plan = world.plan(List.of());

    assertThat(plan.actions()).isEmpty();
    assertThat(plan.problems())
        .containsExactly(
            new Problem(
                Reason.UNKNOWN_RENEWAL,
                "The annotation warren.dev/renew-certificates must be 'leaves' or 'ca'"));
  }

  @Test
  void aShorterLifeAppliesAtOnce() {
    world.tls = new TlsSpec(null, null, null, null, "10m", "1h");
    settle(90);

    assertThat(leaf(0, "tls.crt").life()).isLessThan(Duration.ofMinutes(12));
    assertThat(
            CertificateReader.first(world.texts(NAMES.nodesAuthoritySecret()).get("tls.crt"))
                .orElseThrow()
                .life())
        .isLessThan(Duration.ofHours(2));
  }

  @Test
  void aNewNodeGetsItsSecretAndThatOfAGoneOneIsRemoved() {
    world.pass(99, SECONDS, 3);
    world.start(3);
    world.remove(0);

    world.pass();

    assertThat(world.secretNames()).contains("orders-3-tls").doesNotContain("orders-0-tls");
  }

  @Test
  void aGivenCertificateIsServedByAllNodes() {
    PemKeyPair root = ForeignCertificates.root(world.now, "company");
    PemKeyPair door = new ForeignCertificates(world.now).signedBy(root);
    give("door", door, root);
    world.tls = new TlsSpec(null, null, "door", null, "1h", "10h");

    settle(5);

    assertThat(world.texts("orders-0-tls").get("door.crt")).isEqualTo(door.certificate());
    assertThat(world.texts("orders-2-tls").get("door.key")).isEqualTo(door.key());
    assertThat(world.texts("orders-connection").get("ca.crt")).isEqualTo(root.certificate());
    assertThat(world.plan(List.of()).problems()).isEmpty();
    assertThat(world.plan(List.of()).actions()).isEmpty();

    world.tls = new TlsSpec(null, null, null, null, "1h", "10h");
    settle(5);
    assertThat(signedBy(0, "door.crt", NAMES.clientsAuthoritySecret())).isTrue();
    assertThat(world.texts("orders-connection").get("ca.crt"))
        .isEqualTo(world.texts(NAMES.clientsAuthoritySecret()).get("ca.crt"));
  }

  @Test
  void aBrokenOneLeavesWhatWasServedBefore() {
    PemKeyPair root = ForeignCertificates.root(world.now, "company");
    PemKeyPair door = new ForeignCertificates(world.now).signedBy(root);
    give("door", door, root);
    world.tls = new TlsSpec(null, null, "door", null, "1h", "10h");
    settle(5);
    Map<String, String> before = world.texts("orders-0-tls");
    List<GivenSecret> broken =
        List.of(
            new GivenSecret.Missing(),
            new GivenSecret.Unreadable("the API server forbids it"),
            new GivenSecret.Found(Map.of()),
            new GivenSecret.Found(Map.of("tls.crt", "", "tls.key", "")));
    for (GivenSecret secret : broken) {
      world.given.put("door", secret);
      CertificatePlan plan = world.pass();
      assertThat(plan.actions()).isEmpty();
      assertThat(world.texts("orders-0-tls")).isEqualTo(before);
      assertThat(world.texts("orders-connection").get("ca.crt")).isEqualTo(root.certificate());
      assertThat(plan.problems())
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.message()).startsWith("spec.tls.secretName: Secret door"));
    }
  }

  @Test
  void whatCannotBeReadIsUnknownAndNotMissing() {
    world.tls = new TlsSpec(null, null, "door", null, "1h", "10h");
    world.given.put("door", new GivenSecret.Unreadable("forbidden"));

    assertThat(world.plan(List.of()).problems())
        .containsExactly(
            new Problem(
                Reason.CERTIFICATE_UNKNOWN,
                "spec.tls.secretName: Secret door cannot be read: forbidden"));
  }

  @Test
  void beforeThereEverWasAUsableOneTheOperatorsOwnIsServed() {
    world = new CertificateWorld(new TlsSpec(null, null, "door", null, "1h", "10h"));
    world.given.put("door", new GivenSecret.Missing());

    world.pass(99, SECONDS, 0);

    assertThat(signedBy(0, "door.crt", NAMES.clientsAuthoritySecret())).isTrue();
    assertThat(world.plan(List.of(0)).actions()).isEmpty();
  }

  @Test
  void theCaOfClientsIsTrustedBesideTheOperatorsOwn() {
    world = RotationPropertyTest.world(Clients.Mutual);

    assertThat(CertificateReader.split(world.texts("orders-0-tls").get("clients.crt")))
        .hasSize(2)
        .contains(world.texts(NAMES.clientsAuthoritySecret()).get("ca.crt"));
    String before = world.texts("orders-0-tls").get("clients.crt");
    world.given.put("ca", new GivenSecret.Missing());
    CertificatePlan plan = world.pass();
    assertThat(world.texts("orders-0-tls").get("clients.crt")).isEqualTo(before);
    assertThat(plan.problems())
        .containsExactly(
            new Problem(
                Reason.CERTIFICATE_REFUSED, "spec.tls.clientCASecret: Secret ca does not exist"));
  }

  @Test
  void certManagerIsAskedForTheDoorsCertificateAndNoLongerWhenItIsNotWanted() {
    world.tls =
        new TlsSpec(null, null, null, new IssuerRef("internal", null, null), "90d", "1825d");
    world.given.put("orders-door", new GivenSecret.Missing());
    world.issued = new IssuedDoor.Absent();
    CertificatePlan asks = world.pass();
    GenericKubernetesResource certificate =
        asks.actions().stream()
            .map(KubernetesAction::object)
            .filter(GenericKubernetesResource.class::isInstance)
            .map(GenericKubernetesResource.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(certificate.<String>get("spec", "secretName")).isEqualTo("orders-door");
    assertThat(certificate.<String>get("spec", "issuerRef", "kind")).isEqualTo("Issuer");
    assertThat(certificate.<List<String>>get("spec", "dnsNames")).contains("orders.shop.svc");

    world.issued = new IssuedDoor.Found(certificate);
    CertificatePlan waits = world.plan(List.of());
    assertThat(waits.problems().stream().map(Problem::reason))
        .containsExactly(Reason.ISSUER_NOT_READY, Reason.CERTIFICATE_REFUSED);
    assertThat(waits.actions()).noneMatch(a -> a.object() instanceof GenericKubernetesResource);

    world.tls = CertificateWorld.shortLives(Clients.Optional);
    assertThat(world.pass().actions())
        .anyMatch(
            action ->
                action instanceof KubernetesAction.Delete delete
                    && delete.object().equals(certificate));
    world.issued = new IssuedDoor.Absent();
    world.pass();
    assertThat(world.texts(NAMES.clientsAuthoritySecret())).doesNotContainKey("issuer");
  }

  @Test
  void withoutCertManagerNothingIsDisturbed() {
    world.tls = new TlsSpec(null, null, null, new IssuerRef("internal", null, null), "1h", "10h");
    world.given.put("orders-door", new GivenSecret.Missing());
    world.issued = new IssuedDoor.NoKind();
    Map<String, String> before = world.texts("orders-0-tls");

    CertificatePlan plan = world.pass();

    assertThat(world.texts("orders-0-tls")).isEqualTo(before);
    assertThat(plan.problems().getFirst().message())
        .isEqualTo(
            "spec.tls.issuerRef: the cluster has no kind Certificate of cert-manager.io: install"
                + " cert-manager");
  }

  @Test
  void aCertificateThatIsNotRenewedInTimeIsReported() {
    PemKeyPair root = ForeignCertificates.root(world.now, "company");
    give("door", new ForeignCertificates(world.now).signedBy(root), root);
    world.tls = new TlsSpec(null, null, "door", null, "1h", "10h");
    settle(5);
    world.advance(Duration.ofDays(26));
    settle(5);

    assertThat(world.plan(List.of()).problems())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.reason()).isEqualTo(Reason.CERTIFICATE_ENDING);
              assertThat(problem.message()).startsWith("orders-0-tls/door.crt ends at 2030-01-31");
            });
  }

  private void give(String secret, PemKeyPair pair, PemKeyPair root) {
    Map<String, String> data = new HashMap<>();
    Map.of("tls.crt", pair.certificate(), "tls.key", pair.key(), "ca.crt", root.certificate())
        .forEach(
            (key, text) ->
                data.put(
                    key,
                    Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    world.given.put(secret, new GivenSecret.Found(data));
  }

  private void settle(int passes) {
    for (int i = 0; i < passes; i++) {
      world.pass();
      world.advance(SECONDS);
    }
  }

  private Optional<String> step() {
    return world.plan(List.of()).report().renewal();
  }

  private CertificateInfo leaf(int n, String key) {
    return CertificateReader.first(world.texts(NAMES.certificateSecret(n)).get(key)).orElseThrow();
  }

  private boolean signedBy(int n, String key, String authority) {
    return CertificateReader.isSignedBy(
        world.texts(NAMES.certificateSecret(n)).get(key), world.texts(authority).get("tls.crt"));
  }
}
