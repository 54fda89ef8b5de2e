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

/** Beans that the operator and its SDK need. */
@RBACRule(
    apiGroups = "coordination.k8s.io",
    resources = "leases",
    verbs = {"get", "create", "update", "patch"})
public class Producers {

  /**
   * One replica works, and the others wait for its lease. The identity is the Pod's name, so that a
   * restarted container regains its lease at once.
   *
   * <p>The chart sets both variables. Without them the SDK takes the namespace of the kubeconfig
   * and a random identity; in development and test mode there is no election.
   *
   * <p>A replica that lost the lease must exit; Kubernetes restarts it, and it waits. SDK 5.3
   * leaves the exit to us: its builder has no such option, and its own System.exit would hang while
   * the process releases the lease.
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

  /** In production, Quarkus operator SDK 7.7 measures nothing without this bean. */
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
