package dev.warren.operator.broker;

import dev.warren.operator.broker.BrokerException.Kind;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/**
 * The management API of one node.
 *
 * @param endpoint the address of its management API
 * @param limit how long the node may take to answer
 */
record ManagementApiNode(
    NodeHttp http, NodeAddress endpoint, String username, String password, Duration limit) {

  String send(ManagementApiRequest request) {
    return successful(exchange(request));
  }

  /** The answer; empty when the object of the request does not exist. */
  Optional<String> sendIfThere(ManagementApiRequest request) {
    HttpResponse<String> response = exchange(request);
    return response.statusCode() == HttpURLConnection.HTTP_NOT_FOUND
        ? Optional.empty()
        : Optional.of(successful(response));
  }

  private String successful(HttpResponse<String> response) {
    requireSuccess(response);
    return response.body();
  }

  void requireSuccess(HttpResponse<String> response) {
    if (response.statusCode() / 100 != 2) {
      throw failure(response);
    }
  }

  HttpResponse<String> exchange(ManagementApiRequest request) {
    CompletableFuture<HttpResponse<String>> response =
        http.send(endpoint, httpRequest(request), BoundedBody.handler());
    try {
      // HttpRequest's own timeout ends with the headers, so a node that stalls later would block
      // us.
      return response.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unavailable(e);
    } catch (ExecutionException e) {
      throw unavailable(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException(Kind.UNAVAILABLE, "Interrupted while asking " + name(), e);
    } finally {
      response.cancel(true);
    }
  }

  private HttpRequest httpRequest(ManagementApiRequest request) {
    return HttpRequest.newBuilder(endpoint.url().resolve(request.path()))
        // RabbitMQ's management API gains nothing from HTTP/2.
        .version(HttpClient.Version.HTTP_1_1)
        .header("Authorization", basic(username, password))
        .header("Content-Type", "application/json")
        .method(request.method(), body(request))
        .build();
  }

  private static BodyPublisher body(ManagementApiRequest request) {
    return request.body().isEmpty()
        ? BodyPublishers.noBody()
        : BodyPublishers.ofString(ManagementApiJson.write(request.body()));
  }

  private BrokerException failure(HttpResponse<String> response) {
    int status = response.statusCode();
    ManagementApiJson.ErrorBody body = ManagementApiJson.error(response.body());
    String answer = name() + " answered with HTTP status " + status;
    if (status == 401 && !isRefusal(body)) {
      return new BrokerException(
          Kind.UNAUTHORIZED, name() + " does not accept the operator's credentials");
    }
    if (status / 100 == 4) {
      return new BrokerException(Kind.REFUSED, body.reason().isEmpty() ? answer : body.reason());
    }
    return new BrokerException(
        status == HttpURLConnection.HTTP_INTERNAL_ERROR ? Kind.FAILED : Kind.UNAVAILABLE,
        body.reason().isEmpty() ? answer : answer + ": " + body.reason());
  }

  /** RabbitMQ distinguishes a forbidden request from a wrong password by one letter. */
  private static boolean isRefusal(ManagementApiJson.ErrorBody body) {
    return body.error().equals("not_authorised") || body.reason().equals("Access refused.");
  }

  private BrokerException unavailable(Throwable cause) {
    String what =
        switch (cause) {
          case TimeoutException e -> " did not answer within " + limit.toSeconds() + " s";
          case HttpTimeoutException e -> " did not accept a connection in time";
          case ConnectException e -> " did not accept a connection";
          case SSLException e ->
              " did not prove that it is " + endpoint.identity().host() + ": " + reason(e);
          case TooLongException e -> " of Pod " + endpoint.pod() + " " + e.getMessage();
          default -> " closed the connection";
        };
    return new BrokerException(Kind.UNAVAILABLE, name() + what, cause);
  }

  /** Java's words for the whole handshake hide the reason. */
  private static String reason(SSLException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage();
  }

  private String name() {
    return endpoint.url().getHost() + ":" + endpoint.url().getPort();
  }

  private static String basic(String username, String password) {
    byte[] credentials = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  /** Without the password. */
  @Override
  public String toString() {
    return name();
  }
}
