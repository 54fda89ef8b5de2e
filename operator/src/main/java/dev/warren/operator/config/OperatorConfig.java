package dev.warren.operator.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The settings of an installation. */
@ConfigMapping(prefix = "warren")
public interface OperatorConfig {

  /** The image of queue nodes whose spec sets none. */
  String queueNodeImage();

  /** The image of the gateways beside queue nodes, and of consumers that deliver to a URL. */
  String gatewayImage();

  /** Whether the platform assigns the users and groups that Pods run as. */
  @WithDefault("false")
  boolean assignedUsers();
}
