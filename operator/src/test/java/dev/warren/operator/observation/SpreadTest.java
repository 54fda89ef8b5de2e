package dev.warren.operator.observation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.model.ResourceNames;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpreadTest {

  /** The machine of each node, in order; - if its Pod has none. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "m0 m1 m2, ''",
    "m0 - -, ''",
    "m0 m1 m0, 'orders-0 and orders-2 are on one machine, m0'",
    "m0 m0 m0, 'orders-0, orders-1 and orders-2 are on one machine, m0'",
    "m1 m0 m1 m0 m0, 'orders-1, orders-3 and orders-4 are on one machine, m0; orders-0 and orders-2 are on one machine, m1'",
  })
  void nodesThatShareAMachineAreNamed(String machines, String expected) {
    String[] each = machines.split(" ");
    Spread spread = Spread.of(IntStream.range(0, each.length).mapToObj(n -> node(n, each[n])));

    assertThat(spread.describe(ResourceNames.of("shop", "orders"))).isEqualTo(expected);
  }

  private static QueueNode node(int n, String machine) {
    return new QueueNode(
        n,
        Optional.empty(),
        Optional.of(
            new PodBuilder()
                .withNewSpec()
                .withNodeName(machine.equals("-") ? null : machine)
                .endSpec()
                .build()));
  }
}
