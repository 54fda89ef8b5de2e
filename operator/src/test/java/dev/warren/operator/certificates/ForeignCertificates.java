package dev.warren.operator.certificates;

import dev.warren.operator.model.PemKeyPair;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates as others make them, with any fault. A good server's unless something is set. */
public final class ForeignCertificates {

  private final Instant now;
  private String subject = "CN=server";
  private List<String> names = List.of("orders.shop.svc");
  private Duration validFrom = Duration.ofDays(-1);
  private Duration validUntil = Duration.ofDays(30);
  private String keyAlgorithm = "EC";
  private int keySize = 256;
  private String signature = "SHA256withECDSA";
  private boolean authority;
  private int keyUsage = KeyUsage.digitalSignature;
  private KeyPurposeId use = KeyPurposeId.id_kp_serverAuth;

  public ForeignCertificates(Instant now) {
    this.now = now;
  }

  public ForeignCertificates subject(String commonName) {
    subject = "CN=" + commonName;
    return this;
  }

  public ForeignCertificates names(String... names) {
    this.names = List.of(names);
    return this;
  }

  public ForeignCertificates valid(Duration from, Duration until) {
    validFrom = from;
    validUntil = until;
    return this;
  }

  public ForeignCertificates rsa(int bits) {
    keyAlgorithm = "RSA";
    keySize = bits;
    return this;
  }

  public ForeignCertificates signedWith(String algorithm) {
    signature = algorithm;
    return this;
  }

  public ForeignCertificates authority() {
    authority = true;
    keyUsage = KeyUsage.keyCertSign;
    return this;
  }

  public ForeignCertificates keyUsage(int usage) {
    keyUsage = usage;
    return this;
  }

  public ForeignCertificates use(KeyPurposeId purpose) {
    use = purpose;
    return this;
  }

  /** A CA of this name. */
  public static PemKeyPair root(Instant now, String name) {
    return new ForeignCertificates(now).subject(name).authority().selfSigned();
  }

  public PemKeyPair selfSigned() {
    try {
      KeyPair keys = keys();
      return make(keys, new X500Principal(subject), keys.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  public PemKeyPair signedBy(PemKeyPair issuer) {
    try {
      return make(
          keys(),
          Pem.certificates(issuer.certificate()).getFirst().getSubjectX500Principal(),
          Pem.key(issuer.key()));
    } catch (GeneralSecurityException | CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(keyAlgorithm);
    generator.initialize(keySize);
    return generator.generateKeyPair();
  }

  private PemKeyPair make(KeyPair keys, X500Principal issuer, PrivateKey signing) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(System.nanoTime()),
              Date.from(now.plus(validFrom)),
              Date.from(now.plus(validUntil)),
              new X500Principal(subject),
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
      if (!authority) {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(use));
      }
      if (!names.isEmpty() && !authority) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                names.stream()
                    .map(name -> new GeneralName(GeneralName.dNSName, name))
                    .toArray(GeneralName[]::new)));
      }
      String algorithm =
          signing.getAlgorithm().equals("RSA") ? signature.replace("ECDSA", "RSA") : signature;
      return new PemKeyPair(
          Pem.of(
              new JcaX509CertificateConverter()
                  .getCertificate(
                      builder.build(new JcaContentSignerBuilder(algorithm).build(signing)))),
          Pem.of(keys.getPrivate()));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
