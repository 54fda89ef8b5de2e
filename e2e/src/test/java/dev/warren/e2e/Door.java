package dev.warren.e2e;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509TrustManager;

/** A port of a Pod that speaks TLS, as somebody sees it who connects. */
record Door(String address, int port) {

  static final Comparator<Door> ORDER =
      Comparator.comparing(Door::address).thenComparingInt(Door::port);

  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** RabbitMQ answers this with a method frame, if the client may go on. */
  private static final byte[] AMQP = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

  private static final int METHOD_FRAME = 1;

  /** Whether a plain connection can be made. */
  boolean isOpen() {
    try (Socket socket = connect()) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * What it presents, whether that can be trusted or not. Also of a door that then wants the
   * client's certificate.
   */
  X509Certificate certificate() {
    AtomicReference<X509Certificate> presented = new AtomicReference<>();
    try (Socket plain = connect();
        SSLSocket secure =
            (SSLSocket)
                anyone(presented).getSocketFactory().createSocket(plain, address, port, true)) {
      secure.startHandshake();
    } catch (IOException e) {
      if (presented.get() == null) {
        throw new UncheckedIOException(this.toString(), e);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return presented.get();
  }

  /**
   * Whether RabbitMQ lets a client begin with AMQP. With TLS 1.3 a client learns only from the
   * first answer that its certificate is refused.
   *
   * @throws SSLException when the client does not trust what it sees
   */
  boolean acceptsAmqp(SSLContext client) throws IOException {
    try (Socket plain = connect();
        SSLSocket secure =
            (SSLSocket) client.getSocketFactory().createSocket(plain, address, port, true)) {
      try {
        secure.startHandshake();
      } catch (SocketException e) {
        // It has hung up while the client still sent its part.
        return false;
      }
      try {
        secure.getOutputStream().write(AMQP);
        return secure.getInputStream().read() == METHOD_FRAME;
      } catch (IOException e) {
        return false;
      }
    }
  }

  /** Sends a text by TLS, and returns the first line of what is answered. */
  String answerTo(String text, SSLContext client) throws IOException {
    try (Socket plain = connect();
        Socket secure = client.getSocketFactory().createSocket(plain, address, port, true)) {
      secure.getOutputStream().write(text.getBytes(US_ASCII));
      return new BufferedReader(new InputStreamReader(secure.getInputStream(), US_ASCII))
          .readLine();
    }
  }

  /** Sends a line in plain text, whatever becomes of it. */
  void sendPlain(String text) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write((text + "\r\n").getBytes(US_ASCII));
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(address, port), (int) LIMIT.toMillis());
    socket.setSoTimeout((int) LIMIT.toMillis());
    return socket;
  }

  private static SSLContext anyone(AtomicReference<X509Certificate> presented)
      throws GeneralSecurityException {
    return NamedTrust.context(
        new X509TrustManager() {
          @Override
          public void checkServerTrusted(X509Certificate[] chain, String authType) {
            presented.set(chain[0]);
          }

          @Override
          public void checkClientTrusted(X509Certificate[] chain, String authType) {
            throw new IllegalStateException("this is a client");
          }

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        });
  }
}
