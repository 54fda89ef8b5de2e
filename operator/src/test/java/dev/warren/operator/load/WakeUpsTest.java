package dev.warren.operator.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WakeUpsTest {

  private static final URI FIRST = URI.create("http://10.0.0.1:9090");
  private static final URI SECOND = URI.create("http://10.0.0.2:9090");

  private final List<Question> questions = new ArrayList<>();
  private final List<String> arrived = new ArrayList<>();
  private final WakeUps wakeUps = new WakeUps(this::ask, arrived::add);

  private record Question(
      URI gateway, Set<String> queues, CompletableFuture<Optional<String>> answer) {}

  private CompletableFuture<Optional<String>> ask(URI gateway, Set<String> queues) {
    Question question = new Question(gateway, queues, new CompletableFuture<>());
    questions.add(question);
    return question.answer();
  }

  @Test
  void eachGatewayIsAskedOnceForAllConsumersWithoutPods() {
    wakeUps.listen(Set.of(FIRST, SECOND), Set.of("a", "b"));
    wakeUps.listen(Set.of(FIRST, SECOND), Set.of("a", "b"));

    assertThat(questions).extracting(Question::gateway).containsExactlyInAnyOrder(FIRST, SECOND);
    assertThat(questions).extracting(Question::queues).containsOnly(Set.of("a", "b"));
  }

  @Test
  void gatewaysAreNotAskedWhileEveryConsumerHasPods() {
    wakeUps.listen(Set.of(FIRST), Set.of());
    assertThat(questions).isEmpty();
  }

  @Test
  void afterAMessageOnlyTheOtherQueuesAreWaitedForUntilTheNextSample() {
    wakeUps.listen(Set.of(FIRST), Set.of("a", "b"));

    answer(0, "a");

    assertThat(arrived).containsExactly("a");
    assertThat(questions).hasSize(2);
    assertThat(questions.get(1).queues()).containsExactly("b");
    answer(1, "b");
    assertThat(arrived).containsExactly("a", "b");
    assertThat(questions).as("no queue is left to wait for").hasSize(2);
    wakeUps.listen(Set.of(FIRST), Set.of("b"));
    assertThat(questions).hasSize(3);
  }

  @Test
  void withoutAMessageTheGatewayIsAskedAgain() {
    wakeUps.listen(Set.of(FIRST), Set.of("a"));

    questions.getFirst().answer().complete(Optional.empty());

    assertThat(arrived).isEmpty();
    assertThat(questions).hasSize(2);
    assertThat(questions.get(1).queues()).containsExactly("a");
  }

  @Test
  void aGatewayThatFailsIsAskedAgainWithTheNextSample() {
    wakeUps.listen(Set.of(FIRST), Set.of("a"));
    questions.getFirst().answer().completeExceptionally(new IllegalStateException("away"));
    assertThat(questions).hasSize(1);

    wakeUps.listen(Set.of(FIRST), Set.of("a"));

    assertThat(questions).hasSize(2);
  }

  @Test
  void anOutdatedRequestIsCancelled() {
    wakeUps.listen(Set.of(FIRST), Set.of("a"));

    wakeUps.listen(Set.of(FIRST), Set.of("a", "b"));
    assertThat(questions.get(0).answer()).isCancelled();
    assertThat(questions.get(1).queues()).containsExactlyInAnyOrder("a", "b");

    wakeUps.listen(Set.of(SECOND), Set.of("a", "b"));
    assertThat(questions.get(1).answer()).isCancelled();
    assertThat(questions.get(2).gateway()).isEqualTo(SECOND);

    wakeUps.listen(Set.of(SECOND), Set.of());
    assertThat(questions.get(2).answer()).isCancelled();
    assertThat(questions).hasSize(3);
  }

  @Test
  void nothingIsAskedOrReportedAfterTheClose() {
    wakeUps.listen(Set.of(FIRST), Set.of("a"));

    wakeUps.close();
    wakeUps.listen(Set.of(FIRST), Set.of("a"));

    assertThat(questions).hasSize(1);
    assertThat(questions.getFirst().answer()).isCancelled();
    assertThat(arrived).isEmpty();
  }

  private void answer(int question, String queue) {
    questions.get(question).answer().complete(Optional.of(queue));
  }
}
