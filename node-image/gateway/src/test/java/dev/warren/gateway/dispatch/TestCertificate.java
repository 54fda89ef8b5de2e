package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.PfxOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A certificate of localhost that nobody trusts unless a test says so.
 *
 * @param store its file
 */
record TestCertificate(String store) {

  static final String PASSWORD = "changeit";

  static TestCertificate create(Path folder) throws Exception {
    String store = folder.resolve("receiver.p12").toString();
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "receiver",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store,
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).isZero();
    return new TestCertificate(store);
  }

  PfxOptions options() {
    return new PfxOptions().setPath(store).setPassword(PASSWORD);
  }
}
