package dev.warren.operator.observe;

import dev.warren.operator.certificates.CertificateInfo;
import dev.warren.operator.certificates.CertificateReader;
import dev.warren.operator.model.CertificateFiles;
import dev.warren.operator.model.CertificateSecrets;
import dev.warren.operator.model.EndpointDoor;
import dev.warren.operator.model.Ports;
import dev.warren.operator.observation.Remembered;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Finds out by handshakes which certificates nodes serve, beside the passes: a pass knows what was
 * seen before it. A node is asked until it was seen to serve all that its Secret has, and then
 * never again. It is kept in memory: an operator that has just started asks every node once.
 */
final class CertificateProbe {

  private static final Logger LOG = Logger.getLogger(CertificateProbe.class);

  private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(2);

  /** Of all topologies together. */
  private static final int MOST_AT_A_TIME = 16;

  /** What a node serves. */
  interface Handshake {

    /**
     * The fingerprint of the certificate at an address.
     *
     * @throws IOException if there is none
     */
    String fingerprint(String address, int port) throws IOException;
  }

  /**
   * A node and what it should serve.
   *
   * @param podUid another Pod is another node
   */
  record Node(
      int number, String podUid, String address, String digest, Map<Integer, Set<String>> at) {

    /** Empty while the Pod has no address. */
    static Optional<Node> of(int number, Pod pod, Secret secret, List<EndpointDoor> endpoints) {
      String address = pod.getStatus() == null ? null : pod.getStatus().getPodIP();
      return address == null
          ? Optional.empty()
          : Optional.of(
              new Node(
                  number,
                  pod.getMetadata().getUid(),
                  address,
                  CertificateSecrets.digest(secret),
                  ports(CertificateSecrets.texts(Optional.of(secret)), endpoints)));
    }

    private static Map<Integer, Set<String>> ports(
        Map<String, String> texts, List<EndpointDoor> endpoints) {
      Set<String> own = fingerprints(texts, CertificateFiles.CERTIFICATE);
      Set<String> door = fingerprints(texts, CertificateFiles.DOOR_CERTIFICATE);
      Set<String> either =
          Stream.concat(own.stream(), door.stream()).collect(Collectors.toUnmodifiableSet());
      Map<Integer, Set<String>> ports = new TreeMap<>();
      ports.put(Ports.AMQPS, door);
      ports.put(Ports.DISTRIBUTION, own);
      ports.put(Ports.MANAGEMENT_TLS, either);
      ports.put(Ports.PROMETHEUS_TLS, either);
      endpoints.forEach(
          endpoint ->
              ports.put(
                  endpoint.port(),
                  endpoint.given().isPresent()
                      ? fingerprints(texts, CertificateFiles.endpointCertificate(endpoint.name()))
                      : door));
      return ports;
    }

    private static Set<String> fingerprints(Map<String, String> texts, String key) {
      return CertificateReader.first(texts.getOrDefault(key, ""))
          .map(CertificateInfo::fingerprint)
          .map(Set::of)
          .orElse(Set.of());
    }
  }

  /**
   * @param digest of the Secret that it was seen to serve last; empty if none was
   */
  private record Answer(String podUid, String digest, Instant askedAt) {}

  private final Handshake handshake;
  private final Executor beside;
  private final Semaphore turns = new Semaphore(MOST_AT_A_TIME);
  private final Remembered<Map<Integer, Answer>> byTopology = new Remembered<>();

  CertificateProbe(Handshake handshake, Executor beside) {
    this.handshake = handshake;
    this.beside = beside;
  }

  static CertificateProbe overNetwork() {
    return new CertificateProbe(
        new TlsHandshake(),
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("certificates-", 0).factory()));
  }

  /**
   * For each node the digest of the Secret that it was seen to serve last, empty if it serves
   * another; nodes of which nothing is known are missing.
   */
  Map<Integer, String> served(String uid, List<Node> nodes, Instant now) {
    Map<Integer, String> served = new TreeMap<>();
    Map<Integer, Answer> known = byTopology.of(uid).orElse(Map.of());
    for (Node node : nodes) {
      Optional<Answer> answer =
          Optional.ofNullable(known.get(node.number()))
              .filter(last -> last.podUid().equals(node.podUid()));
      answer.ifPresent(last -> served.put(node.number(), last.digest()));
      boolean proven = answer.filter(last -> last.digest().equals(node.digest())).isPresent();
      boolean due =
          answer.map(last -> !last.askedAt().isAfter(now.minus(BETWEEN_QUESTIONS))).orElse(true);
      if (!proven && due) {
        beside.execute(() -> ask(uid, node, now));
      }
    }
    return served;
  }

  private void ask(String uid, Node node, Instant now) {
    if (!turns.tryAcquire()) {
      return; // The next pass asks.
    }
    try {
      add(uid, node, serves(node), now);
    } finally {
      turns.release();
    }
  }

  private boolean serves(Node node) {
    for (Map.Entry<Integer, Set<String>> port : node.at().entrySet()) {
      try {
        if (!port.getValue().contains(handshake.fingerprint(node.address(), port.getKey()))) {
          return false;
        }
      } catch (IOException e) {
        LOG.debugf(
            "%s:%d did not show its certificate: %s",
            node.address(), port.getKey(), e.getMessage());
        return false;
      }
    }
    return true;
  }

  private synchronized void add(String uid, Node node, boolean serves, Instant now) {
    Map<Integer, Answer> answers = new HashMap<>(byTopology.of(uid).orElse(Map.of()));
    String before =
        Optional.ofNullable(answers.get(node.number()))
            .filter(last -> last.podUid().equals(node.podUid()))
            .map(Answer::digest)
            .orElse("");
    answers.put(node.number(), new Answer(node.podUid(), serves ? node.digest() : before, now));
    byTopology.put(uid, Map.copyOf(answers));
  }
}
