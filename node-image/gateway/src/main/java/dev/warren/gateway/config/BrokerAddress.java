package dev.warren.gateway.config;

import io.smallrye.config.ConfigMapping;

/** The broker of this process: {@code RABBITMQ_HOST} and so on. */
@ConfigMapping(prefix = "rabbitmq")
public interface BrokerAddress {

  /** A host name or address. */
  String host();

  /** 1 to 65535. */
  int port();

  /** The virtual host's name, {@code /} for example. */
  String vhost();

  /** Who publishes and consumes. */
  String username();

  /** Their password, as it is. */
  String password();
}
