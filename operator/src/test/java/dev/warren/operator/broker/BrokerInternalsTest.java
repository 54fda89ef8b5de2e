package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.RestoreAccount;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.QueueContents.Absent;
import dev.warren.operator.broker.QueueContents.Counted;
import dev.warren.operator.broker.QueueContents.HalfDeleted;
import dev.warren.operator.model.PasswordHash;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class BrokerInternalsTest {

  private static final Pod ASKED = FakeShell.NODES.any();

  private static final List<Consumer<BrokerInternals>> ALL =
      List.of(
          internals -> internals.contents(ASKED, "q"),
          internals -> internals.finishDeletions(ASKED, new FinishDeletions(Set.of("q"))),
          internals -> internals.halfDeleted(ASKED, Set.of("q")),
          internals -> internals.disconnectClients(ASKED, Duration.ofSeconds(1)),
          internals -> internals.clearMember(ASKED, new AddMember("q", "rabbit@a")),
          internals -> internals.freeTurnAtFeatureFlags(ASKED, Duration.ofSeconds(1)),
          internals -> internals.restoreAccount(ASKED, new RestoreAccount("admin", "secret")));

  private final FakeShell shell = new FakeShell();
  private final BrokerInternals internals = new BrokerInternals(shell);

  @Test
  void anotherSeriesIsNotTriedAndReported() {
    for (Consumer<BrokerInternals> use : ALL) {
      shell.answer(0, "{untried,\"4.4.0\"}");

      assertFailure(() -> use.accept(internals), Kind.UNTRIED)
          .hasMessageStartingWith("the nodes run RabbitMQ 4.4.0")
          .hasMessageContaining("with RabbitMQ 4.3 only");
    }
    assertThat(shell.commands)
        .hasSize(ALL.size())
        .allMatch(
            command ->
                command.startsWith(
                    "orders-0: erl -proto_dist inet_tls -ssl_dist_optfile"
                        + " /etc/warren/inter-node-tls.config -noinput "))
        .allMatch(
            command ->
                command.contains(
                    " -extra case application:get_key(rabbit, vsn) of\n"
                        + "  {ok, \"4.3.\" ++ _} ->\n"))
        .allMatch(
            command ->
                command.matches(
                    "(?s).*;\n  \\{ok, Version} -> \\{untried, Version}\nend\\.\n \\d+"));
  }

  @Test
  void theContentsOfAQueueAreRead() {
    shell.answer(0, "{counted,1,\n         3,2}");
    assertThat(internals.contents(ASKED, "q")).isEqualTo(new Counted(1, 3, 2));
    shell.answer(0, "absent");
    assertThat(internals.contents(ASKED, "q")).isEqualTo(new Absent());
    shell.answer(0, "half_deleted");
    assertThat(internals.contents(ASKED, "q")).isEqualTo(new HalfDeleted());
  }

  @Test
  void anAccountIsRestoredWithoutItsPasswordInTheCommand() {
    internals.restoreAccount(ASKED, new RestoreAccount("admin", "s3cret"));

    Matcher hash =
        Pattern.compile("password_hash => <<\"([^\"]+)\">>").matcher(shell.commands.getFirst());
    assertThat(hash.find()).isTrue();
    assertThat(PasswordHash.matches(hash.group(1), "s3cret")).isTrue();
    assertThat(shell.commands.getFirst())
        .doesNotContain("s3cret")
        .contains("Name = <<97,100,109,105,110>>");
  }

  @Test
  void aFailureToRestoreTheAccountIsReportedWithRabbitMqsWords() {
    shell.answer(70, "{timeout, khepri}");

    assertFailure(
            () -> internals.restoreAccount(ASKED, new RestoreAccount("admin", "s3cret")),
            Kind.UNAVAILABLE)
        .hasMessage("the operator's account cannot be restored: {timeout, khepri}");
  }

  @Test
  void anAnswerThatIsNotACountIsNotZero() {
    shell.answer(70, "Error: {timeout, 0}");

    assertFailure(() -> internals.contents(ASKED, "q"), Kind.UNAVAILABLE)
        .hasMessage("cannot count the messages of queue 'q': Error: {timeout, 0}");
  }

  @Test
  void aNameIsWrittenAsItsBytes() {
    shell.answer(0, "absent");

    internals.contents(ASKED, "a'é");

    assertThat(shell.commands.getFirst()).contains("<<97,39,195,169>>");
  }

  @Test
  void countingChangesNothing() {
    shell.answer(0, "absent");

    internals.contents(ASKED, "q");
    shell.answer(0, "{half_deleted}");
    internals.halfDeleted(ASKED, Set.of("q"));

    assertThat(shell.commands).hasSize(2).noneMatch(command -> command.contains("delete_"));
  }

  @Test
  void queuesWhoseMembersAreDeletedAreFoundByTheirNumbers() {
    shell.answer(0, "{half_deleted,1}");
    assertThat(internals.halfDeleted(ASKED, Set.of("whole"))).containsExactly("whole");
    shell.answer(0, "{half_deleted,1,\n              2}");
    assertThat(internals.halfDeleted(ASKED, Set.of("a", "b"))).containsOnly("a", "b");
    shell.answer(0, "{half_deleted}");
    assertThat(internals.halfDeleted(ASKED, Set.of("a", "b"))).isEmpty();
    shell.answer(1, "Error: nodedown");
    assertFailure(() -> internals.halfDeleted(ASKED, Set.of("a")), Kind.UNAVAILABLE)
        .hasMessageEndingWith("Error: nodedown");
  }

  @Test
  void anUnfinishedDeletionIsAFailure() {
    shell.answer(1, "Error: timeout");

    assertFailure(
            () -> internals.finishDeletions(ASKED, new FinishDeletions(Set.of("q"))),
            Kind.UNAVAILABLE)
        .hasMessage("cannot find out whether queues are deleted: Error: timeout");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> assertFailure(
      ThrowingCallable call, Kind kind) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            BrokerException.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
  }
}
