package dev.warren.gateway.tls;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A folder in which files change as in a mounted Secret: all at once. */
public final class TestSecret {

  private static final String LINK = "..data";

  private final Path folder;
  private int version;

  public TestSecret(Path folder) {
    this.folder = folder;
  }

  public Path folder() {
    return folder;
  }

  /** Replaces all files. */
  public void write(Map<String, byte[]> files) {
    try {
      Path before = folder.resolve("..v" + version);
      version++;
      Path now = Files.createDirectories(folder.resolve("..v" + version));
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(now.resolve(file.getKey()), file.getValue());
      }
      Path link = Files.createSymbolicLink(folder.resolve("..next"), now.getFileName());
      Files.move(
          link,
          folder.resolve(LINK),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      if (Files.exists(before)) {
        for (Path file : Files.list(before).toList()) {
          Files.delete(file);
        }
        Files.delete(before);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void write(String name, byte[] content) {
    write(Map.of(name, content));
  }

  /** A certificate and its key, by the names that Kubernetes gives them. */
  public void write(TestAuthority.Leaf leaf) {
    write(Map.of("tls.crt", leaf.chain(), "tls.key", leaf.key()));
  }
}
