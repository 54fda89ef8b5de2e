package dev.warren.operator.plan;

import dev.warren.operator.model.BrokerDefinitions.User;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.PasswordHash;
import dev.warren.operator.plan.BrokerAction.PutUser;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import java.util.Optional;

/** Plans the clients' user. */
final class UserPlanner {

  private UserPlanner() {}

  static Optional<BrokerAction> plan(Credentials credentials, Reachable broker) {
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
