package dev.warren.gateway.dispatch;

import dev.warren.gateway.dispatch.HttpDelivery.Redirects;
import java.util.Optional;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultConnectionKeepAliveStrategy;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClientBuilder;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManager;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.http2.config.H2Config;
import org.apache.hc.core5.reactor.IOReactorConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/** The settings of the client that deliveries are sent with. */
final class DeliveryClient {

  /** Node.js and Apache close an idle connection after 5 s, and most other servers later. */
  private static final TimeValue IDLE = TimeValue.ofSeconds(4);

  /** Zero would mean that there is no limit. */
  private static final TimeValue AT_ONCE = TimeValue.ofMilliseconds(1);

  /** Less than what a server announces: it counts from the answer on, this from its arrival. */
  private static final TimeValue EARLIER = TimeValue.ofSeconds(1);

  /** Of a connection that is in use all the time: so receivers that are added get messages soon. */
  private static final long LEAST_AGE_MILLIS = 2_000;

  /** So that there are no more than a hundred new connections in a second. */
  private static final long AGE_MILLIS_FOR_EACH = 10;

  private static final int MOST_REDIRECTS = 5;

  /** All headers of an answer together. With HTTP/1.1 the client allows a hundred of 8 KiB. */
  private static final int MOST_HEADER_BYTES = 100 * 8 * 1024;

  private DeliveryClient() {}

  /**
   * A client that uses its connections again, and has been started.
   *
   * @param tls how connections with TLS begin; without it, as the system's settings say
   */
  static CloseableHttpAsyncClient reusing(
      HttpDelivery delivery, DnsResolver addresses, Optional<? extends TlsStrategy> tls) {
    return started(
        builder(delivery, addresses, tls)
            .setKeepAliveStrategy((response, context) -> idle(response, context)));
  }

  /** A client that uses each connection once, and has been started. */
  static CloseableHttpAsyncClient once(
      HttpDelivery delivery, DnsResolver addresses, Optional<? extends TlsStrategy> tls) {
    return started(
        builder(delivery, addresses, tls)
            .setConnectionReuseStrategy((request, response, context) -> false)
            // The strategy does not apply to HTTP/2.
            .setKeepAliveStrategy((response, context) -> AT_ONCE));
  }

  private static CloseableHttpAsyncClient started(HttpAsyncClientBuilder builder) {
    CloseableHttpAsyncClient client = builder.build();
    client.start();
    return client;
  }

  private static HttpAsyncClientBuilder builder(
      HttpDelivery delivery, DnsResolver addresses, Optional<? extends TlsStrategy> tls) {
    Timeout timeout = Timeout.of(delivery.timeout());
    HttpAsyncClientBuilder client =
        HttpAsyncClients.custom()
            .setConnectionManager(connections(delivery, addresses, timeout, tls))
            .evictExpiredConnections()
            .setH2Config(
                H2Config.custom()
                    .setMaxHeaderListSize(MOST_HEADER_BYTES)
                    .setPushEnabled(false)
                    .build())
            .setIOReactorConfig(IOReactorConfig.custom().setIoThreadCount(1).build())
            .setDefaultRequestConfig(requests(timeout))
            .setUserAgent("Warren")
            .disableAutomaticRetries()
            .disableAuthCaching()
            .disableCookieManagement()
            .disableContentCompression()
            .disableConnectionState();
    if (delivery.redirects() == Redirects.FOLLOW) {
      client.setRedirectStrategy(new RepeatedRequests());
    } else {
      client.disableRedirectHandling();
    }
    return client;
  }

  private static RequestConfig requests(Timeout timeout) {
    return RequestConfig.custom()
        .setConnectionRequestTimeout(timeout)
        .setResponseTimeout(timeout)
        .setMaxRedirects(MOST_REDIRECTS)
        .setCircularRedirectsAllowed(true)
        .setProtocolUpgradeEnabled(false)
        .build();
  }

  private static PoolingAsyncClientConnectionManager connections(
      HttpDelivery delivery,
      DnsResolver addresses,
      Timeout timeout,
      Optional<? extends TlsStrategy> tls) {
    long age = Math.max(LEAST_AGE_MILLIS, AGE_MILLIS_FOR_EACH * delivery.atATime());
    return PoolingAsyncClientConnectionManagerBuilder.create()
        .setDnsResolver(addresses)
        .setTlsStrategy(tls.orElse(null))
        .setMaxConnPerRoute(delivery.atATime())
        // A request that is redirected may wait for a connection to another host.
        .setMaxConnTotal(2 * delivery.atATime())
        .setDefaultConnectionConfig(
            ConnectionConfig.custom()
                .setConnectTimeout(timeout)
                .setTimeToLive(TimeValue.ofMilliseconds(age))
                .build())
        .build();
  }

  /** How long a connection may wait for its next request. */
  static TimeValue idle(HttpResponse response, HttpContext context) {
    TimeValue announced =
        DefaultConnectionKeepAliveStrategy.INSTANCE.getKeepAliveDuration(response, context);
    long earlier = announced.toMilliseconds() - EARLIER.toMilliseconds();
    return TimeValue.ofMilliseconds(
        Math.clamp(earlier, AT_ONCE.toMilliseconds(), IDLE.toMilliseconds()));
  }
}
