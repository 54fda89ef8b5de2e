package dev.warren.operator.broker;

import static dev.warren.operator.broker.NodeShell.QUERY_LIMIT;

import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.RestoreAccount;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.NodeShell.Result;
import dev.warren.operator.broker.QueueContents.Absent;
import dev.warren.operator.broker.QueueContents.Counted;
import dev.warren.operator.broker.QueueContents.HalfDeleted;
import dev.warren.operator.model.NodeTls;
import dev.warren.operator.model.PasswordHash;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * What RabbitMQ has neither a request nor a command for: a node evaluates Erlang. The code uses
 * RabbitMQ's internal functions, which another series may lack or may have changed. So the action
 * fails on a node of a series with which it was not tried.
 */
final class BrokerInternals {

  private static final Logger LOG = Logger.getLogger(BrokerInternals.class);

  /** The series with which all of this was tried, most recently with 4.3.6. */
  private static final String TRIED = "4.3";

  private static final Pattern UNTRIED = Pattern.compile("\\{untried,\\s*\"([^\"]*)\"}");

  private static final Pattern COUNTED =
      Pattern.compile("\\{counted,\\s*(\\d+),\\s*(\\d+),\\s*(\\d+)}");

  private static final Pattern FOUND = Pattern.compile("\\{half_deleted([,\\d\\s]*)}");

  private static final Pattern NUMBER = Pattern.compile("\\d+");

  /** A leader answers its commands within 5 s, or not at all. */
  private static final Duration COUNT_LIMIT = Duration.ofSeconds(15);

  private final NodeShell shell;
  private final SecureRandom random = new SecureRandom();

  BrokerInternals(NodeShell shell) {
    this.shell = shell;
  }

  /**
   * What is in a queue at this moment.
   *
   * @throws BrokerException when it cannot be determined
   */
  QueueContents contents(Pod asked, String queue) {
    String answer =
        evaluate(asked, InternalsErlang.CONTENTS.formatted(bytes(queue)), COUNT_LIMIT).output();
    Matcher counted = COUNTED.matcher(answer);
    if (counted.find()) {
      return new Counted(
          Long.parseLong(counted.group(1)),
          Long.parseLong(counted.group(2)),
          Long.parseLong(counted.group(3)));
    }
    return switch (answer) {
      case "absent" -> new Absent();
      case "half_deleted" -> new HalfDeleted();
      default ->
          throw new BrokerException(
              Kind.UNAVAILABLE,
              "cannot count the messages of queue '%s': %s".formatted(queue, answer));
    };
  }

  /**
   * The quorum queues among these whose members are all deleted.
   *
   * @throws BrokerException when their members cannot be queried
   */
  Set<String> halfDeleted(Pod asked, Set<String> suspects) {
    List<String> queues = List.copyOf(suspects);
    Result result =
        evaluate(asked, InternalsErlang.HALF_DELETED.formatted(binaries(queues)), QUERY_LIMIT);
    Matcher found = FOUND.matcher(result.output());
    if (!found.matches()) {
      throw cannotBeAsked(result);
    }
    return NUMBER
        .matcher(found.group(1))
        .results()
        .map(number -> queues.get(Integer.parseInt(number.group()) - 1))
        .collect(Collectors.toSet());
  }

  /**
   * Finishes the deletion of those queues whose members are all deleted.
   *
   * @throws BrokerException when it is not finished
   */
  void finishDeletions(Pod asked, FinishDeletions finish) {
    Result result =
        evaluate(
            asked,
            InternalsErlang.FINISH_DELETIONS.formatted(binaries(List.copyOf(finish.queues()))),
            finish.deadline());
    if (result.exitCode() != 0) {
      throw cannotBeAsked(result);
    }
    LOG.infof("deletions finished: %s", result.output());
  }

  private static BrokerException cannotBeAsked(Result result) {
    return new BrokerException(
        Kind.UNAVAILABLE, "cannot find out whether queues are deleted: " + result.output());
  }

  /**
   * Closes all connections of clients.
   *
   * @throws BrokerException when some stay open
   */
  void disconnectClients(Pod asked, Duration limit) {
    Result result = evaluate(asked, InternalsErlang.DISCONNECT, limit);
    if (result.exitCode() != 0) {
      throw new BrokerException(
          Kind.UNAVAILABLE, "cannot close the connections of clients: " + result.output());
    }
  }

  /** Removes the remains of a queue's member on a node, if the queue does not know the member. */
  String clearMember(Pod asked, AddMember failed) {
    return evaluate(
            asked,
            InternalsErlang.CLEAR_MEMBER.formatted(bytes(failed.queue()), failed.node()),
            failed.deadline())
        .output();
  }

  /** Releases the feature-flag lock, if the node that holds it is idle. */
  String freeTurnAtFeatureFlags(Pod asked, Duration limit) {
    return evaluate(asked, InternalsErlang.FREE_TURN, limit).output();
  }

  /**
   * Creates or resets the operator's account. The command has a hash of the password instead of the
   * password, because Kubernetes' audit log shows commands.
   *
   * @throws BrokerException when that fails
   */
  void restoreAccount(Pod asked, RestoreAccount restore) {
    byte[] salt = new byte[PasswordHash.SALT_BYTES];
    random.nextBytes(salt);
    Result result =
        evaluate(
            asked,
            InternalsErlang.RESTORE_ACCOUNT.formatted(
                bytes(restore.name()), PasswordHash.of(restore.password(), salt)),
            restore.deadline());
    if (result.exitCode() != 0) {
      throw new BrokerException(
          Kind.UNAVAILABLE, "the operator's account cannot be restored: " + result.output());
    }
  }

  private Result evaluate(Pod asked, String erlang, Duration limit) {
    List<String> arguments =
        List.of(
            "-noinput",
            "-name",
            "undefined",
            "-eval",
            InternalsErlang.ASK_NODE,
            "-extra",
            InternalsErlang.ONLY_IF_TRIED.formatted(TRIED, erlang.strip()),
            String.valueOf(limit.toMillis()));
    Result result =
        shell.run(
            asked,
            limit,
            Stream.of(List.of("erl"), NodeTls.DISTRIBUTION_ARGUMENTS, arguments)
                .flatMap(List::stream)
                .toArray(String[]::new));
    Matcher untried = UNTRIED.matcher(result.output());
    if (untried.find()) {
      throw new BrokerException(
          Kind.UNTRIED,
          ("the nodes run RabbitMQ %s, and this change was tried with RabbitMQ %s only:"
                  + " use a queue node image of that series")
              .formatted(untried.group(1), TRIED));
    }
    return result;
  }

  private static String binaries(List<String> texts) {
    return texts.stream().map(text -> "<<" + bytes(text) + ">>").collect(Collectors.joining(","));
  }

  /** The text as Erlang writes a binary, for any characters. */
  private static String bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> String.valueOf(bytes[i] & 0xFF))
        .collect(Collectors.joining(","));
  }
}
