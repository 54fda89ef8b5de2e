package dev.warren.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** A confirming publisher and a consumer on one queue, while something happens to the nodes. */
final class Traffic {

  private static final Duration SOON = Duration.ofSeconds(90);

  private final ClientPod publisher;
  private final ClientPod consumer;

  private Traffic(ClientPod publisher, ClientPod consumer) {
    this.publisher = publisher;
    this.consumer = consumer;
  }

  /**
   * What was counted: messages, the publisher's longest time without a confirm in ms, and how often
   * one of the two lost its connection.
   */
  record Count(
      int confirmed, int delivered, int duplicates, int longestPauseMs, int lostConnections) {}

  /** Starts both. */
  static Traffic start(Topology topology, String queue) {
    return flowing(
        ClientPod.start("publisher", topology, queue),
        ClientPod.start("consumer", topology, queue));
  }

  /** Starts both by TLS. */
  static Traffic startByTls(Topology topology, String queue) {
    return flowing(
        ClientPod.startByTls("publisher", topology, queue),
        ClientPod.startByTls("consumer", topology, queue));
  }

  /** Starts both on a machine that no test takes away. */
  static Traffic start(String machine, Topology topology, String queue) {
    return flowing(
        ClientPod.startOn(machine, "publisher", topology, queue),
        ClientPod.startOn(machine, "consumer", topology, queue));
  }

  /** For two programs that were started before. */
  static Traffic of(ClientPod publisher, ClientPod consumer) {
    return new Traffic(publisher, consumer);
  }

  private static Traffic flowing(ClientPod publisher, ClientPod consumer) {
    Traffic traffic = new Traffic(publisher, consumer);
    traffic.awaitMore(50);
    return traffic;
  }

  /** Waits until that many more messages are confirmed. */
  void awaitMore(int messages) {
    int enough = confirmed() + messages;
    await(messages + " more messages are confirmed")
        .atMost(SOON)
        .until(() -> confirmed() >= enough);
  }

  /** Stops publishing; every confirmed message must arrive. */
  Count stop() {
    JsonNode published = publisher.stop();
    int confirmed = published.path("confirmed").asInt();
    await("every confirmed message arrives")
        // The consumer handles one at a time: some dozens a second beside other tests.
        .atMost(SOON.plus(Duration.ofMillis(30L * confirmed)))
        .untilAsserted(
            () -> {
              JsonNode report = consumer.report();
              assertThat(report.path("complete").asInt())
                  .as("of %d confirmed messages, in an unbroken row of: %s", confirmed, report)
                  .isGreaterThanOrEqualTo(confirmed);
            });
    JsonNode consumed = consumer.report();
    publisher.remove();
    consumer.remove();
    return new Count(
        confirmed,
        consumed.path("complete").asInt(),
        consumed.path("duplicates").asInt(),
        published.path("longestPauseMs").asInt(),
        published.path("lost").asInt() + consumed.path("lost").asInt());
  }

  /** The publisher's longest time without a confirm so far, in ms. */
  int longestPauseMs() {
    return publisher.report().path("longestPauseMs").asInt();
  }

  private int confirmed() {
    return publisher.report().path("confirmed").asInt();
  }
}
