package dev.warren.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

  @Test
  void aPartIsBoundedByItselfAndByTheWhole() {
    MemoryBudget whole = new MemoryBudget(100);
    MemoryBudget one = whole.part(75);
    MemoryBudget other = whole.part(75);

    assertThat(one.tryReserve(76)).isFalse();
    assertThat(one.tryReserve(75)).isTrue();
    assertThat(other.tryReserve(26)).isFalse();
    assertThat(other.tryReserve(25)).isTrue();

    one.release(75);
    assertThat(other.tryReserve(50)).isTrue();
    other.release(75);
    assertThat(whole.tryReserve(100)).isTrue();
  }
}
