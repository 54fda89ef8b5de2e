package dev.warren.gateway.config;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** The broker of this process: {@code RABBITMQ_HOST} and so on. */
@ConfigMapping(prefix = "rabbitmq")
public interface BrokerAddress {

  /** A host name or address. */
  String host();

  /** 1 to 65535. */
  int port();

  /** The virtual host's name, {@code /} for example. */
  String vhost();

  /** The user that publishes and consumes. */
  String username();

  /** The user's password, without any encoding. */
  String password();

  /** Authorities of brokers with TLS, in PEM; without it and at port 5671, the system's own. */
  Optional<Path> caFile();

  /** This program's certificate for brokers that ask for one, in PEM. */
  Optional<Path> certificateFile();

  /** Its key, in the same folder; set together with it. */
  Optional<Path> keyFile();
}
