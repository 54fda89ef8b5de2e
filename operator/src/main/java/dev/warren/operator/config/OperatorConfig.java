package dev.warren.operator.config;

import io.smallrye.config.ConfigMapping;

/** What whoever installs the operator can set. */
@ConfigMapping(prefix = "warren")
public interface OperatorConfig {

  /** The image of queue nodes whose resource names none. */
  String queueNodeImage();

  /** The image of the gateways beside queue nodes, and of consumers that deliver to a URL. */
  String gatewayImage();
}
