package dev.warren.gateway.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The folder of a mounted Secret. Kubernetes replaces all its files at once, by a link to a folder
 * of another version. For any thread.
 *
 * @param folder where it is mounted
 */
public record SecretFolder(Path folder) {

  /** Kubernetes' link to the folder of the present version. */
  private static final String VERSION = "..data";

  /** A version may be removed while it is read, but hardly two in a row. */
  private static final int ATTEMPTS = 3;

  /**
   * The contents of these files, all of one version of the Secret.
   *
   * @throws InvalidPem when one is missing or cannot be read
   */
  public List<byte[]> read(String... files) throws InvalidPem {
    for (int attempt = 1; ; attempt++) {
      Path version = version();
      try {
        byte[][] contents = new byte[files.length][];
        for (int i = 0; i < files.length; i++) {
          contents[i] = content(version, files[i]);
        }
        return List.of(contents);
      } catch (InvalidPem e) {
        if (attempt == ATTEMPTS || version.equals(version())) {
          throw e;
        }
      }
    }
  }

  /** Whether two readings of the same files have found the same. */
  public static boolean areEqual(List<byte[]> one, List<byte[]> other) {
    return Arrays.deepEquals(one.toArray(), other.toArray());
  }

  private Path version() {
    try {
      return folder.resolve(VERSION).toRealPath();
    } catch (IOException e) {
      return folder;
    }
  }

  private static byte[] content(Path version, String file) throws InvalidPem {
    try {
      return Files.readAllBytes(version.resolve(file));
    } catch (NoSuchFileException e) {
      throw new InvalidPem(file, "is missing");
    } catch (IOException e) {
      throw new InvalidPem(file, "cannot be read: " + e.getMessage());
    }
  }
}
