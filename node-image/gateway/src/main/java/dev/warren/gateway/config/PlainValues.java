package dev.warren.gateway.config;

import io.smallrye.config.ConfigSourceInterceptor;
import io.smallrye.config.ConfigSourceInterceptorContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.Priorities;
import jakarta.annotation.Priority;

/**
 * Takes names, passwords and the delivery as they are. Otherwise the configuration would replace
 * <code>${...}</code> in them, which is meant for values of application.properties only.
 */
@Priority(PlainValues.BEFORE_EXPRESSIONS)
public final class PlainValues implements ConfigSourceInterceptor {

  /** What has a higher priority gets its values from what has a lower one. */
  static final int BEFORE_EXPRESSIONS = Priorities.LIBRARY + 250;

  private static final long serialVersionUID = 1L;

  @Override
  public ConfigValue getValue(ConfigSourceInterceptorContext context, String name) {
    ConfigValue value = context.proceed(name);
    return value == null || value.getValue() == null || !isPlain(name)
        ? value
        : value.withValue(value.getValue().replace("$", "\\$"));
  }

  private static boolean isPlain(String name) {
    return name.startsWith("rabbitmq.") || name.equals("warren.http.delivery");
  }
}
