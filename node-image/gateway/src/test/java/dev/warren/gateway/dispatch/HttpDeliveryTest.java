package dev.warren.gateway.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.AMQP.BasicProperties;
import dev.warren.gateway.dispatch.HttpDelivery.ContentMode;
import dev.warren.gateway.dispatch.HttpDelivery.DeadLetterTarget;
import dev.warren.gateway.dispatch.HttpDelivery.Method;
import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import dev.warren.gateway.dispatch.HttpDelivery.Retry;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpDeliveryTest {
  private static final String JSON =
      """
      {"consumer":"notify","url":"http://shop.default/notify","method":"PUT","timeoutMillis":5000,
       "concurrency":8,"ordered":false,"contentMode":"Structured","redirects":"Follow",
       "retry":{"maxAttempts":10,"initialDelayMillis":1000,"maxDelayMillis":60000},
       "deadLetter":{"exchange":"","routingKey":"shipments.failed"}}""";

  @Test
  void readsWhatTheOperatorWrites() throws Exception {
    assertThat(read(JSON))
        .isEqualTo(
            new HttpDelivery(
                "notify",
                URI.create("http://shop.default/notify"),
                Method.PUT,
                5_000,
                8,
                false,
                ContentMode.STRUCTURED,
                Redirects.FOLLOW,
                new Retry(10, 1_000, 60_000),
                new DeadLetterTarget("", "shipments.failed"),
                null));
  }

  @Test
  void keepsTheRoutingKeyOfADeadLetterUnlessItNamesAnother() {
    QueuedMessage message =
        new QueuedMessage("order.paid", false, new BasicProperties(), new byte[0]);

    assertThat(new DeadLetterTarget("failed", null).routingKey(message)).isEqualTo("order.paid");
    assertThat(new DeadLetterTarget("", "q").routingKey(message)).isEqualTo("q");
  }

  @Test
  void deliversOneAtATimeWhenOrdered() throws Exception {
    assertThat(read(JSON).atATime()).isEqualTo(8);
    assertThat(read(JSON.replace("\"ordered\":false", "\"ordered\":true")).atATime()).isOne();
  }

  @ParameterizedTest
  @CsvSource({
    "http://shop.default/notify, http://shop.default/notify",
    "https://user:secret@shop:8443/a/b?token=secret, https://shop:8443/a/b",
    "http://shop?to=a@b, http://shop",
  })
  void showsNoSecretsOfItsUrl(String url, String shown) throws Exception {
    assertThat(read(JSON.replace("http://shop.default/notify", url)).shownUrl()).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({
    "\"timeoutMillis\":5000,\"timeoutMillis\":0,timeoutMillis",
    "\"concurrency\":8,\"concurrency\":0,concurrency",
    "\"maxAttempts\":10,\"maxAttempts\":0,retry.maxAttempts",
    "\"initialDelayMillis\":1000,\"initialDelayMillis\":-1,retry.initialDelayMillis",
    "\"maxDelayMillis\":60000,\"maxDelayMillis\":999,retry.maxDelayMillis",
    "\"url\",\"uri\",url",
    "\"PUT\",\"DELETE\",DELETE",
  })
  void refusesAnInvalidConfiguration(String right, String wrong, String named) {
    assertThat(JSON).contains(right);
    assertThatThrownBy(() -> read(JSON.replace(right, wrong)))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining(named);
  }

  private static HttpDelivery read(String json) throws JsonProcessingException {
    return new ObjectMapper().readValue(json, HttpDelivery.class);
  }
}
