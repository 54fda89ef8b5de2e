package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class ResourceNamesTest {

  private static final String DNS_LABEL = "[a-z]([-a-z0-9]{0,61}[a-z0-9])?";

  @Example
  void namesStartWithTheTopologysName() {
    ResourceNames names = ResourceNames.of("shop", "orders");

    assertThat(names.node(4)).isEqualTo("orders-4");
    assertThat(names.volume(4)).isEqualTo("data-orders-4");
    assertThat(names.clientService()).isEqualTo("orders");
    assertThat(names.brokerNode(0)).isEqualTo("rabbit@orders-0.orders-nodes.shop.svc");
  }

  @Property(tries = 200)
  void theNamesOfPodsAndServicesAreDnsLabelsHoweverLongTheTopologysNameIs(
      @ForAll("topologies") String topology, @ForAll @IntRange(max = 999_999_999) int n) {
    ResourceNames names = ResourceNames.of("shop", topology);

    assertThat(names.node(n)).matches(DNS_LABEL);
    assertThat(names.nodesService()).matches(DNS_LABEL);
    assertThat(names.clientService()).matches(DNS_LABEL);
  }

  @Example
  void longNamesThatDifferAtTheEndStayDifferent() {
    assertThat(ResourceNames.of("shop", "a".repeat(62) + "b").prefix())
        .isNotEqualTo(ResourceNames.of("shop", "a".repeat(62) + "c").prefix());
  }

  @Property(tries = 200)
  void aNodesNumberCanBeReadFromEachOfItsNames(
      @ForAll("topologies") String topology, @ForAll @IntRange(max = 999_999_999) int n) {
    ResourceNames names = ResourceNames.of("shop", topology);

    assertThat(names.number(names.brokerNode(n))).hasValue(n);
    assertThat(names.numberOfPod(names.node(n))).hasValue(n);
    assertThat(names.numberOfVolume(names.volume(n))).hasValue(n);
    assertThat(names.number(names.noBrokerNode())).isEmpty();
  }

  @Property
  void theNodesOfAnotherTopologyAreNotMistakenForOurs(
      @ForAll("alike") String ours,
      @ForAll("alike") String others,
      @ForAll @IntRange(max = 12) int n) {
    ResourceNames names = ResourceNames.of("shop", ours);
    ResourceNames other = ResourceNames.of("shop", others);
    OptionalInt expected = ours.equals(others) ? OptionalInt.of(n) : OptionalInt.empty();

    assertThat(names.number(other.brokerNode(n))).isEqualTo(expected);
    assertThat(names.numberOfPod(other.node(n))).isEqualTo(expected);
    assertThat(names.numberOfVolume(other.volume(n))).isEqualTo(expected);
  }

  @Provide
  Arbitrary<String> topologies() {
    return Arbitraries.oneOf(
        alike(), Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(63));
  }

  /** One name is a prefix of the other, up to a node's number. */
  @Provide
  Arbitrary<String> alike() {
    return Arbitraries.of("a", "a-1", "a-1-1", "a-nodes", "data-a", "data", "a-10");
  }
}
