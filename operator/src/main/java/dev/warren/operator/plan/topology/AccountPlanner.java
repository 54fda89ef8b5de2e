package dev.warren.operator.plan.topology;

import dev.warren.operator.action.BrokerAction.RestoreAccount;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.Reason;
import dev.warren.operator.observation.BrokerObservation.Unreachable;
import java.util.List;

/**
 * Plans the operator's own account. RabbitMQ creates it at the first start of a cluster, but not if
 * the configuration imports definitions, and somebody may remove it later.
 */
public final class AccountPlanner {

  private AccountPlanner() {}

  /** Waits for a broker that cannot be read, and restores the account if the broker refuses it. */
  public static TopologyPlan plan(Credentials credentials, Unreachable broker) {
    return new TopologyPlan(
        broker.refused()
            ? List.of(new RestoreAccount(Credentials.ADMIN, credentials.adminPassword()))
            : List.of(),
        List.of(new Problem(Reason.BROKER_UNREACHABLE, broker.reason())));
  }
}
