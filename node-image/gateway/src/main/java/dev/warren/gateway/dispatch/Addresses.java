package dev.warren.gateway.dispatch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Finds the addresses of hosts. The first one, which the client tries first, is another one each
 * time: so connections are spread over all addresses of a host.
 */
final class Addresses implements DnsResolver {

  private final AtomicInteger turn = new AtomicInteger();

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    return rotated(InetAddress.getAllByName(host));
  }

  /** The same addresses, beginning with the next one. */
  InetAddress[] rotated(InetAddress[] addresses) {
    List<InetAddress> all = Arrays.asList(addresses.clone());
    Collections.rotate(all, -(turn.getAndIncrement() % all.size()));
    return all.toArray(InetAddress[]::new);
  }

  @Override
  public String resolveCanonicalHostname(String host) throws UnknownHostException {
    return InetAddress.getByName(host).getCanonicalHostName();
  }
}
