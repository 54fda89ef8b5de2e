package dev.warren.operator.model;

import static java.util.stream.Collectors.toMap;

import java.util.Map;
import java.util.TreeMap;

/** The labels of everything that the operator makes, and those of machines that it uses. */
public final class Labels {

  /** The topology's name, on every object that belongs to it. */
  public static final String TOPOLOGY = "warren.dev/topology";

  /** The topology's UID, on what may outlive it. */
  public static final String TOPOLOGY_UID = "warren.dev/topology-uid";

  /** The consumer's name, on its Deployment and Pods. */
  public static final String CONSUMER = "warren.dev/consumer";

  /** The label of a node's Pod while Services send clients to it: "true". */
  public static final String IN_SERVICE = "warren.dev/in-service";

  /**
   * The label of the Pod of a node that is being removed, so another may take its place: "true".
   */
  public static final String LEAVING = "warren.dev/leaving";

  /** The annotation of a node's Pod with which a user gives the node up: "true". */
  public static final String REPLACE = "warren.dev/replace";

  /** The annotation of a node's volume and Pod once the node has been a member: "true". */
  public static final String JOINED = "warren.dev/joined";

  /** The label of a volume that is kept although its node is gone: "true". */
  public static final String RETIRED = "warren.dev/retired";

  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String COMPONENT = "app.kubernetes.io/component";

  /** The value of {@link #MANAGED_BY}: the operator watches only objects with it. */
  public static final String WARREN = "warren";

  /** Kubernetes' label of a machine with its name. Local volumes name their machine by it. */
  public static final String HOSTNAME = "kubernetes.io/hostname";

  /** Kubernetes' label of a machine with its zone. */
  public static final String ZONE = "topology.kubernetes.io/zone";

  /** The role of an object in its topology. */
  public enum Component {
    QUEUE_NODE("queue-node"),
    /** A queue node that is lost: no Service selects it any longer, and its host name is gone. */
    LOST_NODE("lost-queue-node"),
    CONSUMER("consumer"),
    TOPOLOGY("topology");

    private final String value;

    Component(String value) {
      this.value = value;
    }

    public String value() {
      return value;
    }
  }

  private Labels() {}

  /**
   * The operator's labels of an object. There is no app.kubernetes.io/instance: Argo CD takes an
   * object that has this label and no owner, such as a claim that is kept, for a part of its
   * application of that name, and prunes it.
   */
  public static Map<String, String> of(String topology, Component component) {
    Map<String, String> labels = new TreeMap<>(selector(topology, component));
    labels.put(MANAGED_BY, WARREN);
    labels.put("app.kubernetes.io/name", WARREN);
    return labels;
  }

  /** Those of an object's labels that are the operator's, and not its users'. */
  public static Map<String, String> operators(Map<String, String> labels) {
    return labels.entrySet().stream()
        .filter(
            label ->
                label.getKey().startsWith("warren.dev/")
                    || label.getKey().startsWith("app.kubernetes.io/"))
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** What distinguishes the Pods of a component from all others; never changed once in use. */
  public static Map<String, String> selector(String topology, Component component) {
    return Map.of(TOPOLOGY, topology, COMPONENT, component.value());
  }
}
