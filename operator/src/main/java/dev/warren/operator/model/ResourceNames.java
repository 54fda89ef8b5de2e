package dev.warren.operator.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Every name in Kubernetes and in the cluster of brokers that belongs to one topology.
 *
 * @param namespace the topology's namespace
 * @param prefix what all names begin with: the topology's name, shortened if it is long
 */
public record ResourceNames(String namespace, String prefix) {

  /**
   * A Pod's name is also its host name, and a Service's a DNS label: at most 63 characters, of
   * which the longest ending (a number, a consumer's name) needs its share.
   */
  private static final int LONGEST_PREFIX = 50;

  private static final int HASH_DIGITS = 8;

  /** The names for a topology; two topologies of one namespace never share a prefix. */
  public static ResourceNames of(String namespace, String topology) {
    return new ResourceNames(namespace, shortened(topology));
  }

  private static String shortened(String topology) {
    if (topology.length() <= LONGEST_PREFIX) {
      return topology;
    }
    return topology.substring(0, LONGEST_PREFIX - HASH_DIGITS - 1) + "-" + hash(topology);
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The Pod of node number {@code n}: its identity for RabbitMQ and Raft, never used twice. */
  public String node(int n) {
    return prefix + "-" + n;
  }

  /** The claim of node number {@code n}'s volume. */
  public String volume(int n) {
    return "data-" + node(n);
  }

  /** The Service that clients connect to. */
  public String clientService() {
    return prefix;
  }

  /** The headless Service that gives each node its host name. */
  public String nodesService() {
    return prefix + "-nodes";
  }

  /** The fully qualified host name of node number {@code n}. */
  public String host(int n) {
    return node(n) + "." + nodesService() + "." + namespace + ".svc.cluster.local";
  }

  /** The name of node number {@code n} in the cluster of brokers. */
  public String brokerNode(int n) {
    return "rabbit@" + host(n);
  }
}
