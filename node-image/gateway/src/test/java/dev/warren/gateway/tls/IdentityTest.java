package dev.warren.gateway.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.gateway.tls.TestAuthority.Leaf;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates and keys in the forms that tools write them, and broken ones. */
class IdentityTest {

  private static final TestAuthority ROOT = TestAuthority.root("root");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"RSA, 2048", "EC, 256", "EC, 384", "Ed25519, 0"})
  void keysOfPkcs8(String algorithm, int bits) throws InvalidPem {
    KeyPair keys = TestAuthority.keys(algorithm, bits);

    assertRead(keys, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
  }

  /** What OpenSSL and cert-manager write: BEGIN RSA PRIVATE KEY, BEGIN EC PRIVATE KEY. */
  @ParameterizedTest
  @CsvSource({"RSA, 2048", "RSA, 4096", "EC, 256", "EC, 521"})
  void keysOfTheOlderForms(String algorithm, int bits) throws InvalidPem {
    KeyPair keys = TestAuthority.keys(algorithm, bits);
    byte[] pem = TestAuthority.pem(keys.getPrivate());

    assertThat(new String(pem, US_ASCII)).contains("BEGIN " + algorithm + " PRIVATE KEY");
    assertRead(keys, pem);
    // OpenSSL writes the curve first.
    assertRead(keys, joined(pem("EC PARAMETERS", new byte[] {6, 1, 1}), pem));
  }

  @Test
  void aChainAndTextAroundIt() throws InvalidPem {
    Leaf leaf = ROOT.intermediate("one").intermediate("two").leaf("a");
    byte[] chain = joined("subject=CN=leaf\r\n".getBytes(US_ASCII), leaf.chain());

    Identity read = Identity.of("tls.crt", chain, "tls.key", leaf.key());

    assertThat(read.chain()).hasSize(3).first().isEqualTo(leaf.certificate());
    assertThat(read.managers()).isNotEmpty();
  }

  @Test
  void whatCannotBeUsedIsSaidWithItsFile() {
    Leaf leaf = ROOT.leaf("a");
    byte[] none = {};
    byte[] other = ROOT.leaf("b").key();
    byte[] rsa = TestAuthority.pem(TestAuthority.keys("RSA", 2048).getPrivate());
    byte[] half = Arrays.copyOf(leaf.chain(), leaf.chain().length / 2);
    byte[] scrambled =
        pem("CERTIFICATE", Base64.getMimeEncoder().encode("no certificate".getBytes(US_ASCII)));
    byte[] encrypted = pem("ENCRYPTED PRIVATE KEY", new byte[] {1});

    assertRefused(none, leaf.key(), "tls.crt has no certificate");
    assertRefused(leaf.key(), leaf.key(), "tls.crt has no certificate");
    assertRefused(half, leaf.key(), "tls.crt is incomplete or not in PEM");
    assertRefused(scrambled, leaf.key(), "tls.crt has a certificate that cannot be read: ");
    assertRefused(leaf.chain(), none, "tls.key has no private key");
    assertRefused(leaf.chain(), leaf.chain(), "tls.key has no private key");
    assertRefused(leaf.chain(), encrypted, "tls.key is encrypted");
    assertRefused(leaf.chain(), other, "tls.key does not belong to the certificate");
    assertRefused(leaf.chain(), rsa, "tls.key does not belong to the certificate");
    assertRefused(
        leaf.chain(),
        pem("PRIVATE KEY", new byte[] {1}),
        "tls.key has no EC key that can be read: ");
  }

  @Test
  void aChainThatIsNotInOrderIsRefused() throws InvalidPem {
    TestAuthority one = ROOT.intermediate("one");
    Leaf leaf = one.intermediate("two").leaf("a");
    byte[] chain = TestAuthority.pem(leaf.certificate(), one.certificate());
    Identity read = Identity.of("tls.crt", chain, "tls.key", leaf.key());

    assertThatThrownBy(read::managers)
        .isInstanceOf(InvalidPem.class)
        .hasMessageStartingWith("the certificate cannot be used: ");
  }

  @Test
  void filesAreOfOneVersion() throws InvalidPem {
    TestSecret secret = new TestSecret(folder);
    secret.write(Map.of("a", new byte[] {1}, "b", new byte[] {1}));
    Thread changing =
        Thread.ofVirtual()
            .start(
                () -> {
                  for (byte i = 2; i < 120; i++) {
                    secret.write(Map.of("a", new byte[] {i}, "b", new byte[] {i}));
                  }
                });

    while (changing.isAlive()) {
      List<byte[]> read = new SecretFolder(folder).read("a", "b");
      assertThat(read.getFirst()).isEqualTo(read.getLast());
    }
  }

  @Test
  void aFileThatIsMissingIsSaid() {
    assertThatThrownBy(() -> new SecretFolder(folder).read("ca.crt"))
        .isInstanceOf(InvalidPem.class)
        .hasMessage("ca.crt is missing");
  }

  private static void assertRead(KeyPair keys, byte[] pem) throws InvalidPem {
    Leaf leaf = ROOT.leaf(keys, "a");

    Identity read = Identity.of("tls.crt", leaf.chain(), "tls.key", pem);

    assertThat(read.key()).isEqualTo(keys.getPrivate());
    assertThat(read.managers()).isNotEmpty();
  }

  private static void assertRefused(byte[] chain, byte[] key, String why) {
    assertThatThrownBy(() -> Identity.of("tls.crt", chain, "tls.key", key))
        .isInstanceOf(InvalidPem.class)
        .hasMessageStartingWith(why);
  }

  private static byte[] pem(String label, byte[] content) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(label, Base64.getMimeEncoder().encodeToString(content), label)
        .getBytes(US_ASCII);
  }

  private static byte[] joined(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }
}
