package dev.warren.operator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BoundedOutputTest {

  private final BoundedOutput output = new BoundedOutput();

  @Test
  void keepsWhatIsPrinted() throws IOException {
    output.write("a\u00e4".getBytes(StandardCharsets.UTF_8));
    output.write('b');

    assertThat(output.text()).isEqualTo("a\u00e4b");
    assertThat(output.overflow()).isNotDone();
  }

  @Test
  void discardsWhatIsAboveTheLimitAndReportsIt() throws IOException {
    byte[] part = new byte[1 << 20];
    for (int i = 0; i < 100; i++) {
      output.write(part);
    }

    assertThat(output.text()).hasSize(TooLongException.LIMIT);
    assertThat(output.overflow().exceptionNow())
        .hasMessage("answered with more than 8 MiB, which is not read");
  }
}
