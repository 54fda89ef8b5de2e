package dev.warren.operator.model;

import java.util.OptionalInt;

/**
 * Every name in Kubernetes and in the cluster of brokers that belongs to one topology.
 *
 * @param namespace the topology's namespace
 * @param prefix what all names begin with: the topology's name, shortened if it is long
 */
public record ResourceNames(String namespace, String prefix) {

  /**
   * A Pod's name is also its host name, and a Service's name is a DNS label: at most 63 characters.
   * The longest suffix (a number, a consumer's name) must fit too.
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
    return topology.substring(0, LONGEST_PREFIX - HASH_DIGITS - 1)
        + "-"
        + Revision.sha256(topology).substring(0, HASH_DIGITS);
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

  /** The host name, in every Pod of the cluster, of node number {@code n}. */
  public String host(int n) {
    return node(n) + "." + nodesService() + "." + namespace + ".svc";
  }

  /** The name of node number {@code n} in the cluster of brokers. */
  public String brokerNode(int n) {
    return "rabbit@" + host(n);
  }

  /** The host name that clients connect to. */
  public String clientHost() {
    return clientService() + "." + namespace + ".svc";
  }

  /** The name of a node that never exists. */
  public String noBrokerNode() {
    return "rabbit@" + prefix + "-none." + nodesService() + "." + namespace + ".svc";
  }

  /** The node number in a broker node's name, if the node belongs to this topology. */
  public OptionalInt number(String brokerNode) {
    String start = "rabbit@" + prefix + "-";
    String end = host(0).substring(node(0).length());
    if (!brokerNode.startsWith(start) || !brokerNode.endsWith(end)) {
      return OptionalInt.empty();
    }
    return digits(brokerNode.substring(start.length(), brokerNode.length() - end.length()));
  }

  /** The node number in a volume's name, if the node belongs to this topology. */
  public OptionalInt numberOfVolume(String claim) {
    String start = volume(0).substring(0, volume(0).length() - 1);
    return claim.startsWith(start) ? digits(claim.substring(start.length())) : OptionalInt.empty();
  }

  /** The node number in a Pod's name, if the node belongs to this topology. */
  public OptionalInt numberOfPod(String pod) {
    String start = prefix + "-";
    return pod.startsWith(start) ? digits(pod.substring(start.length())) : OptionalInt.empty();
  }

  private static OptionalInt digits(String text) {
    return text.matches("0|[1-9][0-9]{0,8}")
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /** The ConfigMap with the nodes' configuration. */
  public String configMap() {
    return prefix + "-config";
  }

  /** The ConfigMap with the gateways' configuration. */
  public String gatewayConfigMap() {
    return prefix + "-gateway";
  }

  /** The ConfigMap with the {@link Membership}. */
  public String membership() {
    return prefix + "-membership";
  }

  /** The Secret with the operator's account in the broker. */
  public String adminSecret() {
    return prefix + "-admin";
  }

  /** The Secret with the Erlang cookie. */
  public String cookieSecret() {
    return prefix + "-erlang-cookie";
  }

  /** The Secret with what clients need to connect. */
  public String connectionSecret() {
    return prefix + "-connection";
  }

  /** The Secret with the CA of the nodes, which signs nothing but nodes. */
  public String nodesAuthoritySecret() {
    return prefix + "-nodes-ca";
  }

  /** The Secret with the CA of what clients see, and of the clients that Warren knows. */
  public String clientsAuthoritySecret() {
    return prefix + "-clients-ca";
  }

  /** The Secret with the certificates of node number {@code n}. */
  public String certificateSecret(int n) {
    return node(n) + "-tls";
  }

  /** The node number in the name of a Secret with certificates, if it belongs to this topology. */
  public OptionalInt numberOfCertificateSecret(String secret) {
    String end = "-tls";
    return secret.endsWith(end)
        ? numberOfPod(secret.substring(0, secret.length() - end.length()))
        : OptionalInt.empty();
  }

  /** cert-manager's Certificate of the clients' doors, and the Secret that it fills. */
  public String issuedDoor() {
    return prefix + "-door";
  }

  /** The Service of the nodes' management API and metrics. */
  public String managementService() {
    return prefix + "-management";
  }

  /** The Deployment of a consumer. */
  public String consumer(String name) {
    return prefix + "-" + name;
  }
}
