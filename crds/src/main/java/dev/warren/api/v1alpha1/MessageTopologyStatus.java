package dev.warren.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.model.annotation.StatusReplicas;
import java.util.List;

/** What the operator saw and did. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MessageTopologyStatus(
    @JsonPropertyDescription("The generation of the resource that this status describes.")
        Long observedGeneration,
    @JsonPropertyDescription(
            "Ready: all of the following except NodesSpread and those of scaling. Validated: the spec is valid."
                + " NodesReady: all queue nodes run the newest spec and serve clients."
                + " TopologyDeclared: exchanges, queues and bindings are declared."
                + " ConsumersReady and EndpointsReady: all consumers and endpoints are ready."
                + " CertificatesReady: every certificate is valid, and renewed in time."
                + " NodesSpread: every node has a machine of its own. If"
                + " consumers have scaling: ScalingActive: their load is known; otherwise their"
                + " numbers of Pods do not change. ScalingLimited: they need more Pods than they"
                + " can have. While the annotation warren.dev/reconcile is set: Paused.")
        List<Condition> conditions,
    @JsonPropertyDescription("Counts for kubectl get.") Summary summary,
    @JsonPropertyDescription("The queue nodes.") NodesStatus nodes,
    @JsonPropertyDescription(
            "The queues, at most 100: those that need attention first, then by name.")
        List<QueueStatus> queues,
    @JsonPropertyDescription(
            "When the message counts of the queues, and the load and the deliveries of the"
                + " consumers, were last refreshed.")
        String messagesCountedAt,
    @JsonPropertyDescription(
            "The Secret with what a client needs to connect: host, port, virtual-host, username,"
                + " password and uri, as servicebinding.io describes.")
        Binding binding,
    @JsonPropertyDescription(
            "The consumers, at most 100: those that need attention first, then by name.")
        List<ConsumerStatus> consumers,
    @JsonPropertyDescription(
            "What was removed from the resource and is still in the broker, at most 100, by kind"
                + " and name.")
        List<RetainedStatus> retained,
    @JsonPropertyDescription(
            "What somebody else changed or deleted and the operator restored, at most 20, the"
                + " newest first.")
        List<DriftStatus> drift,
    @JsonPropertyDescription(
            "While the annotation warren.dev/reconcile is 'plan': the changes that the operator"
                + " would make now, in this order, each with the fields that it changes and their old"
                + " and new values; at most 50, and the number of the rest.")
        List<String> plan,
    @JsonPropertyDescription("The endpoints, in the order of the spec.")
        List<EndpointStatus> endpoints,
    @JsonPropertyDescription("The certificates, and their renewal.") TlsStatus tls) {

  /** The status of a resource of which only the conditions are known yet. */
  public MessageTopologyStatus(Long observedGeneration, List<Condition> conditions) {
    this(
        observedGeneration,
        conditions,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
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
        endpoints,
        tls);
  }

  /** The Secret with the connection, in the field where servicebinding.io expects it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Binding(@JsonPropertyDescription("The Secret's name.") String name) {}

  /** Counts of what is ready and what is desired, such as "3/3". */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Summary(
      @JsonPropertyDescription("Queue nodes: ready/desired.") String nodes,
      @JsonPropertyDescription(
              "Queues: available/declared. A queue is available when it has a leader and a majority"
                  + " of its members is online.")
          String queues,
      @JsonPropertyDescription(
              "Consumers: ready/declared. A consumer is ready when all its Pods are ready. A"
                  + " consumer with scaling is ready when at least minReplicas Pods are, and the"
                  + " others are starting. A consumer with http is not ready while all its"
                  + " attempts to deliver fail.")
          String consumers,
      @JsonPropertyDescription("Endpoints: ready/declared.") String endpoints) {}

  /** The queue nodes together. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NodesStatus(
      @JsonPropertyDescription("The desired number of nodes.") Integer desired,
      @StatusReplicas @JsonPropertyDescription("The number of nodes that run and serve clients.")
          Integer ready,
      @JsonPropertyDescription(
              "Healthy: every node runs. Degraded: a majority runs. Lost: no majority runs, so"
                  + " queues are unavailable. Unknown: no node answered.")
          Quorum quorum,
      @JsonPropertyDescription("Each node.") List<NodeStatus> members,
      @JsonPropertyDescription(
              "The removal of a node that is underway; absent when there is none. Nodes are removed one"
                  + " at a time.")
          Removal removal,
      @JsonPropertyDescription(
              "The last node that was replaced or removed, or that is being replaced or removed.")
          NodeReplacement lastReplacement) {}

  /** The progress of the removal of a node. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Removal(
      @JsonPropertyDescription("The node that is being removed.") String node,
      @JsonPropertyDescription(
              "Lost: its machine or its volume is gone. GivenUp: it was annotated with"
                  + " warren.dev/replace. Surplus: there are more nodes than spec.nodes.replicas."
                  + " Moved: it shares its machine with another node, and another machine is free.")
          String kind,
      @JsonPropertyDescription(
              "The phase of the removal. Decided: nothing has been done yet. AwaitingReplacement:"
                  + " its replacement has not joined yet. AwaitingMembers: some queue does not"
                  + " have all its members on the other nodes yet. Draining: the node gets no"
                  + " new clients and gives up its members of queues. Stopping: its Pod is being"
                  + " stopped. Restarting: no other node has one of its queues, so it starts again"
                  + " and stays. Held: it does not run, and without it the nodes or the members"
                  + " of a queue have no majority. Isolating: it does not run, and its host name"
                  + " is being removed. Forgetting: the other nodes are removing it from the"
                  + " cluster. Forgotten: the other nodes have removed it. Clearing: its Pod and"
                  + " its volume are being deleted. Restoring: not every node is ready, or some"
                  + " queue lacks members.")
          String phase,
      @JsonPropertyDescription("When this phase began.") String since,
      @JsonPropertyDescription("Why the node is removed, in a sentence.") String because) {}

  /** The removal of a node that was lost, given up by a user, or no longer needed. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record NodeReplacement(
      @JsonPropertyDescription("The node that was removed, or is being removed.") String node,
      @JsonPropertyDescription("Why the node is removed, in a sentence.") String because,
      @JsonPropertyDescription("The node that replaces it, if there is one.") String replacedBy,
      @JsonPropertyDescription("When the removal was decided.") String decidedAt,
      @JsonPropertyDescription(
              "When the other nodes had removed it from the cluster; absent before that.")
          String forgottenAt,
      @JsonPropertyDescription(
              "When every node was ready again and every queue had all its members; absent while"
                  + " not.")
          String completedAt) {}

  /** The health of the nodes as a cluster. */
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
      @JsonPropertyDescription("Ready, or the reason why it is not ready.") String state,
      @JsonPropertyDescription("The Kubernetes node that it runs on.") String machine,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message) {}

  /** One queue. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record QueueStatus(
      @JsonPropertyDescription("The queue's name.") String name,
      @JsonPropertyDescription("The node with the queue's leader; absent if there is no leader.")
          String leader,
      @JsonPropertyDescription("The number of members.") Integer members,
      @JsonPropertyDescription("The number of members that are online.") Integer online,
      @JsonPropertyDescription(
              "The number of messages that wait for a consumer, in a stream of all messages,"
                  + " rounded to two digits; refreshed at most every 30 s. Absent if unknown.")
          Long ready,
      @JsonPropertyDescription(
              "The number of unacknowledged messages that consumers hold, rounded to two digits;"
                  + " refreshed at most every 30 s. Absent if unknown.")
          Long unacknowledged,
      @JsonPropertyDescription(
              "The number of dead letters that are not delivered to their destination yet, rounded"
                  + " to two digits; refreshed at most every 30 s. Absent if there are none, or if"
                  + " unknown.")
          Long deadLetters,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message,
      @JsonPropertyDescription(
              "The policy or operator policy of somebody else that overrides fields, and the"
                  + " settings of RabbitMQ that differ. Absent if there is none.")
          String overriddenBy,
      @JsonPropertyDescription(
              "What differed when RabbitMQ refused a client's declaration of the queue (406), and how"
                  + " clients can declare it. From the nodes' logs, read once a minute. Absent if"
                  + " none was refused in the last ten minutes.")
          String refusedDeclaration) {

    /** A queue whose fields nothing overrides, and whose clients are not refused. */
    public QueueStatus(
        String name,
        String leader,
        Integer members,
        Integer online,
        Long ready,
        Long unacknowledged,
        Long deadLetters,
        String message) {
      this(name, leader, members, online, ready, unacknowledged, deadLetters, message, null, null);
    }
  }

  /** Something that is still in the broker although the resource no longer declares it. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RetainedStatus(
      @JsonPropertyDescription("Queue or Exchange.") String kind,
      @JsonPropertyDescription("Its name.") String name,
      @JsonPropertyDescription(
              "The number of messages in a queue, rounded to two digits; refreshed at most every"
                  + " 30 s. Absent if unknown.")
          Long messages,
      @JsonPropertyDescription("Why it is still there, in a sentence.") String message) {}

  /** Something that somebody else changed and the operator restored. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record DriftStatus(
      @JsonPropertyDescription(
              "Exchange, Queue, Binding, Policy, User, Plugins, or the kind of an object in Kubernetes.")
          String kind,
      @JsonPropertyDescription("Its name.") String name,
      @JsonPropertyDescription("What differed last time, in a sentence.") String what,
      @JsonPropertyDescription("How often it was restored.") Integer count,
      @JsonPropertyDescription("When it was last restored.") String lastAt) {}

  /** One consumer. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ConsumerStatus(
      @JsonPropertyDescription("The consumer's name.") String name,
      @JsonPropertyDescription("The desired number of Pods.") Integer replicas,
      @JsonPropertyDescription("The number of Pods that are ready.") Integer readyReplicas,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message,
      @JsonPropertyDescription(
              "Why this number of Pods is desired; only for consumers with scaling. The figures"
                  + " are rounded to two digits and refreshed at most every 30 s.")
          ScalingStatus scaling,
      @JsonPropertyDescription(
              "How the last attempts to deliver messages ended, in all Pods; only for consumers"
                  + " with http, and absent before the first attempt.")
          DeliveryStatus delivery,
      @JsonPropertyDescription(
              "What may do harm although the consumer is ready, in a sentence; absent if there is"
                  + " nothing.")
          String warning) {

    /** A consumer with a program. */
    public ConsumerStatus(
        String name,
        Integer replicas,
        Integer readyReplicas,
        String message,
        ScalingStatus scaling) {
      this(name, replicas, readyReplicas, message, scaling, null, null);
    }

    /** A consumer with a program and a fixed number of Pods. */
    public ConsumerStatus(String name, Integer replicas, Integer readyReplicas, String message) {
      this(name, replicas, readyReplicas, message, null);
    }
  }

  /** How the last attempts to deliver a consumer's messages ended. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record DeliveryStatus(
      @JsonPropertyDescription("Where the messages were sent, without the query of the URL.")
          String url,
      @JsonPropertyDescription(
              "The outcome of the last attempt: the answer's status and the beginning of its body,"
                  + " or why there was none. Refreshed at most every 30 s, and when attempts begin"
                  + " or cease to fail.")
          String lastAnswer,
      @JsonPropertyDescription(
              "How many attempts have failed since the last successful one, rounded to two digits;"
                  + " refreshed like lastAnswer.")
          Long failures,
      @JsonPropertyDescription(
              "Since when all attempts have failed; absent if the last one was successful.")
          String failingSince) {}

  /** What determines the number of a consumer's Pods. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record ScalingStatus(
      @JsonPropertyDescription("How many messages arrive per second; absent if unknown.")
          Double arrivalsPerSecond,
      @JsonPropertyDescription("How many messages per second one Pod handles.")
          Double ratePerReplica,
      @JsonPropertyDescription(
              "The number of messages in the queue, including those that Pods hold; absent if"
                  + " unknown.")
          Long backlog,
      @JsonPropertyDescription(
              "The time until the backlog is worked off at the current rates; absent if unknown,"
                  + " or never.")
          String drainsIn,
      @JsonPropertyDescription("Why this number of Pods is desired, in a sentence.") String reason,
      @JsonPropertyDescription("When the desired number of Pods last changed.")
          String lastScaleTime) {}

  /** One endpoint for clients that do not speak AMQP. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record EndpointStatus(
      @JsonPropertyDescription("The endpoint's name; publish for the endpoint of type Publish.")
          String name,
      @JsonPropertyDescription("RequestReply or Publish.") EndpointType type,
      @JsonPropertyDescription("Host and port, as Pods of the cluster reach it.") String address,
      @JsonPropertyDescription("Whether a node serves it.") Boolean ready,
      @JsonPropertyDescription("What is wrong, in a sentence.") String message) {}

  /** The certificates, and their renewal. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record TlsStatus(
      @JsonPropertyDescription(
              "The step of the renewal of a CA that is under way, in a sentence; absent when none"
                  + " is. Trust: everybody learns to trust the next CA. Reissue: the new CA signs"
                  + " everything anew. Recreated: the CA's Secret was lost.")
          String renewal,
      @JsonPropertyDescription(
              "The nodes that do not serve their newest certificates yet. No further step is taken"
                  + " before they do. Absent if there are none, or no CA is renewed.")
          List<String> waitsFor,
      @JsonPropertyDescription("The certificates, at most 50: those that end first come first.")
          List<CertificateStatus> certificates) {}

  /** One certificate. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record CertificateStatus(
      @JsonPropertyDescription(
              "The Secret and its key, such as orders-0-tls/tls.crt, or the field that names it.")
          String name,
      @JsonPropertyDescription("Its last moment.") String notAfter,
      @JsonPropertyDescription(
              "What happens to it now; absent if nothing does. Trust, Reissue or Recreated for a"
                  + " CA. Waiting: its node does not serve it yet.")
          String step) {}

  /** The type of an endpoint. */
  public enum EndpointType {
    RequestReply,
    Publish
  }
}
