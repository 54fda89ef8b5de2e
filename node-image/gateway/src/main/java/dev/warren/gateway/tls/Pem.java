package dev.warren.gateway.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads certificates and keys in PEM. Other text in a file is ignored. */
final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----", Pattern.DOTALL);

  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ");

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String KEY = "PRIVATE KEY";
  private static final String RSA_KEY = "RSA PRIVATE KEY";
  private static final String EC_KEY = "EC PRIVATE KEY";
  private static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";

  private record Block(String label, byte[] content) {}

  private Pem() {}

  /**
   * The certificates of a file, at least one.
   *
   * @throws InvalidPem if there is none, or one cannot be read
   */
  static List<X509Certificate> certificates(String file, byte[] content) throws InvalidPem {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(file, content)) {
      if (block.label().equals(CERTIFICATE)) {
        certificates.add(certificate(file, block.content()));
      }
    }
    if (certificates.isEmpty()) {
      throw new InvalidPem(file, "has no certificate");
    }
    return List.copyOf(certificates);
  }

  /**
   * The first key of a file: PKCS #8, or the older forms of RSA (PKCS #1) and of elliptic curves
   * (SEC 1).
   *
   * @param its the public key that belongs to it
   * @throws InvalidPem if there is none, it cannot be read or it is encrypted
   */
  static PrivateKey key(String file, byte[] content, PublicKey its) throws InvalidPem {
    for (Block block : blocks(file, content)) {
      switch (block.label()) {
        case KEY -> {
          return key(file, block.content(), its.getAlgorithm());
        }
        case RSA_KEY, EC_KEY -> {
          String algorithm = block.label().equals(EC_KEY) ? "EC" : "RSA";
          if (!its.getAlgorithm().equals(algorithm)) {
            throw doesNotBelong(file);
          }
          return key(file, Pkcs8.of(block.content(), its), algorithm);
        }
        case ENCRYPTED_KEY -> throw new InvalidPem(file, "is encrypted");
        default -> {
          // Parameters of a curve, which the key has too; or a certificate.
        }
      }
    }
    throw new InvalidPem(file, "has no private key");
  }

  static InvalidPem doesNotBelong(String keyFile) {
    return new InvalidPem(keyFile, "does not belong to the certificate");
  }

  private static PrivateKey key(String file, byte[] pkcs8, String algorithm) throws InvalidPem {
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException e) {
      throw new InvalidPem(
          file, "has no %s key that can be read: %s".formatted(algorithm, e.getMessage()));
    }
  }

  private static X509Certificate certificate(String file, byte[] content) throws InvalidPem {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(content));
    } catch (CertificateException e) {
      throw new InvalidPem(file, "has a certificate that cannot be read: " + e.getMessage());
    }
  }

  private static List<Block> blocks(String file, byte[] content) throws InvalidPem {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    List<Block> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(text);
    while (block.find()) {
      blocks.add(new Block(block.group(1), decoded(file, block.group(2).replaceAll("\\s", ""))));
    }
    if (blocks.size() != BEGIN.matcher(text).results().count()) {
      throw new InvalidPem(file, "is incomplete or not in PEM");
    }
    return blocks;
  }

  private static byte[] decoded(String file, String base64) throws InvalidPem {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InvalidPem(file, "is not in PEM: " + e.getMessage());
    }
  }
}
