package dev.warren.operator.certificates;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;

/** Reads and writes certificates and keys as text. */
public final class Pem {

  private static final int LINE = 64;
  private static final String BEGIN = "-----BEGIN ";
  private static final String CERTIFICATE = "CERTIFICATE";

  private Pem() {}

  /**
   * The certificates in a text, in their order; other blocks are left out.
   *
   * @throws CertificateException if there is none, or one cannot be read
   */
  public static List<X509Certificate> certificates(String text) throws CertificateException {
    if (text.isBlank()) {
      throw new CertificateException("is empty");
    }
    if (!text.contains(BEGIN)) {
      throw new CertificateException(
          "is not PEM: it has no line that starts with " + BEGIN.strip());
    }
    List<X509Certificate> found = new ArrayList<>();
    try (PemReader reader = new PemReader(new StringReader(text))) {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        if (block.getType().equals(CERTIFICATE)) {
          found.add(
              (X509Certificate)
                  factory.generateCertificate(new ByteArrayInputStream(block.getContent())));
        }
      }
    } catch (IOException | RuntimeException | java.security.cert.CertificateException e) {
      throw new CertificateException("has a certificate that cannot be read");
    }
    if (found.isEmpty()) {
      throw new CertificateException("has no certificate in it");
    }
    return found;
  }

  /**
   * The private key in a text: PKCS #8, PKCS #1 or SEC 1.
   *
   * @throws CertificateException if there is none, or it is encrypted or cannot be read
   */
  public static PrivateKey key(String text) throws CertificateException {
    if (text.isBlank()) {
      throw new CertificateException("is empty");
    }
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
      for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
        switch (block) {
          case PEMEncryptedKeyPair encrypted -> throw encrypted();
          case PKCS8EncryptedPrivateKeyInfo encrypted -> throw encrypted();
          case PEMKeyPair pair -> {
            return converter.getPrivateKey(pair.getPrivateKeyInfo());
          }
          case PrivateKeyInfo info -> {
            return converter.getPrivateKey(info);
          }
          default -> {
            // Such as the parameters of a curve, before the key.
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new CertificateException("has a key that cannot be read");
    }
    throw new CertificateException("has no private key in it");
  }

  private static CertificateException encrypted() {
    return new CertificateException("has an encrypted key; nodes need one without a password");
  }

  static String of(X509Certificate certificate) {
    try {
      return block(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("cannot be written: " + e.getMessage(), e);
    }
  }

  static String of(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    certificates.forEach(certificate -> text.append(of(certificate)));
    return text.toString();
  }

  static String of(PrivateKey key) {
    return block("PRIVATE KEY", key.getEncoded());
  }

  static String block(String type, byte[] content) {
    return BEGIN
        + type
        + "-----\n"
        + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
