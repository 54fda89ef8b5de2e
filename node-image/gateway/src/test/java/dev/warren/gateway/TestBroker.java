package dev.warren.gateway;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** A virtual host of its own on a real RabbitMQ: {@code make test-node} starts it. */
final class TestBroker {

  private static final URI URL = ManagementApi.URL;
  private static final String USER = ManagementApi.USER;
  private static final String PASSWORD = ManagementApi.PASSWORD;
  private static final HttpClient HTTP = ManagementApi.HTTP;

  private final String vhost;
  private final Connection connection;

  /** An empty virtual host. */
  TestBroker(String vhost) throws Exception {
    this.vhost = vhost;
    management("DELETE", "/api/vhosts/" + vhost, "");
    management("PUT", "/api/vhosts/" + vhost, "{\"default_queue_type\": \"quorum\"}");
    permit(USER, ".*");
    connection = factory().newConnection("test");
  }

  static String host() {
    return URL.getHost();
  }

  ConnectionFactory factory() {
    return factory(USER, PASSWORD);
  }

  ConnectionFactory factory(String user, String password) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost(host());
    factory.setUsername(user);
    factory.setPassword(password);
    factory.setVirtualHost(vhost);
    return factory;
  }

  Channel channel() throws Exception {
    return connection.createChannel();
  }

  void declareQueue(String name) throws Exception {
    declareQueue(name, Map.of("x-queue-type", "quorum"));
  }

  void declareQueue(String name, Map<String, Object> arguments) throws Exception {
    try (Channel channel = channel()) {
      channel.queueDeclare(name, true, false, false, arguments);
    }
  }

  /** A user with write permission for a pattern only. */
  void addUser(String name, String password, String writes) throws Exception {
    management(
        "PUT", "/api/users/" + name, "{\"password\": \"%s\", \"tags\": \"\"}".formatted(password));
    permit(name, writes);
  }

  void removeUser(String name) throws Exception {
    management("DELETE", "/api/users/" + name, "");
  }

  /** Removes it and all that is in it. */
  void remove() throws Exception {
    connection.close();
    management("DELETE", "/api/vhosts/" + vhost, "");
  }

  private void permit(String user, String writes) throws Exception {
    management(
        "PUT",
        "/api/permissions/" + vhost + "/" + user,
        "{\"configure\": \".*\", \"write\": \"%s\", \"read\": \".*\"}".formatted(writes));
  }

  private static void management(String method, String path, String body) throws Exception {
    String credentials =
        Base64.getEncoder()
            .encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
    HttpRequest request =
        HttpRequest.newBuilder(URL.resolve(path))
            .header("Authorization", "Basic " + credentials)
            .method(method, BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
    boolean gone = method.equals("DELETE") && response.statusCode() == 404;
    if (response.statusCode() >= 300 && !gone) {
      throw new IllegalStateException(request + " " + response.statusCode() + response.body());
    }
  }
}
