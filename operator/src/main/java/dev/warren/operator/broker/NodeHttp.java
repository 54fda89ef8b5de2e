package dev.warren.operator.broker;

import dev.warren.operator.broker.BrokerException.Kind;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import javax.net.ssl.X509TrustManager;

/**
 * One client of the management APIs of all nodes of all topologies, by HTTPS. A thousand topologies
 * share its connections and threads.
 *
 * <p>Each address belongs to one topology at a time. A connection stays open for a while, so an
 * address that Kubernetes gave to a Pod of another topology is taken over only when no connection
 * of before is left: no request, with its password, goes to a node of another topology.
 */
public final class NodeHttp {

  /** Java's client keeps an idle connection for 30 s. */
  private static final Duration CONNECTION_LIFE = Duration.ofSeconds(35);

  /** What was not used for so long is forgotten. */
  private static final Duration MEMORY = Duration.ofMinutes(10);

  /**
   * @param topology whose node is there
   * @param used when it was last used, in nanoseconds
   */
  private record Place(String topology, ServerProof proof, long used) {}

  private record Authorities(String pem, X509TrustManager trust) {}

  private final HttpClient client;
  private final LongSupplier nanoTime;
  private final Map<String, Place> places = new ConcurrentHashMap<>();
  private final Map<String, Authorities> authorities = new ConcurrentHashMap<>();

  /**
   * @param nanoTime a clock that only goes forward
   */
  public NodeHttp(HttpClient.Builder client, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    try {
      this.client =
          client
              .sslContext(PemTrust.context(new ServerTrust(this::proof), Optional.empty()))
              .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /**
   * Sends a request to a node, if it proves to be the one that is meant.
   *
   * @throws BrokerException when the address was just that of another topology, or the CAs of its
   *     nodes cannot be read
   */
  <T> CompletableFuture<HttpResponse<T>> send(
      NodeAddress node, HttpRequest request, BodyHandler<T> body) {
    String address = ServerTrust.address(node.url().getHost(), node.url().getPort());
    use(address, node);
    CompletableFuture<HttpResponse<T>> response = client.sendAsync(request, body);
    response.whenComplete((answer, failure) -> touch(address, node.identity()));
    return response;
  }

  /** Ends all connections. */
  void close() {
    client.shutdownNow();
  }

  private void use(String address, NodeAddress node) {
    NodeIdentity identity = node.identity();
    if (!places.containsKey(address)) {
      forget();
    }
    ServerProof proof = new ServerProof(trust(node), identity.host());
    long now = nanoTime.getAsLong();
    places.compute(
        address,
        (key, known) -> {
          if (known != null
              && !known.topology().equals(identity.topology())
              && now - known.used() < CONNECTION_LIFE.toNanos()) {
            throw new BrokerException(
                Kind.UNAVAILABLE,
                "%s was the address of a node of %s until now"
                    .formatted(node.url().getHost(), known.topology()));
          }
          return new Place(identity.topology(), proof, now);
        });
  }

  private void touch(String address, NodeIdentity identity) {
    places.computeIfPresent(
        address,
        (key, known) ->
            known.topology().equals(identity.topology())
                ? new Place(known.topology(), known.proof(), nanoTime.getAsLong())
                : known);
  }

  private X509TrustManager trust(NodeAddress node) {
    NodeIdentity identity = node.identity();
    return authorities
        .compute(
            identity.topology(),
            (topology, known) ->
                known != null && known.pem().equals(identity.authorities())
                    ? known
                    : new Authorities(identity.authorities(), read(node)))
        .trust();
  }

  private static X509TrustManager read(NodeAddress node) {
    try {
      return PemTrust.of(node.identity().authorities());
    } catch (GeneralSecurityException e) {
      throw new BrokerException(
          Kind.UNAVAILABLE,
          "The CAs of the nodes of %s cannot be read".formatted(node.identity().topology()),
          e);
    }
  }

  private void forget() {
    long now = nanoTime.getAsLong();
    places.values().removeIf(place -> now - place.used() > MEMORY.toNanos());
    Set<String> remembered =
        places.values().stream().map(Place::topology).collect(Collectors.toSet());
    authorities.keySet().retainAll(remembered);
  }

  private ServerProof proof(String address) throws CertificateException {
    Place place = places.get(address);
    if (place == null) {
      throw new CertificateException("nobody is expected at " + address);
    }
    return place.proof();
  }
}
