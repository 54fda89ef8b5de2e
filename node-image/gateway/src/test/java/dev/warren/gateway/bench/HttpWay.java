package dev.warren.gateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.Map;

/** Requests to a URL over persistent connections. */
final class HttpWay implements Way {

  private static final int MOST_CONNECTIONS = 1000;

  private final HttpClient client;
  private final RequestOptions request;
  private final Buffer body;
  private final int accepted;
  private final int messages;

  HttpWay(
      Vertx vertx,
      String url,
      Map<String, String> headers,
      Buffer body,
      int accepted,
      int messages) {
    // The nodes of the test bed are reached by address, which is not in their certificates.
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setMaxPoolSize(MOST_CONNECTIONS)
                .setTrustAll(true)
                .setVerifyHost(false));
    this.request = new RequestOptions().setMethod(HttpMethod.POST).setAbsoluteURI(url);
    headers.forEach(request::putHeader);
    this.body = body;
    this.accepted = accepted;
    this.messages = messages;
  }

  @Override
  public int messages() {
    return messages;
  }

  @Override
  public Future<?> open(int concurrency) {
    return Future.succeededFuture();
  }

  @Override
  public Future<?> once(int number) {
    return client
        .request(new RequestOptions(request))
        .compose((HttpClientRequest open) -> open.send(body))
        .compose(
            response ->
                response
                    .body()
                    .compose(
                        text ->
                            response.statusCode() == accepted
                                ? Future.succeededFuture()
                                : Future.failedFuture(response.statusCode() + ": " + text)));
  }

  @Override
  public void close() {
    client.close();
  }
}
