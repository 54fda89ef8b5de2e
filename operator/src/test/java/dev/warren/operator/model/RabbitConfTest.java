package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.operator.model.RabbitConf.Setting;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class RabbitConfTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "heartbeat=30",
        "heartbeat = 30\n",
        "heartbeat = 30",
        "\t heartbeat\t=\t30 \t\n",
        "heartbeat = 30\r\n",
        "heartbeat = 30 # seconds\n",
        "heartbeat = 30# seconds",
        "heartbeat = '30'\n",
        "heartbeat = '''30''' # seconds\n",
        "heartbeat = '''\n30\n'''\n"
      })
  void readsASettingInAllNotations(String text) {
    RabbitConf conf = RabbitConf.of(text);

    assertThat(conf.settings()).containsExactly(new Setting(1, "heartbeat", "30"));
    assertThat(conf.malformed()).isEmpty();
  }

  @Test
  void countsTheLinesOfALongValueToo() {
    RabbitConf conf =
        RabbitConf.of(
            """
            # a comment

            a.b = 1
              # another
            long = '''
              # no comment
              c = 2
            '''
            d = 3
            """);

    assertThat(conf.settings())
        .extracting(Setting::line, Setting::key)
        .containsExactly(tuple(3, "a.b"), tuple(5, "long"), tuple(9, "d"));
  }

  @Test
  void quotesKeepWhatWouldBeAComment() {
    assertThat(RabbitConf.of("a = 'b#c'\nd = e#f\ng = 'h'\n").settings())
        .extracting(Setting::value)
        .containsExactly("b#c", "e", "h");
  }

  @Test
  void aDotThatIsPartOfAWordHasABackslash() {
    assertThat(RabbitConf.of("loopback_users.a\\.b = true").settings())
        .containsExactly(new Setting(1, "loopback_users.a.b", "true"));
  }

  @Test
  void theLastSettingOfAKeyIsEffective() {
    RabbitConf conf = RabbitConf.of("a = 1\nb = 2\na = 3\n");

    assertThat(conf.effective())
        .containsExactlyInAnyOrder(new Setting(3, "a", "3"), new Setting(2, "b", "2"));
    assertThat(conf.settings()).hasSize(3);
  }

  @Test
  void aFamilyIsAKeyAndAllBelowIt() {
    RabbitConf conf = RabbitConf.of("a.b = 1\na.b.c = 2\na.bc = 3\n");

    assertThat(conf.family("a.b")).extracting(Setting::value).containsExactly("1", "2");
  }

  @Test
  void findsIncludedFiles() {
    assertThat(RabbitConf.of("a = 1\n include conf/*.conf # more\n").settings())
        .contains(new Setting(2, RabbitConf.INCLUDE, "conf/*.conf"));
    assertThat(RabbitConf.of("include = 1").settings())
        .containsExactly(new Setting(1, "include", "1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "a =", "= b", "a: b", "[a]", "a b = c", "a. = b", "a = 'b' c", "$(a) = b"})
  void aLineThatIsNeitherASettingNorACommentIsMalformed(String line) {
    RabbitConf conf = RabbitConf.of("x = 1\n" + line + "\ny = 2\n");

    assertThat(conf.malformed()).containsExactly(2);
    assertThat(conf.settings()).extracting(Setting::key).containsExactly("x", "y");
  }

  @Test
  void variablesAreFoundInValues() {
    assertThat(RabbitConf.of("a = x$(B)y$( C )").settings().getFirst().variables())
        .containsExactly("B", "C");
  }

  @Test
  void readsALongWord() {
    String word = "a".repeat(30_000) + ".b".repeat(17_000);

    assertThat(RabbitConf.of(word + " = 1").settings()).hasSize(1);
    assertThat(RabbitConf.of(word).malformed()).containsExactly(1);
    assertThat(RabbitConf.of("a = '" + word).settings()).hasSize(1);
  }

  @ParameterizedTest
  @NullAndEmptySource
  void anEmptyTextHasNoSettings(String text) {
    assertThat(RabbitConf.of(text).settings()).isEmpty();
  }

  @Property
  void readsAnyText(@ForAll String text) {
    RabbitConf conf = RabbitConf.of(text);

    assertThat(conf.settings().size() + conf.malformed().size())
        .isLessThanOrEqualTo((int) text.lines().count() + 1);
  }
}
