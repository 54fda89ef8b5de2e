package dev.warren.operator.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.certificates.CertificateMaker.LeafRequest;
import dev.warren.operator.model.PemKeyPair;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the operator's own certificates look like. */
class BouncyCastleMakerTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.4Z");
  private static final Duration LIFE = Duration.ofDays(90);

  private final CertificateMaker maker = new BouncyCastleMaker();
  private final PemKeyPair authority =
      maker.authority("orders nodes CA x", NOW, Duration.ofDays(1825));

  @Test
  void anAuthoritySignsLeavesOnly() throws CertificateException {
    X509Certificate ca = Pem.certificates(authority.certificate()).getFirst();

    assertThat(ca.getBasicConstraints()).as("path length").isZero();
    assertThat(ca.getKeyUsage()[5]).as("keyCertSign").isTrue();
    assertThat(ca.getKeyUsage()[0]).as("digitalSignature").isFalse();
    assertThat(((ECPublicKey) ca.getPublicKey()).getParams().getOrder().bitLength()).isEqualTo(256);
    assertThat(CertificateReader.isSignedBy(authority.certificate(), authority.certificate()))
        .isTrue();
    assertThat(CertificateReader.isPair(authority)).isTrue();
  }

  @Test
  void aLeafHasItsNamesAndUsesAndNoMore() throws Exception {
    PemKeyPair leaf = leaf(new LeafRequest("orders-0", List.of("a.b.svc"), true, true, LIFE));
    X509Certificate certificate = Pem.certificates(leaf.certificate()).getFirst();

    assertThat(GivenNames.all(certificate)).containsExactly("a.b.svc");
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(certificate.getSerialNumber().bitLength()).isBetween(64, 128);
    assertThat(CertificateReader.isSignedBy(leaf.certificate(), authority.certificate())).isTrue();
    assertThat(leaf.key()).startsWith("-----BEGIN PRIVATE KEY-----");
  }

  @Test
  void aClientsLeafIsNoServers() throws Exception {
    PemKeyPair leaf = leaf(new LeafRequest("app", List.of(), false, true, LIFE));

    assertThat(Pem.certificates(leaf.certificate()).getFirst().getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.2");
  }

  @ParameterizedTest
  @ValueSource(longs = {120, 121, 129, 600, 2999, 3000, 3001, 3300, 3600, 7_776_000})
  void itIsKnownWhenALeafWasMade(long seconds) {
    PemKeyPair leaf =
        leaf(new LeafRequest("a", List.of("a"), true, false, Duration.ofSeconds(seconds)));
    CertificateInfo info = CertificateReader.first(leaf.certificate()).orElseThrow();

    assertThat(info.issuedAt()).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(info.notBefore()).isBefore(info.issuedAt());
    assertThat(info.renewAt()).isAfter(info.issuedAt());
  }

  @Test
  void aLeafDoesNotOutliveItsAuthority() {
    PemKeyPair shortLived = maker.authority("x", NOW, Duration.ofMinutes(6));
    CertificateInfo leaf =
        CertificateReader.first(
                maker
                    .leaf(shortLived, new LeafRequest("a", List.of("a"), true, false, LIFE), NOW)
                    .certificate())
            .orElseThrow();

    assertThat(leaf.notAfter())
        .isEqualTo(CertificateReader.first(shortLived.certificate()).orElseThrow().notAfter());
  }

  @Test
  void noTwoSerialNumbersAreTheSame() {
    LeafRequest request = new LeafRequest("a", List.of("a"), true, false, LIFE);

    assertThat(List.of(info(leaf(request)).serial(), info(leaf(request)).serial()))
        .doesNotHaveDuplicates();
  }

  @Test
  void theKeyIsNotShown() {
    assertThat(authority.toString()).doesNotContain("PRIVATE", authority.key());
  }

  private static CertificateInfo info(PemKeyPair pair) {
    return CertificateReader.first(pair.certificate()).orElseThrow();
  }

  private PemKeyPair leaf(LeafRequest request) {
    return maker.leaf(authority, request, NOW);
  }
}
