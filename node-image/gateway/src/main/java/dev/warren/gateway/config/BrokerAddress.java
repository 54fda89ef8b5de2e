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

  /** The user that publishes and consumes. */
  String username();

  /** The user's password, without any encoding. */
  String password();
}
