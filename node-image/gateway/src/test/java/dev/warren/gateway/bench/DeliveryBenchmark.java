package dev.warren.gateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast the messages of a queue reach a URL: by consumers with {@code http}, and by a plain pika
 * consumer that posts each message to the same URL and acknowledges it. The queue is filled first;
 * what is measured is the time from the first request to the last.
 */
final class DeliveryBenchmark {

  private static final String QUEUE = "delivered";
  private static final int MESSAGES = 4000;
  private static final List<Integer> CONCURRENCIES = List.of(1, 10, 100, 1000);
  private static final int LONGEST_SECONDS = 180;

  private static final String PLAIN_CONSUMER =
      """
      template:
        spec:
          securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: post
              image: warren.local/python-pika:3.14
              securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
              command:
                - python3
                - -c
                - |
                  import http.client, os, pika
                  to = http.client.HTTPConnection("HOST", PORT)
                  def post(channel, method, properties, body):
                      to.request("POST", "/", body)
                      to.getresponse().read()
                      channel.basic_ack(method.delivery_tag)
                  channel = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URI"])).channel()
                  channel.basic_qos(prefetch_count=int(os.environ["RABBITMQ_PREFETCH"]))
                  channel.basic_consume(os.environ["RABBITMQ_QUEUE"], post)
                  channel.start_consuming()
      """;

  private final ConnectionFactory factory;
  private final String receiver;
  private final HttpServer server;
  private volatile Arrivals arrivals = new Arrivals();

  /**
   * @param receiver this machine's address, as Pods reach it
   */
  DeliveryBenchmark(Vertx vertx, ConnectionFactory factory, String receiver) throws Exception {
    this.factory = factory;
    this.receiver = receiver;
    this.server =
        vertx
            .createHttpServer()
            .requestHandler(this::receive)
            .listen(0, receiver)
            .toCompletionStage()
            .toCompletableFuture()
            .get(30, SECONDS);
  }

  private static final class Arrivals {
    private final CountDownLatch left = new CountDownLatch(MESSAGES);
    private final AtomicLong first = new AtomicLong();
    private volatile long last;
  }

  void run() throws Exception {
    System.out.println();
    System.out.println("| way | at a time | messages/s |");
    System.out.println("|---|---:|---:|");
    for (int concurrency : CONCURRENCIES) {
      String url = "http://%s:%d/".formatted(receiver, server.actualPort());
      measure(
          "HTTP delivery",
          concurrency,
          "http: {url: '%s', concurrency: %d}\n".formatted(url, concurrency));
    }
    String plain =
        PLAIN_CONSUMER
            .replace("HOST", receiver)
            .replace("PORT", String.valueOf(server.actualPort()));
    measure("plain pika consumer", 1, plain);
  }

  private void measure(String name, int concurrency, String how) throws Exception {
    arrivals = new Arrivals();
    fill();
    apply("  consumers:\n  - name: deliver\n    queue: " + QUEUE + "\n" + how.indent(4));
    if (!arrivals.left.await(LONGEST_SECONDS, SECONDS)) {
      throw new IllegalStateException(
          "%s: %d messages did not arrive".formatted(name, arrivals.left.getCount()));
    }
    double seconds = (arrivals.last - arrivals.first.get()) / 1e9;
    System.out.printf(
        Locale.ROOT, "| %s | %d | %.0f |%n", name, concurrency, (MESSAGES - 1) / seconds);
    apply("");
    kubectl(
        "",
        "wait",
        "--for=delete",
        "pods",
        "--selector=warren.dev/consumer=deliver",
        "--timeout=90s");
  }

  private void receive(HttpServerRequest request) {
    Arrivals now = arrivals;
    now.first.compareAndSet(0, System.nanoTime());
    now.last = System.nanoTime();
    now.left.countDown();
    request.endHandler(whole -> request.response().setStatusCode(204).end());
  }

  private void fill() throws IOException, TimeoutException, InterruptedException {
    byte[] body = "x".repeat(100).getBytes(UTF_8);
    try (Connection connection = factory.newConnection("bench-fill");
        Channel channel = connection.createChannel()) {
      channel.confirmSelect();
      for (int i = 0; i < MESSAGES; i++) {
        channel.basicPublish("", QUEUE, true, MessageProperties.PERSISTENT_BASIC, body);
      }
      channel.waitForConfirmsOrDie(60_000);
    }
  }

  /** Applies the topology that bench-gateway has made, with a consumer or without. */
  private static void apply(String consumers) throws Exception {
    kubectl(System.getenv("BENCH_TOPOLOGY") + "\n" + consumers, "apply", "--filename", "-");
  }

  private static void kubectl(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("kubectl", "--namespace=warren-bench"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(command + ": " + output);
    }
  }
}
