package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.operator.action.BrokerAction.FinishDeletions;
import dev.warren.operator.action.BrokerAction.RemoveQueue;
import dev.warren.operator.broker.BrokerException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueDeleterTest {

  private static final RemoveQueue IF_EMPTY = new RemoveQueue("q", true);

  private final FakeShell shell = new FakeShell();
  private final List<RemoveQueue> deleted = new ArrayList<>();
  private final QueueDeleter deleter =
      new QueueDeleter(deleted::add, new BrokerInternals(shell), FakeShell.NODES);

  @Test
  void aQueueThatIsEmptyByItsLeaderIsDeleted() {
    shell.answer(0, "{counted,0,0,0}");

    deleter.carryOut(IF_EMPTY);

    assertThat(deleted).containsExactly(IF_EMPTY);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 0, It has messages",
    "0, 1, 0, It has unacknowledged messages",
    "0, 0, 1, It has consumers"
  })
  void aQueueInUseStays(long ready, long all, long consumers, String because) {
    shell.answer(0, "{counted,%d,%d,%d}".formatted(ready, all, consumers));

    assertFailure(IF_EMPTY, Kind.IN_USE, because + ", and its onDelete is DeleteIfEmpty");
    assertThat(deleted).isEmpty();
  }

  @Test
  void aQueueThatCannotBeCountedStays() {
    shell.answer(1, "Error: timeout");

    assertFailure(
        IF_EMPTY, Kind.UNAVAILABLE, "cannot count the messages of queue 'q': Error: timeout");
    assertThat(deleted).isEmpty();
  }

  @Test
  void aMissingQueueNeedsNoDeletion() {
    shell.answer(0, "absent");

    deleter.carryOut(IF_EMPTY);

    assertThat(deleted).isEmpty();
  }

  @Test
  void aQueueThatMayBeDeletedWithItsMessagesIsNotCounted() {
    RemoveQueue whatever = new RemoveQueue("q", false);

    deleter.carryOut(whatever);

    assertThat(deleted).containsExactly(whatever);
    assertThat(shell.commands).isEmpty();
  }

  @Test
  void aHalfDoneDeletionIsFinished() {
    shell.answer(0, "half_deleted");
    shell.answer(0, "[]");

    deleter.carryOut(IF_EMPTY);

    assertThat(deleted).isEmpty();
    assertThat(shell.commands).last().asString().contains("delete_with");
  }

  @Test
  void aHalfDoneDeletionIsFinishedWithinItsDeadline() {
    shell.answer(0, "[]");

    deleter.carryOut(new FinishDeletions(Set.of("q")));

    assertThat(shell.commands).singleElement().asString().contains("rabbit_amqqueue:delete_with");
    assertThat(shell.limits).containsExactly(Duration.ofSeconds(30));
    assertThat(deleted).isEmpty();
  }

  private void assertFailure(RemoveQueue remove, Kind kind, String message) {
    assertThatThrownBy(() -> deleter.carryOut(remove))
        .hasMessage(message)
        .isInstanceOfSatisfying(
            BrokerException.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
  }
}
