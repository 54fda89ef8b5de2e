package dev.warren.gateway.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ArrivalsTest {

  private final Arrivals arrivals = new Arrivals();

  @Test
  void aWaiterIsNotifiedOfTheNextMessageOfItsQueueOnly() {
    arrivals.arrived("a");
    CompletableFuture<String> both = arrivals.first(Set.of("a", "b"));
    CompletableFuture<String> another = arrivals.first(Set.of("c"));

    arrivals.arrived("d");
    assertThat(both).as("what came before counts as little as what comes elsewhere").isNotDone();

    arrivals.arrived("b");
    arrivals.arrived("a");
    assertThat(both).isCompletedWithValue("b");
    assertThat(another).isNotDone();
  }

  @Test
  void waitersThatWereNotifiedOrLeftAreForgotten() {
    CompletableFuture<String> notified = arrivals.first(Set.of("a"));
    CompletableFuture<String> gone = arrivals.first(Set.of("a"));
    assertThat(arrivals.waiting()).isEqualTo(2);

    gone.cancel(false);
    assertThat(arrivals.waiting()).isOne();

    arrivals.arrived("a");
    assertThat(notified).isCompletedWithValue("a");
    assertThat(arrivals.waiting()).isZero();
  }
}
