package dev.warren.gateway.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * An authority that signs certificates for tests.
 *
 * @param above the authority that has signed it; itself for a root
 */
public record TestAuthority(X509Certificate certificate, KeyPair keys, TestAuthority above) {

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * A certificate that an authority has signed.
   *
   * @param chain in PEM, the certificate first
   * @param key in PEM
   */
  public record Leaf(X509Certificate certificate, KeyPair keys, byte[] chain, byte[] key) {

    public BigInteger serial() {
      return certificate.getSerialNumber();
    }

    /** The key in the form that every library reads. */
    public byte[] pkcs8() {
      return pem(new PemObject("PRIVATE KEY", keys.getPrivate().getEncoded()));
    }

    /** As a server or a client in Java. */
    public SSLContext context(TestAuthority... trusted) {
      try {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
            Identity.of("chain", chain, "key", key).managers(),
            trusted.length == 0 ? null : Trust.in("trusted", pem((Object[]) trusted)),
            null);
        return context;
      } catch (GeneralSecurityException | InvalidPem e) {
        throw new AssertionError(e);
      }
    }
  }

  public static TestAuthority root(String name) {
    KeyPair keys = ec();
    return new TestAuthority(signed(name, name, keys, keys, -1, 365, true, List.of()), keys, null);
  }

  public TestAuthority intermediate(String name) {
    KeyPair keys = ec();
    return new TestAuthority(
        signed(name, name(), keys, this.keys, -1, 365, true, List.of()), keys, this);
  }

  /** For these hosts or addresses, and as a client. */
  public Leaf leaf(String... hosts) {
    return leaf(ec(), -1, 30, hosts);
  }

  public Leaf expired(String... hosts) {
    return leaf(ec(), -30, -1, hosts);
  }

  public Leaf leaf(KeyPair keys, String... hosts) {
    return leaf(keys, -1, 30, hosts);
  }

  private Leaf leaf(KeyPair keys, int fromDay, int toDay, String... hosts) {
    X509Certificate certificate =
        signed("leaf", name(), keys, this.keys, fromDay, toDay, false, List.of(hosts));
    Object[] chain =
        Stream.concat(
                Stream.of(certificate),
                Stream.iterate(this, each -> each.above != null, each -> each.above)
                    .map(TestAuthority::certificate))
            .toArray();
    return new Leaf(certificate, keys, pem(chain), pem(keys.getPrivate()));
  }

  /** Certificates, keys and authorities in PEM, as OpenSSL writes them. */
  public static byte[] pem(Object... things) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (Object thing : things) {
        writer.writeObject(
            thing instanceof TestAuthority authority ? authority.certificate : thing);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** As a client without a certificate. */
  public SSLContext trusting() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, Trust.in("ca", pem(this)), null);
      return context;
    } catch (GeneralSecurityException | InvalidPem e) {
      throw new AssertionError(e);
    }
  }

  public static KeyPair ec() {
    return keys("EC", 256);
  }

  public static KeyPair keys(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      if (bits > 0) {
        generator.initialize(bits);
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private String name() {
    return certificate.getSubjectX500Principal().getName().replace("CN=", "");
  }

  private static X509Certificate signed(
      String name,
      String by,
      KeyPair keys,
      KeyPair signers,
      int fromDay,
      int toDay,
      boolean isAuthority,
      List<String> hosts) {
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              new X500Name("CN=" + by),
              new BigInteger(120, RANDOM).add(BigInteger.ONE),
              Date.from(now.plus(Duration.ofDays(fromDay))),
              Date.from(now.plus(Duration.ofDays(toDay))),
              new X500Name("CN=" + name),
              keys.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
      if (!isAuthority) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      }
      if (!hosts.isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(hosts.stream().map(TestAuthority::name).toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(signers.getPrivate())));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new AssertionError(e);
    }
  }

  private static GeneralName name(String host) {
    return new GeneralName(
        host.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }
}
