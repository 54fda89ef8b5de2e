package dev.warren.gateway.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderTextTest {

  @ParameterizedTest
  @CsvSource({
    "acme corp,acme corp,acme%20corp,acme%20corp",
    "a-b_c.d~1,a-b_c.d~1,a-b_c.d~1,a-b_c.d~1",
    "50%,50%25,50%25,50%25",
    "' x ',%20x%20,%20x%20,%20x%20",
    "Zürich,Z%C3%BCrich,Z%C3%BCrich,Z%C3%BCrich",
    "'a\r\nb: c',a%0D%0Ab: c,a%0D%0Ab:%20c,a%0D%0Ab%3A%20c",
    "'{\"a\": 1}','{\"a\": 1}','{%22a%22:%201}','%7B%22a%22%3A%201%7D'",
  })
  void isEncodedWhereItMustBe(String text, String value, String attribute, String name) {
    assertThat(HeaderText.value(text)).isEqualTo(value);
    assertThat(HeaderText.attribute(text)).isEqualTo(attribute);
    assertThat(HeaderText.name(text)).isEqualTo(name);
  }

  @Property
  void isWhatItWasWhenItIsDecoded(@ForAll("texts") String text) {
    assertThat(decoded(HeaderText.value(text))).isEqualTo(text);
    assertThat(decoded(HeaderText.attribute(text))).isEqualTo(text);
    assertThat(decoded(HeaderText.name(text))).isEqualTo(text);
  }

  @Property
  void canBeInAHeader(@ForAll("texts") String text) {
    assertThat(HeaderText.value(text)).matches("([!-~]([ -~]*[!-~])?)?");
    assertThat(HeaderText.attribute(text)).matches("[!-~]*");
    assertThat(HeaderText.name(text)).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]*");
  }

  /** What UTF-8 can express, as AMQP asks of names: no half of a pair of surrogates. */
  @Provide
  Arbitrary<String> texts() {
    Arbitrary<String> any =
        Arbitraries.integers()
            .between(0, Character.MAX_CODE_POINT)
            .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
            .map(Character::toString)
            .list()
            .ofMaxSize(20)
            .map(points -> String.join("", points));
    return Arbitraries.oneOf(any, Arbitraries.strings().ascii().ofMaxLength(20));
  }

  private static String decoded(String text) {
    // The class decodes forms, in which a plus is a space.
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }
}
