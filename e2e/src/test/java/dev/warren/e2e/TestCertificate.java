package dev.warren.e2e;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate that a test makes, with its key.
 *
 * @param chain the certificate, then those of whom has signed it, without the root
 */
record TestCertificate(List<X509Certificate> chain, PrivateKey key) {

  private static final Duration LIFE = Duration.ofDays(1);
  private static final int SERIAL_BITS = 120;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final KeyPurposeId[] PURPOSES = {
    KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
  };

  /** A CA that trusts itself. */
  static TestCertificate root(String name) {
    return selfSigned(name, true);
  }

  /** A leaf by no CA. */
  static TestCertificate selfSigned(String name) {
    return selfSigned(name, false);
  }

  private static TestCertificate selfSigned(String name, boolean isAuthority) {
    KeyPair pair = newPair();
    X500Principal self = principal(name);
    return new TestCertificate(
        List.of(
            certificate(
                self, pair.getPublic(), pair.getPrivate(), self, pair, tomorrow(), isAuthority)),
        pair.getPrivate());
  }

  /** A CA that this one has signed. */
  TestCertificate intermediate(String name) {
    return signed(name, tomorrow(), true);
  }

  /** Of a client, or of a server of these names. */
  TestCertificate leaf(String name, String... hosts) {
    return signed(name, tomorrow(), false, hosts);
  }

  /** The same, but it ended an hour ago. */
  TestCertificate expiredLeaf(String name, String... hosts) {
    return signed(name, Instant.now().minus(Duration.ofHours(1)), false, hosts);
  }

  private TestCertificate signed(String name, Instant end, boolean isAuthority, String... hosts) {
    KeyPair pair = newPair();
    X509Certificate certificate =
        certificate(
            certificate().getSubjectX500Principal(),
            certificate().getPublicKey(),
            key,
            principal(name),
            pair,
            end,
            isAuthority,
            hosts);
    boolean isRoot =
        certificate().getSubjectX500Principal().equals(certificate().getIssuerX500Principal());
    return new TestCertificate(
        Stream.concat(Stream.of(certificate), isRoot ? Stream.empty() : chain.stream()).toList(),
        pair.getPrivate());
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  /** The chain as PEM. */
  String pem() {
    return chain.stream().map(TestCertificate::pem).collect(joining());
  }

  private static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  String keyPem() {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  /** A Secret with the certificate alone, as a CA. */
  String asCaSecret(String name) {
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s}
        stringData:
          ca.crt: |
        %s"""
        .formatted(name, pem().indent(4));
  }

  /** With a key that does not belong to it. */
  TestCertificate with(PrivateKey another) {
    return new TestCertificate(chain, another);
  }

  /** Without those of whom has signed it. */
  TestCertificate withoutChain() {
    return new TestCertificate(chain.subList(0, 1), key);
  }

  /** A Secret with the certificate, its key, and what verifies it. */
  String asSecret(String name, TestCertificate ca) {
    return asSecret(name) + "  ca.crt: |\n" + ca.pem().indent(4);
  }

  /** A Secret with the certificate and its key. */
  String asSecret(String name) {
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s}
        type: kubernetes.io/tls
        stringData:
          tls.crt: |
        %s
          tls.key: |
        %s
        """
        .formatted(name, pem().indent(4), keyPem().indent(4));
  }

  /**
   * For a client that presents it whatever the server asks for. Java's own would present nothing to
   * a server that names another CA.
   */
  KeyManager insisting() {
    return new X509ExtendedKeyManager() {
      @Override
      public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return "own";
      }

      @Override
      public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[] {"own"};
      }

      @Override
      public X509Certificate[] getCertificateChain(String alias) {
        return chain.toArray(X509Certificate[]::new);
      }

      @Override
      public PrivateKey getPrivateKey(String alias) {
        return key;
      }

      @Override
      public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[0];
      }

      @Override
      public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
      }
    };
  }

  private static X509Certificate certificate(
      X500Principal issuer,
      PublicKey issuerPublicKey,
      PrivateKey issuerKey,
      X500Principal subject,
      KeyPair pair,
      Instant end,
      boolean isAuthority,
      String... hosts) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(SERIAL_BITS, RANDOM),
              Date.from(end.minus(LIFE)),
              Date.from(end),
              subject,
              pair.getPublic());
      // Python verifies strictly: it wants both identifiers.
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          extensions.createSubjectKeyIdentifier(pair.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          extensions.createAuthorityKeyIdentifier(issuerPublicKey));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
      if (isAuthority) {
        builder.addExtension(
            Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      } else {
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(PURPOSES));
      }
      if (hosts.length > 0) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                Stream.of(hosts)
                    .map(host -> new GeneralName(GeneralName.dNSName, host))
                    .toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKey)));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Instant tomorrow() {
    return Instant.now().plus(LIFE).minus(Duration.ofMinutes(5));
  }

  private static X500Principal principal(String name) {
    return new X500Principal("CN=" + name);
  }

  private static KeyPair newPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String type, byte[] content) {
    return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
  }
}
