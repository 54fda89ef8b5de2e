package dev.warren.operator.plan.validation;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.NodesSpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.model.ConfigKeys;
import dev.warren.operator.model.ConfigRule;
import dev.warren.operator.model.PodTemplates;
import dev.warren.operator.model.QueueNodePod;
import dev.warren.operator.model.RabbitConf;
import dev.warren.operator.model.RabbitConf.Setting;
import dev.warren.operator.model.TlsConfigKeys;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Checks that the configuration of the nodes does not conflict with what the operator depends on:
 * the lines of spec.nodes.config, and fields of spec.nodes.podTemplate that would bypass them.
 */
final class NodesConfigCheck {

  private static final String CONFIG = "spec.nodes.config";

  /** Variables and keys with this prefix belong to the operator. */
  private static final String OPERATORS = "WARREN_";

  /** Variables that each container of the image has. */
  private static final Pattern KNOWN =
      Pattern.compile("(RABBITMQ_(NODENAME|USE_LONGNAME)|HOME|HOSTNAME|LANG|PATH|KUBERNETES_.+)");

  /** Variables that would override the operator's variables or its configuration. */
  private static final Pattern CONFLICTING =
      Pattern.compile(
          OPERATORS
              + ".+|HOME|RABBITMQ_(USE_LONGNAME|NODENAME|NODE_PORT|NODE_IP_ADDRESS|DIST_PORT"
              + "|ERLANG_COOKIE|DEFAULT_(USER|PASS|VHOST)|CONFIG_FILES?|ADVANCED_CONFIG_FILE"
              + "|CONF_ENV_FILE|ENABLED_PLUGINS(_FILE)?|FEATURE_FLAGS(_FILE)?|HOME|LOGS|LOG_BASE"
              + "|CTL_ERL_ARGS|SERVER_ADDITIONAL_ERL_ARGS"
              + "|MNESIA_(BASE|DIR)|(QUORUM|STREAM)_DIR|PID_FILE|MANAGEMENT_.+)");

  /** How the names of all conflicting variables begin. */
  private static final List<String> BEGINNINGS = List.of(OPERATORS, "RABBITMQ_", "HOME");

  /** Files and folders whose content the image or the operator provides. */
  private static final Pattern TAKEN =
      Pattern.compile(
          "/+(etc/+rabbitmq(/+(rabbitmq\\.(conf|config)|advanced\\.config|enabled_plugins"
              + "|rabbitmq-env\\.conf|conf\\.d(/.*)?))?|etc/+warren(/.*)?|var/+lib/+rabbitmq(/.*)?"
              + "|tmp|etc|var|var/+lib)?/*");

  private final NodesSpec nodes;
  private final Clients clients;
  private final RabbitConf config;

  private NodesConfigCheck(MessageTopologySpec spec) {
    this.nodes = spec.nodes();
    this.clients = spec.tls().clients();
    this.config = RabbitConf.of(nodes.config());
  }

  /**
   * All violations.
   *
   * @param spec with a pod template of its nodes that can be read
   */
  static List<Violation> violations(MessageTopologySpec spec) {
    NodesConfigCheck check = new NodesConfigCheck(spec);
    return Stream.of(check.malformedLines(), check.conflictingLines(), check.template())
        .flatMap(found -> found)
        .toList();
  }

  private Stream<Violation> malformedLines() {
    return config.malformed().stream()
        .map(line -> inLine(line, "is neither 'key = value' nor a comment"));
  }

  /** If a key is set twice, only its last line is checked. */
  private Stream<Violation> conflictingLines() {
    return config.effective().stream().flatMap(line -> conflict(line).stream());
  }

  private Optional<Violation> conflict(Setting line) {
    if (line.key().startsWith(OPERATORS)) {
      return Optional.of(inLine(line.line(), line.key() + " is reserved for the operator"));
    }
    return TlsConfigKeys.opened(line, clients)
        .or(
            () ->
                ConfigKeys.row(line.key())
                    .filter(row -> row.refuses(line, config))
                    .map(ConfigRule::reason))
        .map(reason -> inLine(line.line(), line.key() + " " + reason))
        .or(() -> unknownVariable(line));
  }

