package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadScanTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET / HTTP/1.1\\r\\n\\r\\nbody      | 18 | 2
          GET / HTTP/1.1\\n\\nbody            | 16 | 2
          \\r\\n\\r\\nGET /\\r\\na: b\\r\\n\\r\\nx | 19 | 5
          GET / HTTP/1.1\\r\\na: b            | 20 | 1
          a\\r\\n b\\r\\n\\r\\nc              | 9  | 3
          """)
  void aHeadEndsWithAnEmptyLine(String sent, int length, int lines) {
    HeadScan scan = new HeadScan();

    assertThat(scan.lengthIn(Unpooled.copiedBuffer(unescaped(sent), ISO_8859_1))).isEqualTo(length);
    assertThat(scan.lines()).isEqualTo(lines);
  }

  @Test
  void theEndMayArriveInParts() {
    HeadScan scan = new HeadScan();
    for (String part : new String[] {"G", "ET /\r", "\n", "a: b\r\n", "\r"}) {
      assertThat(scan.lengthIn(Unpooled.copiedBuffer(part, ISO_8859_1))).isEqualTo(part.length());
    }
    assertThat(scan.lengthIn(Unpooled.copiedBuffer("\nrest", ISO_8859_1))).isEqualTo(1);
  }

  private static String unescaped(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n");
  }
}
