package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;

/** What the operator saw and did. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MessageTopologyStatus(
    @JsonPropertyDescription("The generation of the resource that this status speaks of.")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Ready (all of the others but those of scaling), Validated (the resource makes sense),"
                + " NodesReady, TopologyDeclared (exchanges, queues and bindings are in the broker),"
                + " ConsumersReady, EndpointsReady; and, if consumers have scaling, ScalingActive:"
                + " whether their load is known. While it is not, their numbers of Pods stay as they"
                + " are. ScalingLimited: whether something keeps them from having as many Pods as they"
                + " need. Paused is there while the annotation warren.dev/reconcile is.")
        List<Condition> conditions,
    @JsonPropertyDescription("Counts for kubectl get.") Summary summary,
    @JsonPropertyDescription("The queue nodes.") NodesStatus nodes,
    @JsonPropertyDescription(
            "The queues, at most 100: those that need attention first, then by name.")
        List<QueueStatus> queues,
    @JsonPropertyDescription(
            "When the counts of messages in queues, and what is told of the consumers' load, were last"
                + " refreshed.")
        String messagesCountedAt,
    @JsonPropertyDescription(
            "The Secret with what a client needs to connect: host, port, virtual-host, username,"
                + " password and uri, as servicebinding.io describes.")
        Binding binding,
    @JsonPropertyDescription(
            "The consumers, at most 100: those that need attention first, then by name.")
        List<ConsumerStatus> consumers,
    @JsonPropertyDescription(
            "What was taken out of the resource and is still in the broker, at most 100, by kind and"
                + " name.")
        List<RetainedStatus> retained,
    @JsonPropertyDescription(
            "What somebody else changed or deleted and the operator put right again, at most 20, the"
                + " newest first.")
        List<DriftStatus> drift,
    @JsonPropertyDescription(
            "While the annotation warren.dev/reconcile is 'plan': what would be done now, in this"
                + " order, at most 50 and how many more.")
        List<String> plan,
    @JsonPropertyDescription("The endpoints, in the order of the spec.")
        List<EndpointStatus> endpoints) {

  /** Of a resource of which nothing else is known yet. */
  public MessageTopologyStatus(Long observedGeneration, List<Condition> conditions) {
    this(
        observedGeneration, conditions, null, null, null, null, null, null, null, null, null, null);
  }

  /** The same with other conditions. */
  public MessageTopologyStatus withConditions(Long observedGeneration, List<Condition> conditions) {
    return new MessageTopologyStatus(
        observedGeneration,
        conditions,
        summary,
        nodes,
        queues,
        messagesCountedAt,
        binding,
        consumers,
        retained,
        drift,
        plan,
        endpoints);
  }

  /** Where the connection is, in the place where workloads of servicebinding.io look. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Binding(@JsonPropertyDescription("The Secret's name.") String name) {}

  /** Counts of what is ready and what is wanted, as "3/3". */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Summary(
      @JsonPropertyDescription("Queue nodes: ready/wanted.") String nodes,
      @JsonPropertyDescription("Queues: available/declared.") String queues,
      @JsonPropertyDescription(
              "Consumers: ready/declared. A consumer is ready when all its Pods are; one with scaling"
                  + " when at least minReplicas are, and the others merely start.")
          String consumers,
      @JsonPropertyDescription("Endpoints: ready/declared.") String endpoints) {}

  /** The queue nodes together. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NodesStatus(
      @JsonPropertyDescription("How many nodes are wanted.") Integer desired,
      @StatusReplicas @JsonPropertyDescription("How many nodes run and serve clients.")
          Integer ready,
      @JsonPropertyDescription(
              "Healthy: every node runs. Degraded: a majority runs. Lost: no majority runs, so queues"
                  + " stand still. Unknown: no node answered.")
          Quorum quorum,
      @JsonPropertyDescription("Each node.") List<NodeStatus> members,
      @JsonPropertyDescription("The last node that was replaced or removed, or is being so.")
          NodeReplacement lastReplacement) {}

  /** What became of a node that was lost, given up by hand, or no longer wanted. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NodeReplacement(
      @JsonPropertyDescription("The node that went.") String node,
      @JsonPropertyDescription("Why, in a sentence.") String because,
      @JsonPropertyDescription("The node that came in its place, if one did.") String replacedBy,
      @JsonPropertyDescription("When that was decided.") String decidedAt,
      @JsonPropertyDescription("When the other nodes had forgotten it; absent while they have not.")
          String forgottenAt,
      @JsonPropertyDescription(
              "When every node was ready again and every queue had all its members; absent while"
                  + " not.")
          String completedAt) {}

  /** How the nodes stand together. */
  public enum Quorum {
    Healthy,
    Degraded,
    Lost,
    Unknown
  }

  /** One queue node. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NodeStatus(
      @JsonPropertyDescription("The node's Pod.") String name,
      @JsonPropertyDescription("Ready, or what keeps it from being so.") String state,
      @JsonPropertyDescription("The Kubernetes node that it runs on.") String machine,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message) {}

  /** One queue. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record QueueStatus(
      @JsonPropertyDescription("The queue's name.") String name,
      @JsonPropertyDescription("The node that leads it; absent when none does.") String leader,
      @JsonPropertyDescription("How many nodes have a copy.") Integer members,
      @JsonPropertyDescription("How many of those copies are online.") Integer online,
      @JsonPropertyDescription(
              "About how many messages wait for a consumer, in two digits; refreshed at most"
                  + " every 30 s.")
          Long ready,
      @JsonPropertyDescription(
              "About how many messages consumers hold unacknowledged, in two digits; refreshed at"
                  + " most every 30 s.")
          Long unacknowledged,
      @JsonPropertyDescription(
              "About how many messages have not arrived yet where the queue's dead letters go, in two"
                  + " digits; refreshed at most every 30 s. Absent when there are none.")
          Long deadLetters,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message) {}

  /** Something that is in the broker although the resource does not declare it any more. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RetainedStatus(
      @JsonPropertyDescription("Queue or Exchange.") String kind,
      @JsonPropertyDescription("Its name.") String name,
      @JsonPropertyDescription(
              "About how many messages a queue holds, in two digits; refreshed at most every 30 s.")
          Long messages,
      @JsonPropertyDescription("Why it is still there, in a sentence.") String message) {}

  /** Something that was not as the resource says, although it had been, and was put right. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record DriftStatus(
      @JsonPropertyDescription(
              "Exchange, Queue, Binding, Policy, User, Plugins, or the kind of an object in Kubernetes.")
          String kind,
      @JsonPropertyDescription("Its name.") String name,
      @JsonPropertyDescription("What differed the last time, in a sentence.") String what,
      @JsonPropertyDescription("How often it was put right.") Integer count,
      @JsonPropertyDescription("When it was put right last.") String lastAt) {}

  /** One consumer. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ConsumerStatus(
      @JsonPropertyDescription("The consumer's name.") String name,
      @JsonPropertyDescription("How many Pods are wanted.") Integer replicas,
      @JsonPropertyDescription("How many Pods are ready.") Integer readyReplicas,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message,
      @JsonPropertyDescription(
              "Why so many Pods are wanted; only of consumers that have scaling. The figures have two"
                  + " digits and are refreshed at most every 30 s.")
          ScalingStatus scaling) {

    /** A consumer with a fixed number of Pods. */
    public ConsumerStatus(String name, Integer replicas, Integer readyReplicas, String message) {
      this(name, replicas, readyReplicas, message, null);
    }
  }

  /** What the number of a consumer's Pods goes by. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ScalingStatus(
      @JsonPropertyDescription("How many messages arrive in a second; absent when unknown.")
          Double arrivalsPerSecond,
      @JsonPropertyDescription("How many messages a second one Pod handles.") Double ratePerReplica,
      @JsonPropertyDescription(
              "How many messages are in the queue, those included that Pods hold; absent when"
                  + " unknown.")
          Long backlog,
      @JsonPropertyDescription(
              "In what time the backlog will be worked off, as things are; absent when unknown, or"
                  + " never.")
          String drainsIn,
      @JsonPropertyDescription("Why so many Pods are wanted, in a sentence.") String reason,
      @JsonPropertyDescription("When the number of wanted Pods last changed.")
          String lastScaleTime) {}

  /** One way in for those who do not speak AMQP. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record EndpointStatus(
      @JsonPropertyDescription("The endpoint's name; publish, of the one of that type.")
          String name,
      @JsonPropertyDescription("RequestReply or Publish.") EndpointType type,
      @JsonPropertyDescription("Host and port, as Pods of the cluster reach it.") String address,
      @JsonPropertyDescription("Whether a node serves it.") Boolean ready,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message) {}

  /** What kind of way in. */
  public enum EndpointType {
    RequestReply,
    Publish
  }
}
