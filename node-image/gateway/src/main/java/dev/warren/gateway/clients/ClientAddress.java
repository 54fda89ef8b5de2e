package dev.warren.gateway.clients;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Whom connections belong to: an IPv4 address, or an IPv6 network of 64 bits, because one machine
 * can use all addresses of such a network.
 *
 * @param text the address
 */
public record ClientAddress(String text) {

  /** Until a proxy has said who the client is. */
  public static final ClientAddress NOT_KNOWN_YET = new ClientAddress("a proxy");

  private static final int NETWORK_BYTES = 8;
  private static final int IPV6_BYTES = 16;

  /** The client at the other end of a connection. */
  public static ClientAddress of(SocketAddress remote) {
    return remote instanceof InetSocketAddress internet
        ? of(internet.getAddress())
        : new ClientAddress(String.valueOf(remote));
  }

  /** The client with this address. */
  public static ClientAddress of(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length < IPV6_BYTES) {
      return new ClientAddress(address.getHostAddress());
    }
    Arrays.fill(bytes, NETWORK_BYTES, IPV6_BYTES, (byte) 0);
    try {
      return new ClientAddress(InetAddress.getByAddress(bytes).getHostAddress() + "/64");
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of 16 bytes is valid", e);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
