package dev.warren.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DestinationTest {

  @ParameterizedTest
  @CsvSource({
    "/queues/hello, '', hello",
    "/queues/a%2Fb, '', a/b",
    "/queues/a%20b+c, '', a b+c",
    "/queues/%E6%97%A5, '', 日",
    "/queues/日, '', 日",
    "/queues/.., '', ..",
    "/exchanges/events/order.new, events, order.new",
    "/exchanges/events/a%2Fb, events, a/b",
    "/exchanges/events/, events, ''",
    "/exchanges/events, events, ''",
    "/exchanges/queues/queues, queues, queues"
  })
  void aPathNamesADestination(String path, String exchange, String routingKey) throws HttpProblem {
    assertThat(Destination.ofPath(path)).isEqualTo(new Destination(exchange, routingKey));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 404",
    "/, 404",
    "/queues, 404",
    "/queues/a/b, 404",
    "/exchanges/e/r/k, 404",
    "/Queues/a, 404",
    "x/queues/a, 404",
    "queues/a, 404",
    "/queues/, 400",
    "/exchanges//k, 400",
    "/queues/%, 400",
    "/queues/%4, 400",
    "/queues/%4g, 400",
    "/queues/%-1, 400",
    "/queues/%FF, 400",
    "/queues/%C0%AF, 400"
  })
  void anyOtherPathIsRefused(String path, int status) {
    assertThat(refusalOf(path).status()).isEqualTo(status);
  }

  @Property
  void anyNameIsReadBackFromItsEncodedForm(@ForAll @StringLength(min = 1, max = 60) String name)
      throws HttpProblem {
    String wellFormed = new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    String encoded = URLEncoder.encode(wellFormed, StandardCharsets.UTF_8).replace("+", "%20");
    assertThat(Destination.ofPath("/exchanges/e/" + encoded).routingKey()).isEqualTo(wellFormed);
  }

  @ParameterizedTest
  @CsvSource({"255, true", "256, false"})
  void aNameHas255BytesAtMost(int bytes, boolean taken) throws HttpProblem {
    String path = "/queues/" + "%41".repeat(bytes);
    if (taken) {
      assertThat(Destination.ofPath(path).routingKey()).isEqualTo("A".repeat(bytes));
    } else {
      assertThat(refusalOf(path).status()).isEqualTo(400);
    }
  }

  private static HttpProblem refusalOf(String path) {
    HttpProblem problem = catchThrowableOfType(HttpProblem.class, () -> Destination.ofPath(path));
    assertThat(problem).as(path).isNotNull();
    return problem;
  }
}
