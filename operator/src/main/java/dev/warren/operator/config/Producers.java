package dev.warren.operator.config;

import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkiverse.operatorsdk.annotations.RBACRule;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** What the operator and its SDK ask their surroundings for. */
@RBACRule(
    apiGroups = "coordination.k8s.io",
    resources = "leases",
    verbs = {"get", "create", "update", "patch"})
public class Producers {

  /**
   * One replica works, the others wait for its lease. The identity is the pod's name, so that a
   * container that was restarted has its lease back at once.
   *
   * <p>The chart sets both variables. Without them the SDK takes the namespace of the kubeconfig
   * and a random identity; in development and test mode it elects nobody.
   *
   * <p>A replica that lost the lease must end, and is started again to wait. SDK 5.3 leaves that to
   * us: its builder has no such option, and its own System.exit would hang when it is the end of
   * the process that gives up the lease.
   */
  @Produces
  @Singleton
  LeaderElectionConfiguration leaderElection() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration("warren-operator")
        .withLeaseNamespace(System.getenv("POD_NAMESPACE"))
        .withIdentity(System.getenv("POD_NAME"))
        .withLeaderCallbacks(
            new LeaderCallbacks(() -> {}, () -> Quarkus.asyncExit(1), newLeader -> {}))
        .build();
  }

  /** Quarkus operator SDK 7.7 measures nothing in production unless it is told with what. */
  @Produces
  @Singleton
  Metrics metrics(MeterRegistry registry) {
    return MicrometerMetricsV2.newBuilder(registry).build();
  }

  /** The time. */
  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }
}