  /** RabbitMQ inserts another key's value, or a variable. With neither it does not start. */
  private Optional<Violation> unknownVariable(Setting line) {
    return line.variables().stream()
        .filter(name -> !config.sets(name) && !mayBeSet(name))
        .map(
            name ->
                inLine(
                    line.line(),
                    name.startsWith(OPERATORS)
                        ? "$(%s) is reserved for the operator".formatted(name)
                        : ("there is no variable %s; set it in spec.nodes.podTemplate, in the"
                                + " container %s")
                            .formatted(name, QueueNodePod.CONTAINER)))
        .findFirst();
  }

  private boolean mayBeSet(String variable) {
    return !variable.startsWith(OPERATORS)
        && (nodes.image() != null
            || KNOWN.matcher(variable).matches()
            || rabbitmq()
                .anyMatch(
                    container ->
                        !container.getEnvFrom().isEmpty()
                            || container.getEnv().stream()
                                .anyMatch(env -> variable.equals(env.getName()))));
  }

  private Stream<Violation> template() {
    List<Container> containers = users().getContainers();
    return IntStream.range(0, containers.size())
        .filter(i -> isRabbitmq(containers.get(i)))
        .boxed()
        .flatMap(
            i -> container("spec.nodes.podTemplate.spec.containers[" + i + "]", containers.get(i)));
  }

  private static Stream<Violation> container(String path, Container container) {
    return Stream.of(
            command(path, container),
            variables(path, container.getEnv()),
            importedVariables(path, container.getEnvFrom()),
            mounts(path, container.getVolumeMounts()))
        .flatMap(found -> found);
  }

  /** The image's own program checks the node's volume before it starts RabbitMQ. */
  private static Stream<Violation> command(String path, Container container) {
    return Stream.of(
            Map.entry("command", container.getCommand()), Map.entry("args", container.getArgs()))
        .filter(field -> !field.getValue().isEmpty())
        .map(
            field ->
                new Violation(
                    path + "." + field.getKey(),
                    "would replace what the image runs; use an init container, or another image in"
                        + " spec.nodes.image"));
  }

  private static Stream<Violation> variables(String path, List<EnvVar> env) {
    return IntStream.range(0, env.size())
        .filter(i -> isConflict(env.get(i)))
        .mapToObj(
            i ->
                new Violation(
                    path + ".env[" + i + "]",
                    env.get(i).getName()
                        + " is set by the operator, or by spec.nodes.config and"
                        + " spec.nodes.plugins"));
  }

  /** The names come from a ConfigMap or a Secret, which may change later. */
  private static Stream<Violation> importedVariables(String path, List<EnvFromSource> sources) {
    return IntStream.range(0, sources.size())
        .filter(i -> mayConflict(Objects.toString(sources.get(i).getPrefix(), "")))
        .mapToObj(
            i ->
                new Violation(
                    path + ".envFrom[" + i + "].prefix",
                    "must be set, to other than RABBITMQ_, WARREN_ and HOME, so that no variable"
                        + " of the operator is replaced"));
  }

  private static Stream<Violation> mounts(String path, List<VolumeMount> mounts) {
    return IntStream.range(0, mounts.size())
        .filter(i -> isTaken(mounts.get(i)))
        .mapToObj(
            i ->
                new Violation(
                    path + ".volumeMounts[" + i + "]",
                    "%s would hide or replace files of the operator; use"
                            .formatted(mounts.get(i).getMountPath())
                        + " spec.nodes.config, and another path for other files"));
  }

  private static boolean mayConflict(String prefix) {
    return BEGINNINGS.stream()
        .anyMatch(beginning -> beginning.startsWith(prefix) || prefix.startsWith(beginning));
  }

  private static boolean isConflict(EnvVar variable) {
    return variable.getName() != null && CONFLICTING.matcher(variable.getName()).matches();
  }

  private static boolean isTaken(VolumeMount mount) {
    return mount.getMountPath() != null && TAKEN.matcher(mount.getMountPath()).matches();
  }

  private Stream<Container> rabbitmq() {
    return users().getContainers().stream().filter(NodesConfigCheck::isRabbitmq);
  }

  private static boolean isRabbitmq(Container container) {
    return QueueNodePod.CONTAINER.equals(container.getName());
  }

  private PodSpec users() {
    return PodTemplates.spec(nodes.podTemplate());
  }

  private static Violation inLine(int line, String message) {
    return new Violation(CONFIG, "line " + line + ": " + message);
  }
}
