package dev.warren.operator.plan.topology;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.PutUser;
import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.PasswordHash;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import java.util.Optional;

/** Plans the clients' user. */
public final class UserPlanner {

  private UserPlanner() {}

  public static Optional<BrokerAction> plan(Credentials credentials, Reachable broker) {
    User user = broker.definitions().users().get(Credentials.CLIENT);
    boolean asDesired =
        user != null
            && user.permitted()
            && user.tags().isEmpty()
            && PasswordHash.matches(user.passwordHash(), credentials.clientPassword());
    return asDesired
        ? Optional.empty()
        : Optional.of(new PutUser(Credentials.CLIENT, credentials.clientPassword()));
  }
}
