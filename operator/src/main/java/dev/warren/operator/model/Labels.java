package dev.warren.operator.model;

import java.util.Map;
import java.util.TreeMap;

/** The labels of everything that the operator makes. */
public final class Labels {

  /** The topology's name, on every object that belongs to it. */
  public static final String TOPOLOGY = "warren.dev/topology";

  /** The topology's UID, on what may outlive it. */
  public static final String TOPOLOGY_UID = "warren.dev/topology-uid";

  /** The consumer's name, on its Deployment and Pods. */
  public static final String CONSUMER = "warren.dev/consumer";

  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  public static final String COMPONENT = "app.kubernetes.io/component";

  /** The value of {@link #MANAGED_BY}: what the operator looks at, and nothing else. */
  public static final String WARREN = "warren";

  /** What part an object has in its topology. */
  public enum Component {
    QUEUE_NODE("queue-node"),
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

  /** All labels of an object. */
  public static Map<String, String> of(String topology, Component component) {
    Map<String, String> labels = new TreeMap<>(selector(topology, component));
    labels.put(MANAGED_BY, WARREN);
    labels.put("app.kubernetes.io/name", WARREN);
    labels.put("app.kubernetes.io/instance", topology);
    return labels;
  }

  /** What distinguishes the Pods of a component from all others; never changed once in use. */
  public static Map<String, String> selector(String topology, Component component) {
    return Map.of(TOPOLOGY, topology, COMPONENT, component.value());
  }
}
