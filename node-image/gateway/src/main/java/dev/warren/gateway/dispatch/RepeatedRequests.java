package dev.warren.gateway.dispatch;

import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Follows the redirects that ask to repeat the request as it is. The others would make a GET of it,
 * without the message. A message does not leave TLS.
 */
final class RepeatedRequests extends DefaultRedirectStrategy {

  @Override
  public boolean isRedirected(HttpRequest request, HttpResponse response, HttpContext context)
      throws ProtocolException {
    int status = response.getCode();
    return (status == HttpStatus.SC_TEMPORARY_REDIRECT
            || status == HttpStatus.SC_PERMANENT_REDIRECT)
        && super.isRedirected(request, response, context);
  }

  @Override
  public boolean isRedirectAllowed(
      HttpHost from, HttpHost to, HttpRequest redirected, HttpContext context) {
    return from.getSchemeName().equals(to.getSchemeName()) || to.getSchemeName().equals("https");
  }
}
