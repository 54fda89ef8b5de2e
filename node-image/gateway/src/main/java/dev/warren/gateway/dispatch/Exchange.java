package dev.warren.gateway.dispatch;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.RequestNotExecutedException;
import org.apache.hc.core5.http.nio.AsyncRequestProducer;

/** One request and its answer. */
final class Exchange {

  private final HttpClientContext context = HttpClientContext.create();
  private final ReceivedAnswer answer;

  /**
   * @param kept how much of the answer's body is kept, in bytes
   */
  Exchange(int kept) {
    this.answer = new ReceivedAnswer(kept);
  }

  /** Blocks until the answer is there. The client's own timeouts are for parts of it only. */
  Answer run(CloseableHttpAsyncClient client, AsyncRequestProducer request, Duration patience)
      throws InterruptedException, ExecutionException, TimeoutException {
    Future<Answer> exchange = client.execute(request, answer, context, null);
    try {
      return exchange.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } finally {
      exchange.cancel(true);
    }
  }

  /**
   * Whether it failed because of the connection and not of the receiver, which had closed it when
   * the request came, or closed it at the same moment: it was not the first request on this
   * connection, and there was no answer at all.
   */
  boolean failedByItsConnection(Throwable failure) {
    if (failure instanceof RequestNotExecutedException) {
      return true;
    }
    EndpointDetails connection = context.getEndpointDetails();
    return failure instanceof IOException
        && !(failure instanceof InterruptedIOException)
        && !answer.hasBegun()
        && connection != null
        && connection.getRequestCount() > 1
        // HTTP/2 itself says which requests were not processed.
        && context.getProtocolVersion().lessEquals(HttpVersion.HTTP_1_1);
  }
}
