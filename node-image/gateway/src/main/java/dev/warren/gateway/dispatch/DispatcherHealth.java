package dev.warren.gateway.dispatch;

import dev.warren.gateway.Role;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** The dispatcher is ready while it consumes. */
@ApplicationScoped
public class DispatcherHealth {
  private static final String NAME = "dispatcher";

  private final ConsumerChannel channel;
  private final boolean inRole;

  DispatcherHealth(ConsumerChannel channel, @ConfigProperty(name = "warren.role") Role role) {
    this.channel = channel;
    this.inRole = role == Role.DISPATCHER;
  }

  @Produces
  @Readiness
  @ApplicationScoped
  HealthCheck consumes() {
    return () -> HealthCheckResponse.named(NAME).status(!inRole || channel.isConsuming()).build();
  }

  /** An unreachable broker is no reason for a restart: the client retries until it can connect. */
  @Produces
  @Liveness
  @ApplicationScoped
  HealthCheck mayConsume() {
    return () -> HealthCheckResponse.named(NAME).status(!inRole || !channel.isStuck()).build();
  }
}
