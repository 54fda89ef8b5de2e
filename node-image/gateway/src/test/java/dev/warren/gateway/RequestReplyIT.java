package dev.warren.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.warren.gateway.config.Framing;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.config.RequestReplyEndpoint;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests over TCP, answered by consumers of a real RabbitMQ. */
class RequestReplyIT {

  private static final int NEVER = 20_000;
  private static final String QUEUE = "echo";
  private static final RequestReplyEndpoint ENDPOINT =
      TestEndpoints.requestReply("echo", 0, QUEUE, Framing.RAW, 5000, 65536, 2000, 2000, 60_000);

  private static Vertx vertx;
  private static TestBroker broker;

  private EndpointServers servers;

  @BeforeAll
  static void startEchoing() throws Exception {
    vertx = Vertx.vertx();
    broker = new TestBroker("gateway-request-reply");
    broker.declareQueue(QUEUE);
    broker.declareQueue("nobody", Map.of("x-queue-type", "classic"));
    Channel channel = broker.channel();
    channel.basicQos(200);
    channel.basicConsume(QUEUE, false, new Echo(channel));
  }

  @AfterAll
  static void stopEchoing() throws Exception {
    broker.remove();
    vertx.close();
  }

  @AfterEach
  void close() {
    if (servers != null) {
      servers.close();
    }
  }

  @Test
  void aClientThatClosesItsSideGetsTheReplyAndTheConnectionEnds() throws Exception {
    int port = serve(ENDPOINT);
    try (Socket client = connect(port)) {
      client.getOutputStream().write("hello".getBytes(UTF_8));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("hello");
    }
  }

  @Test
  void aClientThatFallsSilentGetsTheReplyAndTheConnectionEnds() throws Exception {
    int port = serve(ENDPOINT);
    byte[] request = new byte[60_000];
    request[59_999] = 1;
    try (Socket client = connect(port)) {
      client.getOutputStream().write(request);
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(request);
    }
  }

