package dev.warren.gateway.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The configuration file, which is polled: Kubernetes updates a mounted ConfigMap by replacing a
 * link above the file, which a watch on the file does not see. For one thread at a time.
 */
public final class ConfigFile {

  private static final Logger LOG = Logger.getLogger(ConfigFile.class);

  private final Path path;
  private String content = "";
  private boolean missed;

  /** The file need not exist yet. */
  public ConfigFile(Path path) {
    this.path = path;
  }

  /**
   * The configuration, if it has changed and is valid. If it is missing or invalid, the gateway
   * keeps the last one, and the log reports it.
   */
  public Optional<GatewayConfig> readIfChanged() {
    String read;
    try {
      read = Files.readString(path);
      missed = false;
    } catch (IOException e) {
      if (!missed) {
        LOG.warnf("The configuration cannot be read: %s", e);
        missed = true;
      }
      return Optional.empty();
    }
    if (read.equals(content)) {
      return Optional.empty();
    }
    content = read;
    try {
      return Optional.of(GatewayConfig.parse(read));
    } catch (IllegalArgumentException e) {
      LOG.errorf("%s is invalid and is not applied: %s", path, e.getMessage());
      return Optional.empty();
    }
  }
}
