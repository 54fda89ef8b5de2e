package dev.warren.operator.config;

import io.smallrye.config.ConfigMapping;

/** The settings of an installation. */
@ConfigMapping(prefix = "warren")
public interface OperatorConfig {

  /** The image of queue nodes whose spec sets none. */
  String queueNodeImage();

  /** The image of the gateways beside queue nodes, and of consumers that deliver to a URL. */
  String gatewayImage();
}