  @Test
  void aThousandConcurrentClientsGetTheirOwnReplies() throws Exception {
    int port = serve(ENDPOINT);
    CountDownLatch all = new CountDownLatch(1000);
    List<Callable<String>> clients = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      String request = "request of client " + i + "x".repeat(i);
      expected.add(request);
      clients.add(
          () -> {
            try (Socket client = connect(port)) {
              all.countDown();
              all.await();
              client.getOutputStream().write(request.getBytes(UTF_8));
              client.shutdownOutput();
              return new String(client.getInputStream().readAllBytes(), UTF_8);
            }
          });
    }
    List<String> replies = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> reply : threads.invokeAll(clients)) {
        replies.add(reply.get());
      }
    }
    assertThat(replies).isEqualTo(expected);
  }

  @Test
  void linesThatAreSentTogetherAreAnsweredInOrder() throws Exception {
    int port = serve(with(Framing.LINE, QUEUE, 5000));
    StringBuilder requests = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      requests.append("line ").append(i).append(i % 2 == 0 ? "\n" : "\r\n");
      expected.add("line " + i);
    }
    try (Socket client = connect(port)) {
      client.getOutputStream().write(requests.toString().getBytes(UTF_8));
      client.shutdownOutput();
      assertThat(new String(client.getInputStream().readAllBytes(), UTF_8).lines().toList())
          .isEqualTo(expected);
    }
  }

  @Test
  void aConnectionServesLengthPrefixedRequestsInTurn() throws Exception {
    int port = serve(with(Framing.LENGTH_PREFIXED, QUEUE, 5000));
    try (Socket client = connect(port)) {
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      DataInputStream in = new DataInputStream(client.getInputStream());
      for (String request : List.of("one", "", "three\n")) {
        out.writeInt(request.length());
        out.writeBytes(request);
        assertThat(new String(in.readNBytes(in.readInt()), UTF_8)).isEqualTo(request);
      }
    }
  }

  @Test
  void aMissingQueueIsReportedAtOnce() throws Exception {
    assertThat(answerToALine(serve(with(Framing.LINE, "missing", NEVER)), "hello"))
        .isEqualTo("!error unroutable no queue takes the message");
  }

  @Test
  void aRequestWithoutAReplyGetsAnError() throws Exception {
    assertThat(answerToALine(serve(with(Framing.LINE, "nobody", 200)), "hello"))
        .isEqualTo("!error timeout there was no answer in time");
    try (Channel channel = broker.channel()) {
      await().until(() -> channel.messageCount("nobody") == 0);
    }
  }

  @Test
  void aRawRequestWithoutAReplyEndsWithoutBytes() throws Exception {
    int port = serve(with(Framing.RAW, "nobody", 200));
    try (Socket client = connect(port)) {
      client.getOutputStream().write("hello".getBytes(UTF_8));
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void anErrorToALengthPrefixedRequestHasANegativeLength() throws Exception {
    int port = serve(with(Framing.LENGTH_PREFIXED, "missing", NEVER));
    try (Socket client = connect(port)) {
      DataOutputStream out = new DataOutputStream(client.getOutputStream());
      DataInputStream in = new DataInputStream(client.getInputStream());
      out.writeInt(0);
      int length = in.readInt();
      assertThat(length).isNegative();
      assertThat(new String(in.readNBytes(-length), UTF_8)).startsWith("unroutable ");
    }
  }

  @Test
  void aRequestThatIsTooLongIsRefusedWhileTheClientStillSends() throws Exception {
    int port = serve(with(Framing.LINE, QUEUE, 5000));
    try (Socket client = connect(port)) {
      client.getOutputStream().write(new byte[1_000_000]);
      assertThat(client.getInputStream().readAllBytes())
          .asString(UTF_8)
          .isEqualTo("!error too-large the request is longer than 65536 bytes\n");
    }
  }

  @Test
  void aLateReplyReachesNobody() throws Exception {
    broker.declareQueue("late");
    try (Channel channel = broker.channel()) {
      List<String> asked = new ArrayList<>();
      channel.basicConsume(
          "late",
          true,
          new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(
                String tag, Envelope envelope, BasicProperties properties, byte[] body)
                throws IOException {
              asked.add(new String(body, UTF_8));
              if (asked.size() == 2) {
                // First the late reply to the first request, then the reply to this one.
                reply(properties, "late", firstId);
                reply(properties, "second", properties.getCorrelationId());
              } else {
                firstId = properties.getCorrelationId();
              }
            }

            private String firstId;

            private void reply(BasicProperties request, String text, String id) throws IOException {
              channel.basicPublish(
                  "",
                  request.getReplyTo(),
                  new BasicProperties.Builder().correlationId(id).build(),
                  text.getBytes(UTF_8));
            }
          });
      int port = serve(with(Framing.LINE, "late", 500));
      try (Socket client = connect(port)) {
        assertThat(answerToALine(client, "first")).startsWith("!error timeout ");
        assertThat(answerToALine(client, "second")).isEqualTo("second");
      }
    }
  }

  @Test
  void aBrokerThatGoesAwayIsReportedAtOnceAndTheNextRequestIsServed() throws Exception {
    try (BrokerProxy proxy = new BrokerProxy(vertx, TestBroker.host(), 5672)) {
      ConnectionFactory through = broker.factory();
      through.setHost("localhost");
      through.setPort(proxy.port());
      int port = serve(through, with(Framing.LINE, "nobody", NEVER));
      try (Socket client = connect(port)) {
        client.getOutputStream().write("hello\n".getBytes(UTF_8));
        try (Channel channel = broker.channel()) {
          await().until(() -> channel.messageCount("nobody") == 1);
          channel.queuePurge("nobody");
        }
        proxy.cut();
        assertThat(line(client)).startsWith("!error unavailable ");
        assertThat(answerToALine(client, "while it is away")).startsWith("!error unavailable ");
        assertThat(servers.areReady()).isFalse();
      }

      proxy.restore();
      await().until(servers::areReady);
      servers.apply(config(with(Framing.LINE, QUEUE, 5000)));
      assertThat(answerToALine(port, "again")).isEqualTo("again");
    }
  }

  @Test
  void tooManyRequestsAreRefusedAndLaterServed() throws Exception {
    int port =
        serve(
            TestEndpoints.requestReply("few", 0, "nobody", Framing.LINE, 1000, 100, 2, 1, 60_000));
    try (Socket first = connect(port);
        Socket second = connect(port)) {
      first.getOutputStream().write("waits\n".getBytes(UTF_8));
      try (Channel channel = broker.channel()) {
        await().until(() -> channel.messageCount("nobody") == 1);
      }
      assertThat(answerToALine(second, "one too many")).startsWith("!error overloaded ");
      assertThat(answerToALine(port, "a connection too many")).startsWith("!error overloaded ");
      assertThat(line(first)).startsWith("!error timeout ");
      assertThat(answerToALine(second, "now there is room")).startsWith("!error timeout ");
    }
  }

  @Test
  void anIncompleteRequestIsRefusedAfterItsTime() throws Exception {
    int port = serve(with(Framing.LINE, QUEUE, 300));
    try (Socket client = connect(port)) {
      client.getOutputStream().write("hel".getBytes(UTF_8));
      assertThat(client.getInputStream().readAllBytes())
          .asString(UTF_8)
          .isEqualTo("!error timeout the request did not come within 300 ms\n");
    }
  }

  @Test
  void aPortInUseIsServedOnceItIsFreeAndTheOthersMeanwhile() throws Exception {
    RequestReplyEndpoint other = with(Framing.LINE, QUEUE, 5000);
    RequestReplyEndpoint taken;
    try (ServerSocket somebody = new ServerSocket(0)) {
      taken =
          TestEndpoints.requestReply(
              "taken", somebody.getLocalPort(), QUEUE, Framing.LINE, 5000, 100, 10, 10, 60_000);
      servers = new EndpointServers(broker.factory(), vertx, new SimpleMeterRegistry());
      servers.apply(config(taken, other));
      await()
          .untilAsserted(
              () -> assertThat(answerToALine(servers.portOf(other), "a")).isEqualTo("a"));
      assertThat(servers.areReady()).isFalse();
    }
    servers.apply(config(taken, other));
    await().until(servers::areReady);
    assertThat(answerToALine(taken.port(), "b")).isEqualTo("b");

    servers.apply(config(other));
    await()
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> connect(taken.port()).close())
                    .isInstanceOf(IOException.class));
    assertThat(answerToALine(servers.portOf(other), "c")).isEqualTo("c");
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    int port =
        serve(TestEndpoints.requestReply("idle", 0, QUEUE, Framing.LINE, 5000, 100, 10, 10, 100));
    try (Socket client = connect(port)) {
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
  }

  @Test
  void aStopAnswersWaitingRequestsAndRefusesNewConnections() throws Exception {
    int port = serve(with(Framing.LINE, "nobody", 1000));
    try (Socket client = connect(port)) {
      client.getOutputStream().write("hello\n".getBytes(UTF_8));
      try (Channel channel = broker.channel()) {
        await().until(() -> channel.messageCount("nobody") == 1);
      }
      servers.drain(Duration.ofSeconds(10));
      assertThat(client.getInputStream().readAllBytes())
          .asString(UTF_8)
          .startsWith("!error timeout ");
    }
    await()
        .untilAsserted(
            () -> assertThatThrownBy(() -> connect(port).close()).isInstanceOf(IOException.class));
  }

  private static final class Echo extends DefaultConsumer {

    Echo(Channel channel) {
      super(channel);
    }

    @Override
    public void handleDelivery(
        String tag, Envelope envelope, BasicProperties properties, byte[] body) throws IOException {
      getChannel()
          .basicPublish(
              "",
              properties.getReplyTo(),
              new BasicProperties.Builder().correlationId(properties.getCorrelationId()).build(),
              body);
      getChannel().basicAck(envelope.getDeliveryTag(), false);
    }
  }

  private static RequestReplyEndpoint with(Framing framing, String queue, long timeoutMillis) {
    return TestEndpoints.requestReply(
        queue, 0, queue, framing, timeoutMillis, 65536, 100, 1000, 60_000);
  }

  private static GatewayConfig config(RequestReplyEndpoint... endpoints) {
    return new GatewayConfig(List.of(endpoints), Optional.empty(), Set.of(), Set.of());
  }

  private int serve(RequestReplyEndpoint endpoint) {
    return serve(broker.factory(), endpoint);
  }

  private int serve(ConnectionFactory factory, RequestReplyEndpoint endpoint) {
    servers = new EndpointServers(factory, vertx, new SimpleMeterRegistry());
    servers.apply(config(endpoint));
    await().until(servers::areReady);
    return servers.portOf(endpoint);
  }

  /** With a timeout, so that a test fails instead of hanging. */
  private static Socket connect(int port) throws IOException {
    Socket client = new Socket("localhost", port);
    client.setSoTimeout(10_000);
    return client;
  }

  private static String answerToALine(int port, String request) throws IOException {
    try (Socket client = connect(port)) {
      return answerToALine(client, request);
    }
  }

  private static String answerToALine(Socket client, String request) throws IOException {
    client.getOutputStream().write((request + "\n").getBytes(UTF_8));
    return line(client);
  }

  private static String line(Socket client) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int read = client.getInputStream().read(); read != '\n'; ) {
      if (read < 0) {
        throw new IOException("the connection ended within a line: " + line);
      }
      line.append((char) read);
      read = client.getInputStream().read();
    }
    return line.toString();
  }
}
