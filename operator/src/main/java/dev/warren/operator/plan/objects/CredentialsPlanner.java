package dev.warren.operator.plan.objects;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.CredentialSecrets;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.PluginListener;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.UserMetadata;
import dev.warren.operator.observation.ObservedObjects;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Plans a topology's Secrets. Those that the cluster was formed with are never recreated: another
 * password or cookie would lock the nodes out, and the user can restore the lost one.
 */
public final class CredentialsPlanner {

  /**
   * @param secrets the desired Secrets
   * @param credentials their content; absent until they are created
   * @param problem what is missing and cannot be recreated
   */
  public record CredentialsPlan(
      List<HasMetadata> secrets, Optional<Credentials> credentials, Optional<Problem> problem) {}

  private final CredentialSecrets secrets;
  private final ResourceNames names;
  private final ObservedObjects observed;
  private final boolean formed;
  private final Supplier<String> newSecret;
  private final MessageTopologySpec spec;
  private final ClientTrust trust;
  private final List<HasMetadata> desired = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  /**
   * @param formed whether the nodes have started with these Secrets
   * @param newSecret returns a new random text each time
   * @param trust what clients need for TLS
   */
  public CredentialsPlanner(
      Owner owner,
      ResourceNames names,
      ObservedObjects observed,
      boolean formed,
      Supplier<String> newSecret,
      MessageTopologySpec spec,
      ClientTrust trust) {
    this.trust = trust;
    this.secrets = new CredentialSecrets(owner, names, UserMetadata.of(spec));
    this.names = names;
    this.observed = observed;
    this.formed = formed;
    this.newSecret = newSecret;
    this.spec = spec;
  }

  public CredentialsPlan plan() {
    Optional<String> admin = value(names.adminSecret(), CredentialSecrets.PASSWORD);
    Optional<String> cookie = value(names.cookieSecret(), CredentialSecrets.COOKIE);
    Optional<String> client = value(names.connectionSecret(), CredentialSecrets.PASSWORD);
    keepOrMakeBeforeForming(names.adminSecret(), admin, secrets::admin);
    keepOrMakeBeforeForming(names.cookieSecret(), cookie, secrets::erlangCookie);
    desired.add(connection(client.orElseGet(newSecret)));
    boolean complete = admin.isPresent() && cookie.isPresent() && client.isPresent();
    return new CredentialsPlan(
        desired,
        complete ? Optional.of(new Credentials(admin.get(), client.get())) : Optional.empty(),
        missing.isEmpty() ? Optional.empty() : Optional.of(problem()));
  }

  /** The type of a Secret cannot change; a Secret that a user created has another one. */
  private Secret connection(String password) {
    Secret connection =
        secrets.connection(password, spec.tls().clients(), trust, PluginListener.of(spec));
    observed
        .find(Secret.class, names.connectionSecret())
        .map(Secret::getType)
        .ifPresent(connection::setType);
    return connection;
  }

  private void keepOrMakeBeforeForming(
      String name, Optional<String> value, Function<String, Secret> secret) {
    if (value.isEmpty() && formed) {
      missing.add(name);
    } else {
      desired.add(secret.apply(value.orElseGet(newSecret)));
    }
  }

  private Optional<String> value(String secret, String key) {
    return observed
        .find(Secret.class, secret)
        .map(found -> CredentialSecrets.text(found, key))
        .filter(text -> !text.isEmpty());
  }

  private Problem problem() {
    return new Problem(
        Reason.SECRET_MISSING,
        "Secret "
            + String.join(" and ", missing)
            + " is missing or empty. The nodes were created with it, so it is not recreated:"
            + " restore it");
  }
}
