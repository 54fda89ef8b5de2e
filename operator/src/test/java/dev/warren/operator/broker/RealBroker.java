package dev.warren.operator.broker;

import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.NodeShell.Result;
import dev.warren.operator.model.ClientTrust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The RabbitMQ that {@code make test-node} starts. */
final class RealBroker {

  static final URI URL = URI.create(required("WARREN_BROKER_URL"));
  static final String USER = required("WARREN_BROKER_USER");
  static final String PASSWORD = required("WARREN_BROKER_PASSWORD");

  /** The name in its certificate. */
  static final String HOST = required("WARREN_BROKER_HOST");

  static final String AUTHORITY = read(Path.of(required("WARREN_BROKER_CA")));

  static final NodeHttp HTTP = new NodeHttp(HttpClient.newBuilder(), System::nanoTime);

  static final NodeAddress NODE =
      new NodeAddress("orders-0", URL, new NodeIdentity("shop/orders", HOST, AUTHORITY));

  private static final List<NodeAddress> NODES = List.of(NODE);

  /** What runs a command in its container. */
  private static final List<String> EXEC = List.of(required("WARREN_BROKER_EXEC").split(" "));

  private RealBroker() {}

  static BrokerClient client() {
    return client(USER, PASSWORD);
  }

  static BrokerClient client(String user, String password) {
    return new TopologyBroker(
        new ManagementApiBrokerClient(HTTP, NODES, user, password),
        new AmqpBindings(
                NODES,
                user,
                password,
                new ClientTls(new ClientTrust(Optional.of(AUTHORITY), Optional.empty()), HOST))
            ::carryOut,
        (pod, limit, command) -> run(command),
        FakeShell.NODES,
        Clock.systemUTC());
  }

  private static Result run(String... command) {
    try {
      Process process =
          new ProcessBuilder(Stream.concat(EXEC.stream(), Stream.of(command)).toList())
              .redirectErrorStream(true)
              .start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new BrokerException(Kind.UNAVAILABLE, "the command cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException(Kind.UNAVAILABLE, "it was interrupted", e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String required(String variable) {
    return Objects.requireNonNull(
        System.getenv(variable), variable + " is not set: run this test by `make test-node`");
  }
}
