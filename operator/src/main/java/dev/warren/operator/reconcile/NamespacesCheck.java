package dev.warren.operator.reconcile;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * The operator is ready if it serves a namespace, and not only if it serves all that it watches:
 * one that is missing must not make an upgrade of the operator fail, which serves the others.
 */
@Readiness
@Singleton
class NamespacesCheck implements HealthCheck {

  private final ServedNamespaces namespaces;

  NamespacesCheck(ServedNamespaces namespaces) {
    this.namespaces = namespaces;
  }

  @Override
  public HealthCheckResponse call() {
    Map<String, Optional<String>> all = namespaces.all();
    HealthCheckResponseBuilder response = HealthCheckResponse.named("namespaces");
    all.forEach((name, problem) -> response.withData(name, problem.orElse("served")));
    return response.status(all.values().stream().anyMatch(Optional::isEmpty)).build();
  }
}
