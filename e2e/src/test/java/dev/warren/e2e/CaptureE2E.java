package dev.warren.e2e;

import static dev.warren.e2e.NodeCertificates.AMQPS;
import static dev.warren.e2e.NodeCertificates.DISTRIBUTION;
import static dev.warren.e2e.NodeCertificates.MANAGEMENT;
import static dev.warren.e2e.Topology.THREE_NODES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nothing that matters passes between machines in plain text. */
@Order(4)
class CaptureE2E {

  private static final Duration SOON = Duration.ofSeconds(60);

  /** The gateway's health, which is plain and has no secrets. */
  private static final int HEALTH = 9090;

  /** What is sent so often is in one frame at least once. */
  private static final int TIMES = 10;

  private static final String BY_AMQPS = "marked-9f3c51d0-amqps";
  private static final String BY_GATEWAY = "marked-74ab02e6-gateway";
  private static final String IN_STREAM = "marked-e6b14f70-stream";
  private static final String BY_EXEC = "marked-1d88e05b-exec";
  private static final String IN_PLAIN = "marked-c20f7a9e-plain";

  private static final String SPEC =
      THREE_NODES
          + """
          tls: {clients: Required}
          queues: [{name: work}, {name: events}, {name: requests}, {name: log, type: stream}%s]
          endpoints:
            publish: {port: 8080, tls: {}}
            requestReply: [{name: echo, port: 10000, queue: requests, framing: Line, tls: {}}]
          consumers:
            - {name: notify, queue: events, http: {url: "https://receiver.%s.svc:8080/take", caSecret: receiver}}
            - %s
          """;

  @RegisterExtension static final TestNamespace namespace = new TestNamespace("e2e-capture");

  private static final Topology topology = namespace.topology("watched");
  private static ClientPod receiver;

  @BeforeAll
  static void start() {
    TestCertificate authority = TestCertificate.root("receivers");
    namespace.apply(
        authority
            .leaf("receiver", "receiver.%s.svc".formatted(namespace.name()))
            .asSecret("receiver", authority));
    namespace.apply(
        """
        apiVersion: v1
        kind: Service
        metadata: {name: receiver}
        spec:
          selector: {app: receiver}
          ports: [{port: 8080}]
        """);
    topology.apply(spec("")).awaitReady();
    receiver =
        ClientPod.startWithFiles(
            "receiver", List.of("TLS_FOLDER=" + ClientPod.FILES), "receiver", topology, "events");
  }

  @Test
  void noMessagePasswordOrCookieCanBeRead() throws IOException {
    try (Capture capture = Capture.start()) {
      ClientPod publisher = ClientPod.startByTls("publisher", topology, "work", "MARK=" + BY_AMQPS);
      ClientPod consumer = ClientPod.startByTls("consumer", topology, "work");
      Traffic traffic = Traffic.of(publisher, consumer);
      sendToEveryGateway();
      // The operator and the test speak to the management API.
      topology.apply(spec(", {name: more}")).awaitReady();
      Broker broker = topology.broker();
      assertThat(broker.queues()).contains("more");
      for (int i = 0; i < TIMES; i++) {
        broker.publish("log", IN_STREAM);
      }
      namespace.run(
          "exec",
          topology.nodes().getFirst().getMetadata().getName(),
          "--container=rabbitmq",
          "--",
          "rabbitmqctl",
          "add_user",
          "marked",
          BY_EXEC);
      new Door(topology.nodes().getFirst().getStatus().getPodIP(), HEALTH)
          .sendPlain("GET /%s HTTP/1.0\r\n".formatted(IN_PLAIN));
      traffic.awaitMore(50);
      await("messages are delivered")
          .atMost(SOON)
          .until(() -> receiver.report().path("taken").asInt() >= 3 * TIMES);
      traffic.stop();
      capture.stop();

      assertThat(capture.portsWith(IN_PLAIN.getBytes(UTF_8)))
          .as("what is plain is found")
          .contains(HEALTH);
      for (int port : List.of(AMQPS, MANAGEMENT, DISTRIBUTION, 8080, 10000)) {
        assertThat(capture.frames(port)).as("frames with port " + port).isPositive();
      }
      secrets()
          .forEach(
              (what, secret) ->
                  assertThat(capture.portsWith(secret.getBytes(UTF_8)))
                      .as("ports where the %s passes", what)
                      .isEmpty());
    }
  }

  /** From outside of every machine, so that all of it passes a link. */
  private static void sendToEveryGateway() throws IOException {
    String ca = topology.secret("-connection").get("ca.crt");
    String event =
        "POST /queues/events HTTP/1.1\r\nHost: watched\r\nContent-Type: text/plain\r\n"
            + "Content-Length: %d\r\n\r\n%s".formatted(BY_GATEWAY.length(), BY_GATEWAY);
    for (Pod node : topology.nodes()) {
      String address = node.getStatus().getPodIP();
      SSLContext client = NamedTrust.of(ca, topology.host(node));
      for (int i = 0; i < TIMES; i++) {
        assertThat(new Door(address, 8080).answerTo(event, client)).contains("202");
        assertThat(new Door(address, 10000).answerTo(BY_GATEWAY + "\n", client))
            .isEqualTo(BY_GATEWAY);
      }
    }
  }

  private static Map<String, String> secrets() {
    Map<String, String> secrets = new HashMap<>();
    secrets.put("body of an AMQP message", BY_AMQPS);
    secrets.put("body of a message through the gateway", BY_GATEWAY);
    secrets.put("body of a message in a stream", IN_STREAM);
    secrets.put("password in rabbitmqctl", BY_EXEC);
    secrets.put("Erlang cookie", topology.secret("-erlang-cookie").values().iterator().next());
    for (String account : List.of("-admin", "-connection")) {
      Map<String, String> secret = topology.secret(account);
      String login = secret.get("username") + ":" + secret.get("password");
      secrets.put("password of " + account, secret.get("password"));
      secrets.put(
          "login of " + account + " in HTTP",
          Base64.getEncoder().encodeToString(login.getBytes(UTF_8)));
    }
    return secrets;
  }

  private static String spec(String moreQueues) {
    return SPEC.formatted(
        moreQueues, namespace.name(), ClientPod.asPairOfConsumers("responder", "requests", 10));
  }
}
