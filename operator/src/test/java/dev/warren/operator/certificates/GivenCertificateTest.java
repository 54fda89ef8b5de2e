package dev.warren.operator.certificates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.model.PemKeyPair;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates of users: what is accepted, and with which words the rest is refused. */
class GivenCertificateTest {

  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Optional<String> HOST = Optional.of("orders.shop.svc");
  private static final Duration DAY = Duration.ofDays(1);

  private final PemKeyPair root = ForeignCertificates.root(NOW, "root");
  private final PemKeyPair intermediate =
      new ForeignCertificates(NOW).subject("intermediate").authority().signedBy(root);
  private final PemKeyPair leaf = new ForeignCertificates(NOW).signedBy(intermediate);
  private final Map<String, String> texts =
      new HashMap<>(
          Map.of(
              "tls.crt", leaf.certificate() + intermediate.certificate(),
              "tls.key", leaf.key(),
              "ca.crt", root.certificate()));

  @Test
  void aChainWithItsRootIsAccepted() throws CertificateException {
    GivenCertificate given = GivenCertificate.of(data(), HOST, NOW);

    assertThat(given.ca()).contains(root.certificate());
    assertThat(given.pair().certificate()).isEqualTo(texts.get("tls.crt"));
    assertThat(CertificateReader.isPair(given.pair())).isTrue();
  }

