package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordHashTest {

  /** The worked example of RabbitMQ's documentation, "Credentials and Passwords". */
  private static final String HASH_OF_TEST12 = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";

  @Test
  void matchesItsPassword() {
    assertThat(PasswordHash.matches(HASH_OF_TEST12, "test12")).isTrue();
  }

  @Test
  void doesNotMatchAnotherPassword() {
    assertThat(PasswordHash.matches(HASH_OF_TEST12, "test13")).isFalse();
  }

  @Test
  void aHashWithASaltMatchesItsPassword() {
    byte[] salt = {-112, -115, -58, 10};

    assertThat(PasswordHash.of("test12", salt)).isEqualTo(HASH_OF_TEST12);
    assertThat(PasswordHash.matches(PasswordHash.of("p\u00e4ss", salt), "p\u00e4ss")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "not Base64!", "AAAA"})
  void anInvalidHashMatchesNothing(String hash) {
    assertThat(PasswordHash.matches(hash, "")).isFalse();
  }
}
