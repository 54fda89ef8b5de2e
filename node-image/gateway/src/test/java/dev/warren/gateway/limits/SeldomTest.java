package dev.warren.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeldomTest {

  private long now = -5;

  @Test
  void theFirstIsLoggedAtOnceAndLaterOnesTogether() {
    Seldom seldom = new Seldom(() -> now);
    assertThat(seldom.count()).isEqualTo(1);
    assertThat(seldom.count()).isZero();
    assertThat(seldom.count()).isZero();

    now += Seldom.PAUSE.toNanos() - 1;
    assertThat(seldom.count()).isZero();
    now++;
    assertThat(seldom.count()).isEqualTo(4);
    assertThat(seldom.count()).isZero();
  }
}