  @Test
  void theRootMayBeInTheChainOrUnknown() throws CertificateException {
    texts.merge("tls.crt", root.certificate(), String::concat);
    assertThat(GivenCertificate.of(data(), HOST, NOW).ca()).isPresent();

    texts.remove("ca.crt");
    assertThat(GivenCertificate.of(data(), HOST, NOW).ca()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*.shop.svc", "ORDERS.shop.svc"})
  void aNameMayHaveAWildcardOrCapitals(String name) throws CertificateException {
    use(new ForeignCertificates(NOW).names("other.example", name));

    assertThat(GivenCertificate.of(data(), HOST, NOW).info().names()).contains(name);
  }

  @Test
  void everyFormOfAKeyIsAcceptedAndCopiedAsPkcs8() throws Exception {
    texts.put("tls.key", sec1(leaf));
    assertThat(texts.get("tls.key")).contains("BEGIN EC PRIVATE KEY");
    assertThat(GivenCertificate.of(data(), HOST, NOW).pair().key())
        .startsWith("-----BEGIN PRIVATE KEY-----");

    PemKeyPair rsa = new ForeignCertificates(NOW).rsa(2048).signedBy(intermediate);
    texts.put("tls.crt", rsa.certificate() + intermediate.certificate());
    texts.put("tls.key", traditional(rsa));
    assertThat(texts.get("tls.key")).contains("BEGIN RSA PRIVATE KEY");
    assertThat(CertificateReader.isPair(GivenCertificate.of(data(), HOST, NOW).pair())).isTrue();
  }

  @Test
  void whatIsMissingOrUnreadableIsRefused() {
    texts.remove("tls.crt");
    refused("tls.crt is missing");
    texts.put("tls.crt", " \n");
    refused("tls.crt is empty");
    texts.put("tls.crt", "hello");
    refused("tls.crt is not PEM: it has no line that starts with -----BEGIN");
    texts.put("tls.crt", leaf.key());
    refused("tls.crt has no certificate in it");
    texts.put("tls.crt", leaf.certificate().replace("MII", "AII"));
    refused("tls.crt has a certificate that cannot be read");
    texts.put("tls.crt", leaf.certificate().substring(0, 200));
    refused("tls.crt has a certificate that cannot be read");
  }

  @Test
  void whatIsWrongWithTheKeyIsRefused() {
    texts.remove("tls.key");
    refused("tls.key is missing");
    texts.put("tls.key", "");
    refused("tls.key is empty");
    texts.put("tls.key", leaf.certificate());
    refused("tls.key has no private key in it");
    texts.put("tls.key", leaf.key().replace("\nM", "\nA"));
    refused("tls.key has a key that cannot be read");
    texts.put("tls.key", encrypted());
    refused("tls.key has an encrypted key; nodes need one without a password");
    texts.put("tls.key", root.key());
    refused("the key in tls.key is not that of the certificate in tls.crt");
  }

  @Test
  void whatIsNotValidNowIsRefused() {
    use(new ForeignCertificates(NOW).valid(DAY.multipliedBy(-2), DAY.negated()));
    refused("the certificate expired at 2029-12-31T00:00:00Z");
    use(new ForeignCertificates(NOW).valid(DAY, DAY.multipliedBy(2)));
    refused("the certificate is not valid before 2030-01-02T00:00:00Z");
  }

  @Test
  void whatIsForOtherNamesOrUsesIsRefused() {
    use(new ForeignCertificates(NOW).names("a.example", "b.example"));
    refused("the certificate is not for the name orders.shop.svc, but for a.example, b.example");
    use(new ForeignCertificates(NOW).names());
    refused("the certificate has no subject alternative name, and clients ignore its common name");
    use(new ForeignCertificates(NOW).use(KeyPurposeId.id_kp_clientAuth));
    refused("the certificate is not for servers: its extended key usage lacks serverAuth");
    use(new ForeignCertificates(NOW).keyUsage(KeyUsage.keyEncipherment));
    refused("the certificate cannot be used with TLS 1.3: its key usage lacks digitalSignature");
    use(new ForeignCertificates(NOW).authority());
    refused("the first certificate in tls.crt is that of a CA, and not of a server");
  }

  @Test
  void whatIsWeakIsRefused() {
    use(new ForeignCertificates(NOW).rsa(1024));
    refused("the certificate has an RSA key of 1024 bits, and 2048 are the least");
    use(new ForeignCertificates(NOW).signedWith("SHA1withECDSA"));
    refused("the certificate is signed with SHA1withECDSA, which clients do not trust");
  }

  @Test
  void whatIsWrongWithTheChainIsRefused() {
    texts.put("tls.crt", leaf.certificate());
    refused(
        "the chain in tls.crt is incomplete: no CA in ca.crt has signed its last certificate,"
            + " whose issuer is CN=intermediate");
    texts.put("tls.crt", leaf.certificate() + root.certificate());
    refused("the chain in tls.crt is incomplete: the certificate of CN=intermediate is missing");
    texts.put("tls.crt", intermediate.certificate() + leaf.certificate());
    refused("the chain in tls.crt is out of order: the key's certificate must be first");
    texts.put("tls.crt", leaf.certificate() + root.certificate() + intermediate.certificate());
    refused(
        "the chain in tls.crt is out of order: each certificate must be followed by its issuer's");

    PemKeyPair old =
        new ForeignCertificates(NOW)
            .subject("old")
            .authority()
            .valid(DAY.multipliedBy(-2), DAY.negated())
            .signedBy(root);
    useBelow(old);
    refused("certificate 2 of the chain expired at 2029-12-31T00:00:00Z");
    useBelow(new ForeignCertificates(NOW).subject("server").signedBy(root));
    refused("certificate 2 of the chain is not that of a CA");
    useBelow(
        new ForeignCertificates(NOW)
            .subject("weak")
            .authority()
            .signedWith("SHA1withECDSA")
            .signedBy(root));
    refused("certificate 2 of the chain is signed with SHA1withECDSA, which clients do not trust");
  }

  @Test
  void whatIsWrongWithTheCaIsRefused() {
    texts.put("ca.crt", "");
    refused("ca.crt is empty");
    texts.put("ca.crt", leaf.certificate());
    refused("a certificate in ca.crt is not that of a CA");
    texts.put("ca.crt", ForeignCertificates.root(NOW, "another").certificate());
    refused(
        "the chain in tls.crt is incomplete: no CA in ca.crt has signed its last certificate,"
            + " whose issuer is CN=root");
  }

  @Test
  void whatIsTooBigIsRefused() {
    texts.put("ca.crt", root.certificate().repeat(200));
    refused("is too big: it has more than 64 KiB");
  }

  /** Whatever is in a Secret, there is an answer. */
  @Test
  void nothingInASecretMakesTheCheckFail() {
    Random random = new Random(22);
    for (int i = 0; i < 2000; i++) {
      Map<String, String> broken = new HashMap<>(data());
      String key = java.util.List.of("tls.crt", "tls.key", "ca.crt").get(random.nextInt(3));
      byte[] bytes = Base64.getDecoder().decode(broken.get(key));
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      broken.put(key, Base64.getEncoder().encodeToString(bytes));
      try {
        GivenCertificate.of(broken, HOST, NOW);
      } catch (CertificateException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void theCaOfClientsIsOneSelfSignedRoot() throws CertificateException {
    assertThat(GivenAuthority.of(data(), NOW).certificate()).isEqualTo(root.certificate());

    texts.remove("ca.crt");
    refusedAsCa("ca.crt is missing");
    texts.put("ca.crt", "");
    refusedAsCa("ca.crt is empty");
    texts.put("ca.crt", "hello");
    refusedAsCa("ca.crt is not PEM: it has no line that starts with -----BEGIN");
    texts.put("ca.crt", root.key());
    refusedAsCa("ca.crt has no certificate in it");
    texts.put("ca.crt", root.certificate() + intermediate.certificate());
    refusedAsCa("ca.crt has 2 certificates, and must have exactly one");
    texts.put("ca.crt", leaf.certificate());
    refusedAsCa("the certificate in ca.crt is not that of a CA");
    texts.put("ca.crt", intermediate.certificate());
    refusedAsCa(
        "the certificate in ca.crt is not self-signed: RabbitMQ would trust nobody by an"
            + " intermediate alone");
    texts.put(
        "ca.crt",
        new ForeignCertificates(NOW)
            .authority()
            .keyUsage(KeyUsage.digitalSignature)
            .selfSigned()
            .certificate());
    refusedAsCa(
        "the certificate in ca.crt must not sign certificates: its key usage lacks keyCertSign");
    texts.put(
        "ca.crt",
        new ForeignCertificates(NOW)
            .authority()
            .valid(DAY.multipliedBy(-2), DAY.negated())
            .selfSigned()
            .certificate());
    refusedAsCa("the certificate in ca.crt expired at 2029-12-31T00:00:00Z");
    texts.put(
        "ca.crt", new ForeignCertificates(NOW).authority().rsa(1024).selfSigned().certificate());
    refusedAsCa("the certificate in ca.crt has an RSA key of 1024 bits, and 2048 are the least");
  }

  private void use(ForeignCertificates wanted) {
    PemKeyPair made = wanted.signedBy(intermediate);
    texts.put("tls.crt", made.certificate() + intermediate.certificate());
    texts.put("tls.key", made.key());
  }

  private void useBelow(PemKeyPair issuer) {
    PemKeyPair made = new ForeignCertificates(NOW).signedBy(issuer);
    texts.put("tls.crt", made.certificate() + issuer.certificate());
    texts.put("tls.key", made.key());
  }

  /** As openssl writes it, with the curve and the public key. */
  private static String sec1(PemKeyPair pair) throws CertificateException, IOException {
    ECPrivateKey key = (ECPrivateKey) Pem.key(pair.key());
    byte[] point =
        SubjectPublicKeyInfo.getInstance(
                Pem.certificates(pair.certificate()).getFirst().getPublicKey().getEncoded())
            .getPublicKeyData()
            .getOctets();
    return Pem.block(
        "EC PRIVATE KEY",
        new org.bouncycastle.asn1.sec.ECPrivateKey(
                256, key.getS(), new DERBitString(point), SECObjectIdentifiers.secp256r1)
            .getEncoded());
  }

  private static String traditional(PemKeyPair pair) throws CertificateException, IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(new JcaMiscPEMGenerator(Pem.key(pair.key())));
    }
    return text.toString();
  }

  private String encrypted() {
    try {
      StringWriter text = new StringWriter();
      try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
        writer.writeObject(
            new JcaPKCS8Generator(
                Pem.key(leaf.key()),
                new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                    .setProvider(new BouncyCastleProvider())
                    .setPassword("secret".toCharArray())
                    .build()));
      }
      assertThat(text.toString()).contains("BEGIN ENCRYPTED PRIVATE KEY");
      return text.toString();
    } catch (IOException | CertificateException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private Map<String, String> data() {
    Map<String, String> data = new HashMap<>();
    texts.forEach(
        (key, text) ->
            data.put(
                key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    return data;
  }

  private void refused(String message) {
    assertThatThrownBy(() -> GivenCertificate.of(data(), HOST, NOW))
        .isInstanceOf(CertificateException.class)
        .hasMessage(message);
  }

  private void refusedAsCa(String message) {
    assertThatThrownBy(() -> GivenAuthority.of(data(), NOW))
        .isInstanceOf(CertificateException.class)
        .hasMessage(message);
  }
}
