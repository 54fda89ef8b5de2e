package dev.warren.operator.plan.objects;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a difference is written. */
class DifferenceTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1   | 2   | 1 -> 2",
        "'a' | ''  | a -> ''",
        "log.console.level = info\\na = 1\\n | log.console.level = debug\\na = 1\\n"
            + " | - log.console.level = info, + log.console.level = debug",
        "''  | a = 1\\nb = 2\\n | + a = 1, + b = 2",
        "a = 1\\nb = 2\\n | b = 2\\na = 1\\n | the order of its lines, or blank lines",
      })
  void theOldAndTheNewValueAreShown(String before, String after, String shown) {
    assertThat(of(text(before), text(after))).isEqualTo("field: " + shown);
  }

  @Test
  void anAbsentValueIsNone() {
    assertThat(of(MissingNode.getInstance(), IntNode.valueOf(3))).isEqualTo("field: none -> 3");
    assertThat(of(IntNode.valueOf(3), MissingNode.getInstance())).isEqualTo("field: 3 -> none");
  }

  @Test
  void ofLongValuesThePartThatDiffersIsShown() {
    String start = "x".repeat(100);
    String end = "y".repeat(100);

    assertThat(of(text(start + "old" + end), text(start + "newer" + end)))
        .isEqualTo(
            "field: ...xxxxxxxxxxxxxxxoldyyyyyyyyyyyyyyy..."
                + " -> ...xxxxxxxxxxxxxxxneweryyyyyyyyyyyyyyy...");
  }

  /** A plan is also logged. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://me:s3cret@a/x | http://me:s3cret@b/x",
        "a = 1\\nldap.password = s3cret\\n | a = 1\\nldap.password = other\\n",
        "smtp_token=s3cret | ''",
      })
  void secretsInTextsAreNotShown(String before, String after) {
    assertThat(of(text(before), text(after))).doesNotContain("s3cret").contains("(not shown)");
  }

  @Test
  void ofManyDifferencesFiveAreShown() {
    Difference one = new Difference("a", IntNode.valueOf(1), IntNode.valueOf(2));

    assertThat(Difference.describe(Collections.nCopies(7, one)))
        .isEqualTo("a: 1 -> 2; a: 1 -> 2; a: 1 -> 2; a: 1 -> 2; a: 1 -> 2; and 2 more");
    assertThat(Difference.describe(List.of(one))).isEqualTo("a: 1 -> 2");
  }

  @Property(tries = 500)
  void itIsNeverLongAndDiffersOnBothSides(@ForAll String before, @ForAll String after) {
    String shown = of(text(before), text(after));

    assertThat(shown.length()).isLessThan(600);
    assertThat(shown).startsWith("field: ");
    assertThat(StandardCharsets.UTF_8.newEncoder().canEncode(shown)).isTrue();
  }

  private static String of(JsonNode before, JsonNode after) {
    return new Difference("field", before, after).toString();
  }

  private static JsonNode text(String value) {
    return TextNode.valueOf(value == null ? "" : value.replace("\\n", "\n"));
  }
}
