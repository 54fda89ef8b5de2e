package dev.warren.operator.model;

import dev.warren.operator.model.RabbitConf.Setting;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;

/**
 * What becomes of a user's lines with some keys of rabbitmq.conf.
 *
 * @param family a key, which stands for all keys below it too; a word of it may be *
 * @param allows whether a line may be in a configuration
 * @param reason why another line is refused, and what to do instead
 */
public record ConfigRule(
    String family, Treatment treatment, BiPredicate<Setting, RabbitConf> allows, String reason) {

  /** What becomes of a user's line. */
  public enum Treatment {
    /** It counts. The operator has no line of that family. */
    AS_IS,
    /** It counts, and the operator's lines of that family are left out. */
    REPLACES,
    /** It is refused, unless it says what holds anyway. */
    REFUSED
  }

  static final BiPredicate<Setting, RabbitConf> IF_TRUE = ifIs("true");
  static final BiPredicate<Setting, RabbitConf> IF_FALSE = ifIs("false");
  static final BiPredicate<Setting, RabbitConf> IF_ANY_ADDRESS = ifIs("0.0.0.0", "::");
  static final BiPredicate<Setting, RabbitConf> IF_BELOW_TMP =
      (line, config) -> line.value().startsWith("/tmp/");

  static ConfigRule asIs(String family) {
    return new ConfigRule(family, Treatment.AS_IS, (line, config) -> true, "");
  }

  static ConfigRule replaces(String family) {
    return new ConfigRule(family, Treatment.REPLACES, (line, config) -> true, "");
  }

  static ConfigRule refused(String family, String reason) {
    return new ConfigRule(family, Treatment.REFUSED, (line, config) -> false, reason);
  }

  static ConfigRule refusedUnless(
      String family, BiPredicate<Setting, RabbitConf> allows, String reason) {
    return new ConfigRule(family, Treatment.REFUSED, allows, reason);
  }

  static BiPredicate<Setting, RabbitConf> ifIs(String... values) {
    return (line, config) -> Set.of(values).contains(line.value());
  }

  static BiPredicate<Setting, RabbitConf> ifNoneIs(String key) {
    return (line, config) -> config.family(key).findAny().isEmpty();
  }

  static BiPredicate<Setting, RabbitConf> ifHas(String family, String... values) {
    return (line, config) -> has(config, family, values);
  }

  /** For both what a user is and what a user may: not for auth_backends.1.authz alone. */
  static BiPredicate<Setting, RabbitConf> ifInternal(String family) {
    Set<String> internal = Set.of("internal", "rabbit_auth_backend_internal");
    return (line, config) ->
        config
            .family(family)
            .filter(backend -> backend.key().matches(".*\\.[0-9]+"))
            .anyMatch(backend -> internal.contains(backend.value()));
  }

  /** Whether a line of the family has one of the values. */
  static boolean has(RabbitConf config, String family, String... values) {
    return config.family(family).anyMatch(line -> Set.of(values).contains(line.value()));
  }

  boolean covers(String key) {
    String[] words = family.split("\\.");
    String[] ofKey = key.split("\\.");
    return words.length <= ofKey.length
        && IntStream.range(0, words.length)
            .allMatch(i -> words[i].equals("*") || words[i].equals(ofKey[i]));
  }

  int words() {
    return family.split("\\.").length;
  }

  /** Whether a line of this family is refused. */
  public boolean refuses(Setting line, RabbitConf config) {
    return !allows.test(line, config);
  }
}
