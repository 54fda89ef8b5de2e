package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Map;
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
                    new Owner("shop", "orders", "uid-1"), ResourceNames.of("shop", "orders"))))
        .contains(record);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "two", "1.5", "99999999999"})
  void aSpoiltRecordIsNoRecord(String next) {
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
