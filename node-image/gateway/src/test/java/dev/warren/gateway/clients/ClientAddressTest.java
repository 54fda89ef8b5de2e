package dev.warren.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAddressTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.7, 10.0.0.7",
    "::ffff:10.0.0.7, 10.0.0.7",
    "2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64"
  })
  void aClientIsAnAddressOrAnIpv6Network(String address, String client)
      throws UnknownHostException {
    assertThat(ClientAddress.of(InetAddress.getByName(address))).hasToString(client);
  }
}
