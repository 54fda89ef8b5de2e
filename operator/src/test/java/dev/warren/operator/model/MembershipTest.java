package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.NodeRemoval.Phase;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MembershipTest {

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRecordIsReadAsItWasWritten(boolean formed) {
    Membership record = new Membership(42, formed);

    assertThat(
            Membership.of(
                record.configMap(
                    new Owner("shop", "orders", "uid-1"),
                    ResourceNames.of("shop", "orders"),
                    UserMetadata.NONE)))
        .contains(record);
  }

  @Test
  void theRemovalAndTheLastBalanceAreReadAsTheyWereWritten() {
    NodeRemoval removal =
        NodeRemoval.decided(3, Kind.LOST, "its machine is gone", "2026-01-01T00:00:00Z")
            .replacedBy(4)
            .blank(true)
            .enter(Phase.FORGOTTEN, "2026-01-01T00:00:10Z");
    Membership record =
        new Membership(
            5,
            true,
            Optional.of(removal.to("m1")),
            "some Pods",
            FailedMoves.NONE.andOne(Set.of("m1"), "2026-01-01T00:00:00Z"));

    assertThat(
            Membership.of(
                record.configMap(
                    new Owner("shop", "orders", "uid-1"),
                    ResourceNames.of("shop", "orders"),
                    UserMetadata.NONE)))
        .contains(record);
    assertThat(record.removing()).isEmpty();
    assertThat(record.removes(3)).isTrue();
    assertThat(record.removes(4)).isFalse();
  }

  @Test
  void anInvalidRemovalIsIgnoredAndTheRestIsKept() {
    assertThat(
            Membership.of(
                new ConfigMapBuilder()
                    .withData(Map.of("next", "5", "formed", "true", "removal", "{soon"))
                    .build()))
        .contains(new Membership(5, true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "two", "1.5", "99999999999"})
  void anInvalidRecordIsNoRecord(String next) {
    assertThat(
            Membership.of(
                new ConfigMapBuilder().withData(Map.of("next", next, "formed", "true")).build()))
        .isEmpty();
  }

  @Test
  void anEmptyRecordIsNoRecord() {
    assertThat(Membership.of(new ConfigMapBuilder().build())).isEmpty();
  }
}
