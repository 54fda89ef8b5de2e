package dev.warren.operator.certificates;

import dev.warren.operator.model.PemKeyPair;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates of ECDSA keys on the curve P-256. Thread-safe. */
public final class BouncyCastleMaker implements CertificateMaker {

  private static final String CURVE = "secp256r1";
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final int SERIAL_BITS = 127;

  private final SecureRandom random = new SecureRandom();

  @Override
  public PemKeyPair authority(String commonName, Instant now, Duration life) {
    try {
      KeyPair keys = newKeys();
      X500Principal name = name(commonName);
      X509v3CertificateBuilder builder = builder(name, name, keys.getPublic(), now, now.plus(life));
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(keys.getPublic()));
      return pair(builder, keys.getPrivate(), keys.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("no certificate can be made: " + e.getMessage(), e);
    }
  }

  @Override
  public PemKeyPair leaf(PemKeyPair authority, LeafRequest request, Instant now) {
    try {
      X509Certificate issuer = Pem.certificates(authority.certificate()).getFirst();
      PrivateKey key = Pem.key(authority.key());
      KeyPair keys = newKeys();
      Instant end = now.plus(request.life());
      Instant last = issuer.getNotAfter().toInstant();
      X509v3CertificateBuilder builder =
          builder(
              issuer.getSubjectX500Principal(),
              name(request.commonName()),
              keys.getPublic(),
              now,
              end.isAfter(last) ? last : end);
      JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(uses(request)));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          identifiers.createSubjectKeyIdentifier(keys.getPublic()));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(issuer.getPublicKey()));
      if (!request.names().isEmpty()) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                request.names().stream()
                    .map(name -> new GeneralName(GeneralName.dNSName, name))
                    .toArray(GeneralName[]::new)));
      }
      return pair(builder, key, keys.getPrivate());
    } catch (CertificateException e) {
      throw new IllegalArgumentException("the CA " + e.getMessage(), e);
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException("no certificate can be made: " + e.getMessage(), e);
    }
  }

  private static KeyPurposeId[] uses(LeafRequest request) {
    List<KeyPurposeId> uses = new ArrayList<>();
    if (request.server()) {
      uses.add(KeyPurposeId.id_kp_serverAuth);
    }
    if (request.client()) {
      uses.add(KeyPurposeId.id_kp_clientAuth);
    }
    return uses.toArray(KeyPurposeId[]::new);
  }

  private KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(CURVE), random);
    return generator.generateKeyPair();
  }

  private static X500Principal name(String commonName) throws GeneralSecurityException {
    try {
      return new X500Principal(
          new X500NameBuilder(BCStyle.INSTANCE)
              .addRDN(BCStyle.CN, commonName)
              .build()
              .getEncoded());
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private X509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, PublicKey key, Instant now, Instant end) {
    Instant made = now.truncatedTo(ChronoUnit.SECONDS);
    Instant last = end.truncatedTo(ChronoUnit.SECONDS);
    Instant first = made.minus(CertificateInfo.backdate(Duration.between(made, last)));
    BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1);
    return new JcaX509v3CertificateBuilder(
        issuer, serial, Date.from(first), Date.from(last), subject, key);
  }

  private static PemKeyPair pair(
      X509v3CertificateBuilder builder, PrivateKey signing, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    X509Certificate made =
        new JcaX509CertificateConverter()
            .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(signing)));
    return new PemKeyPair(Pem.of(made), Pem.of(key));
  }
}
