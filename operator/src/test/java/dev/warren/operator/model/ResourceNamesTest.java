package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResourceNamesTest {

  @Test
  void namesBeginWithTheTopologysName() {
    ResourceNames names = ResourceNames.of("shop", "orders");

    assertThat(names.node(4)).isEqualTo("orders-4");
    assertThat(names.volume(4)).isEqualTo("data-orders-4");
    assertThat(names.clientService()).isEqualTo("orders");
    assertThat(names.brokerNode(0)).isEqualTo("rabbit@orders-0.orders-nodes.shop.svc");
  }

  @Test
  void theLongestNameStillMakesHostNames() {
    ResourceNames names = ResourceNames.of("shop", "a".repeat(63));

    assertThat(names.node(999_999)).hasSizeLessThanOrEqualTo(63);
    assertThat(names.nodesService()).hasSizeLessThanOrEqualTo(63);
  }

  @Test
  void longNamesThatDifferOnlyAtTheEndStayApart() {
    assertThat(ResourceNames.of("shop", "a".repeat(62) + "b").prefix())
        .isNotEqualTo(ResourceNames.of("shop", "a".repeat(62) + "c").prefix());
  }
}
