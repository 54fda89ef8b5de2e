package dev.warren.gateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What TLS costs a client that publishes to a quorum queue of three members, and the nodes: {@code
 * make bench-tls} gives it the nodes. Both ways are measured in turns, because what else the
 * machine does changes.
 */
public final class TlsBenchmark {

  private static final int ROUNDS = 5;

  /** So many messages of the connection are unconfirmed at a time. */
  private static final int UNCONFIRMED = 200;

  private static final Duration WARM_UP = Duration.ofSeconds(3);
  private static final Duration MEASURED = Duration.ofSeconds(9);
  private static final byte[] BODY = "x".repeat(1024).getBytes(UTF_8);
  private static final String QUEUE = "published";

  private static final List<MeasuredProcess> NODES =
      Stream.of(required("BENCH_BROKER_PIDS").split(" "))
          .map(pid -> new MeasuredProcess(Long.parseLong(pid)))
          .toList();
  private static final MeasuredProcess CLIENT = new MeasuredProcess(ProcessHandle.current().pid());

  private TlsBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, ConnectionFactory> ways = new TreeMap<>();
    ways.put("AMQP", factory(5672));
    ConnectionFactory secure = factory(5671);
    secure.useSslProtocol(trusting(required("BENCH_CA")));
    ways.put("AMQPS", secure);
    Map<String, List<Double>> ofNodes = new TreeMap<>();

    System.out.println("1 KiB, one connection; processor time is in ms for 1,000 messages.");
    System.out.println("| way | round | messages/s | p50 ms | p99 ms | three nodes | client |");
    System.out.println("|---|---:|---:|---:|---:|---:|---:|");
    for (int round = 1; round <= ROUNDS; round++) {
      for (Map.Entry<String, ConnectionFactory> way : ways.entrySet()) {
        double nodes = measure(way.getKey(), round, way.getValue());
        ofNodes.computeIfAbsent(way.getKey(), name -> new ArrayList<>()).add(nodes);
      }
    }
    ofNodes.forEach(
        (way, rounds) ->
            System.out.printf(
                Locale.ROOT,
                "%s: three nodes, middle of %d rounds: %.0f ms for 1,000 messages%n",
                way,
                ROUNDS,
                rounds.stream().sorted().toList().get(ROUNDS / 2)));
  }

  /** Prints what was measured, and returns the nodes' processor time in ms for 1,000 messages. */
  private static double measure(String name, int round, ConnectionFactory factory)
      throws Exception {
    try (ConfirmedWay way = new ConfirmedWay(factory, QUEUE, BODY)) {
      double nodes = nodesSeconds();
      double client = CLIENT.processorSeconds();
      ClosedLoop.Result result = ClosedLoop.run(way, UNCONFIRMED, WARM_UP, MEASURED);
      // The warm-up's messages are not counted, but were about as many a second.
      double thousands = result.perSecond() * WARM_UP.plus(MEASURED).toSeconds() / 1000;
      double ofNodes = (nodesSeconds() - nodes) * 1000 / thousands;
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %.0f | %.2f | %.2f | %.0f | %.0f |%n",
          name,
          round,
          result.perSecond(),
          result.p50Millis(),
          result.p99Millis(),
          ofNodes,
          (CLIENT.processorSeconds() - client) * 1000 / thousands);
      return ofNodes;
    } finally {
      purge(factory);
    }
  }

  private static double nodesSeconds() {
    return NODES.stream().mapToDouble(MeasuredProcess::processorSeconds).sum();
  }

  private static void purge(ConnectionFactory factory) throws IOException, TimeoutException {
    try (Connection connection = factory.newConnection("bench-purge");
        Channel channel = connection.createChannel()) {
      channel.queuePurge(QUEUE);
    }
  }

  private static ConnectionFactory factory(int port) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(required("BENCH_HOST"));
    factory.setPort(port);
    factory.setVirtualHost(required("BENCH_VHOST"));
    factory.setUsername(required("BENCH_USER"));
    factory.setPassword(required("BENCH_PASSWORD"));
    return factory;
  }

  /** The name is not verified: the node is reached by its address. */
  private static SSLContext trusting(String ca) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(ca.getBytes(UTF_8)))) {
      trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  private static String required(String variable) {
    return Objects.requireNonNull(
        System.getenv(variable), variable + " is not set: run this by `make bench-tls`");
  }
}
