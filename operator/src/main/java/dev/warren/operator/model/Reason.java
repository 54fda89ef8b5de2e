package dev.warren.operator.model;

import static dev.warren.operator.model.ConditionType.CERTIFICATES_READY;
import static dev.warren.operator.model.ConditionType.CONSUMERS_READY;
import static dev.warren.operator.model.ConditionType.ENDPOINTS_READY;
import static dev.warren.operator.model.ConditionType.NODES_READY;
import static dev.warren.operator.model.ConditionType.SCALING_ACTIVE;
import static dev.warren.operator.model.ConditionType.SCALING_LIMITED;
import static dev.warren.operator.model.ConditionType.TOPOLOGY_DECLARED;
import static dev.warren.operator.model.ConditionType.VALIDATED;
import static dev.warren.operator.model.ReasonKind.fine;
import static dev.warren.operator.model.ReasonKind.progress;
import static dev.warren.operator.model.ReasonKind.requested;
import static dev.warren.operator.model.ReasonKind.trouble;
import static dev.warren.operator.model.ReasonKind.unknown;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The reasons of conditions and Events, with the text of docs/conditions.md, which is generated
 * from them. Where Kubernetes has a name for the same thing, it is that name.
 */
public enum Reason {
  ALL_READY(
      fine("AllReady", ConditionType.READY, NODES_READY, CONSUMERS_READY, ENDPOINTS_READY),
      "Everything that the condition covers is ready."),
  VALID(fine("Valid", VALIDATED), "The spec is valid."),
  INVALID_SPEC(
      trouble("InvalidSpec", VALIDATED, NODES_READY, TOPOLOGY_DECLARED),
      "The spec is invalid and is not reconciled. What already runs keeps running, and no first node is started.",
      "Correct the fields that the message lists."),
  RECONCILE_FAILED(
      unknown("ReconcileFailed", ConditionType.READY),
      "Reconciliation failed and is retried. Until it succeeds, the state is unknown.",
      "If it lasts, read the message and the operator's log."),

  PAUSED(
      requested("Paused", ConditionType.PAUSED, NODES_READY, TOPOLOGY_DECLARED, CONSUMERS_READY),
      "The annotation `warren.dev/reconcile` pauses reconciliation. Changes wait.",
      "Remove the annotation to resume."),
  PLAN_ONLY(
      requested("PlanOnly", ConditionType.PAUSED),
      "Reconciliation is paused, and `status.plan` lists the changes that wait.",
      "Review the plan, then remove the annotation `warren.dev/reconcile` to apply it."),
  UNKNOWN_MODE(
      trouble("UnknownMode", ConditionType.PAUSED),
      "Reconciliation is paused, because the annotation `warren.dev/reconcile` has an unknown value.",
      "Set the annotation to `paused` or `plan`, or remove it."),

  STARTING(progress("Starting", NODES_READY), "A node's Pod is being created or is starting."),
  TERMINATING(progress("Terminating", NODES_READY), "A node's Pod is being deleted."),
  UPDATING(
      progress("Updating", NODES_READY, CONSUMERS_READY),
      "The operator has created, changed or deleted an object."),
  ROLLING_UPDATE(
      progress("RollingUpdate", NODES_READY),
      "Nodes are recreated one at a time to apply a change.",
      "If it stops, the message names the node that does not become ready. Correct the change."),
  VOLUME_GROWING(
      requested("VolumeGrowing", NODES_READY),
      "A volume is growing to the size that the spec requests.",
      "If it lasts, read the Events of the PersistentVolumeClaim."),
  NODE_LEAVING(
      progress("NodeLeaving", NODES_READY),
      "A node is being permanently removed, because it is lost, given up or no longer needed."),
  LEAVING(progress("Leaving", NODES_READY), "This node is being permanently removed."),
  SCALE_DOWN_HELD(
      trouble("ScaleDownHeld", NODES_READY),
      "No node can be removed safely: nodes are down, or each has a queue that no other node has.",
      "Bring back nodes that are down. Delete queues that only one node holds."),
  NODE_LOST(
      trouble("NodeLost", NODES_READY),
      "A node does not run, and its machine does not answer or its data is gone.",
      "The message says whether the node will be replaced. If not, bring its machine back."),
  SEVERAL_NODES_LOST(
      trouble("SeveralNodesLost", NODES_READY),
      "Several nodes are lost at once. None is replaced.",
      "Bring back a machine or a volume."),
  NO_MAJORITY(
      trouble("NoMajority", NODES_READY, TOPOLOGY_DECLARED),
      "No majority of the nodes runs. Nothing is declared, and no node is added.",
      "Bring back nodes until a majority runs."),
  RESOURCE_ALARM(
      trouble("ResourceAlarm", NODES_READY),
      "A node has run out of memory or disk space. RabbitMQ blocks publishers.",
      "Consume messages, or give the nodes more memory or larger volumes."),
  GATEWAY_NOT_READY(
      progress("GatewayNotReady", NODES_READY),
      "RabbitMQ is ready on a node, but the gateway beside it is not.",
      "If it lasts, read the message and the log of the container `gateway`."),
  SPREAD(fine("Spread", ConditionType.NODES_SPREAD), "Every node has a machine of its own."),
  NODE_MOVING(progress("NodeMoving", ConditionType.NODES_SPREAD), "A node changes its machine."),
  MACHINE_SHARED(
      trouble("MachineShared", ConditionType.NODES_SPREAD),
      "Several nodes are on one machine, and would be lost together.",
      "The message says what a move waits for. If it is a machine, add one, or make room on one."),

  SECRET_MISSING(
      trouble("SecretMissing", NODES_READY),
      "A Secret that the nodes were created with is missing or empty.",
      "Restore the Secret. A new one would lock the nodes out."),
  VOLUME_LOST(
      trouble("VolumeLost", NODES_READY),
      "A node's PersistentVolumeClaim was deleted. The node is lost when its Pod ends."),
  VOLUME_NOT_READY(
      trouble("VolumeNotReady", NODES_READY),
      "A PersistentVolumeClaim is not provisioned.",
      "Check `spec.nodes.storage` and the StorageClass. The message is the provisioner's."),
  UNSCHEDULABLE(
      trouble("Unschedulable", NODES_READY),
      "Kubernetes finds no machine for a Pod.",
      "Add machines, free resources, or correct the Pod template. The message is the scheduler's."),
  SCHEDULING_GATED(
      trouble("SchedulingGated", NODES_READY),
      "A scheduling gate holds a Pod back.",
      "Check the controller that removes the gate."),
  IMAGE_PULL_BACK_OFF(
      trouble("ImagePullBackOff", NODES_READY),
      "An image cannot be pulled.",
      "Check the name of the image, the registry and the pull Secret."),
  INVALID_IMAGE_NAME(
      trouble("InvalidImageName", NODES_READY),
      "The name of an image is invalid.",
      "Correct it in the spec."),
  CREATE_CONTAINER_CONFIG_ERROR(
      trouble("CreateContainerConfigError", NODES_READY),
      "A container refers to something that does not exist, such as a Secret.",
      "Create what the message names, or correct the Pod template."),
  CONTAINER_NOT_STARTED(
      trouble("ContainerNotStarted", NODES_READY),
      "Kubernetes cannot start a container. The message quotes its reason.",
      "Read the message."),
  CONTAINER_FAILED(
      trouble("ContainerFailed", NODES_READY),
      "A container failed, or ends although it must keep running.",
      "Read the message and the container's log."),
  OOM_KILLED(
      trouble("OOMKilled", NODES_READY),
      "A container was killed, because it used more memory than its limit.",
      "Raise the memory limit."),
  EVICTED(
      trouble("Evicted", NODES_READY),
      "Kubernetes evicted a Pod from its machine. The operator recreates it.",
      "Check the machine: the message says what it ran out of."),
  POD_FAILED(
      trouble("PodFailed", NODES_READY),
      "Kubernetes ended a Pod. The message quotes its reason.",
      "Read the message."),
  POD_START_FAILED(
      trouble("PodStartFailed", NODES_READY),
      "Kubernetes cannot start a Pod, for example because a volume cannot be mounted.",
      "Read the message, which is the Pod's last warning Event."),

  NAME_TAKEN(
      trouble("NameTaken", NODES_READY, CONSUMERS_READY, CERTIFICATES_READY),
      "An object with a name that this topology needs exists already and belongs to somebody else.",
      "Delete that object, or create this topology under another name."),
  QUOTA_EXCEEDED(
      trouble("QuotaExceeded", NODES_READY, CONSUMERS_READY),
      "A ResourceQuota does not allow another object.",
      "Raise the quota, or request less."),
  FORBIDDEN(
      trouble("Forbidden", NODES_READY, CONSUMERS_READY),
      "The API server or an admission policy forbids a change.",
      "Check the operator's role and the policies of the namespace."),
  REFUSED(
      trouble("Refused", NODES_READY, TOPOLOGY_DECLARED, CONSUMERS_READY),
      "Kubernetes or RabbitMQ refuses a change.",
      "Correct the spec as the message says."),
  CONFLICT(
      progress("Conflict", NODES_READY, CONSUMERS_READY),
      "Somebody else changed or deleted an object at the same time. The operator retries."),
  API_SERVER_ERROR(
      trouble("ApiServerError", NODES_READY, CONSUMERS_READY),
      "The API server failed to process a change. The operator retries.",
      "If it lasts, check the API server and its admission webhooks."),

  SECRETS_NOT_READY(
      progress("SecretsNotReady", TOPOLOGY_DECLARED), "The topology's Secrets are being created."),
  NODES_STARTING(
      progress("NodesStarting", TOPOLOGY_DECLARED), "The nodes are starting for the first time."),
  BROKER_UNREACHABLE(
      unknown("BrokerUnreachable", TOPOLOGY_DECLARED),
      "RabbitMQ does not answer the operator. What is declared is unknown.",
      "Check the nodes, and network policies between the operator and them."),
  BROKER_ERROR(
      trouble("BrokerError", TOPOLOGY_DECLARED),
      "RabbitMQ failed to process a request. The operator retries.",
      "If it lasts, read the nodes' logs."),
  DECLARING(
      progress("Declaring", TOPOLOGY_DECLARED),
      "Exchanges, queues, bindings or policies are being declared."),
  IN_PROGRESS(
      progress("InProgress", NODES_READY, TOPOLOGY_DECLARED),
      "A change in RabbitMQ takes long. No other change starts until it ends.",
      "If it lasts, the message says why the last attempt failed."),
  UNTRIED_VERSION(
      trouble("UntriedVersion", TOPOLOGY_DECLARED),
      "A change uses RabbitMQ's internal functions, which were not tried with its version.",
      "Use a queue node image of the series that the message names."),
  MIGRATING(
      progress("Migrating", TOPOLOGY_DECLARED),
      "A queue is being recreated with another type or other arguments. It keeps its messages."),
  IMMUTABLE_ARGUMENT(
      trouble("ImmutableArgument", TOPOLOGY_DECLARED),
      "An exchange or queue has a type or an argument that RabbitMQ cannot change.",
      "Revert the change, or set `immutableChanges: Migrate` on the queue."),
  QUEUE_NOT_READY(
      progress("QueueNotReady", TOPOLOGY_DECLARED),
      "A queue is missing, has no leader, or has no majority of its members online: it is unavailable.",
      "If it lasts, check the nodes: `status.queues` lists the queues."),
  QUEUE_DEGRADED(
      progress("QueueDegraded", TOPOLOGY_DECLARED),
      "Every queue is available. Some have members that are down or are still to be added.",
      "If it lasts, check the nodes: `status.queues` lists the queues."),
  POLICY_OVERRIDDEN(
      trouble("PolicyOverridden", TOPOLOGY_DECLARED),
      "A policy or operator policy of somebody else overrides fields of a queue.",
      "Remove or change the policy that the message names, or set the fields to its values."),
  DECLARED(
      fine("Declared", TOPOLOGY_DECLARED),
      "Everything is declared, and every queue has all its members."),

  CONSUMER_NOT_READY(
      progress("ConsumerNotReady", CONSUMERS_READY),
      "A consumer's Pods are starting or not ready.",
      "If it lasts, read the message: it says what keeps a Pod from being ready."),
  NOT_CONSUMING(
      trouble("NotConsuming", CONSUMERS_READY),
      "Messages wait in a queue that has fewer consumers than ready Pods, for more than a minute.",
      "Restart the Pods. If it happens again, correct their program: it must consume again after `basic.cancel`."),
  DELIVERY_FAILING(
      trouble("DeliveryFailing", CONSUMERS_READY),
      "At least three attempts in a row to deliver messages to a URL failed, for at least 10 s.",
      "Correct `http.url` or repair the receiver. The message has the last answer, or why there was none."),
  ENDPOINT_NOT_READY(
      progress("EndpointNotReady", ENDPOINTS_READY),
      "No node serves an endpoint.",
      "If it lasts, read the message: it names the Service, gateway or queue that is not ready."),

  CERTIFICATES_VALID(
      fine("CertificatesValid", CERTIFICATES_READY), "All certificates are valid and in use."),
  CERTIFICATES_RENEWING(
      fine("CertificatesRenewing", CERTIFICATES_READY),
      "A CA is being renewed, step by step. Every certificate is valid.",
      "If it lasts, the message names the nodes that do not serve their new certificates."),
  CERTIFICATE_REFUSED(
      trouble("CertificateRefused", CERTIFICATES_READY),
      "A Secret that the spec names is missing, or what it contains cannot be used. What runs keeps its certificates.",
      "Correct the Secret as the message says."),
  CERTIFICATE_UNKNOWN(
      unknown("CertificateUnknown", CERTIFICATES_READY),
      "A Secret or a Certificate that the spec needs cannot be read. What runs keeps its certificates.",
      "Check the operator's role and the API server."),
  ISSUER_NOT_READY(
      progress("IssuerNotReady", CERTIFICATES_READY),
      "The certificate for clients is not issued by cert-manager yet. What runs keeps its"
          + " certificates.",
      "If it lasts, check the issuer. The message is cert-manager's."),
  CERTIFICATE_ENDING(
      trouble("CertificateEnding", CERTIFICATES_READY),
      "Less than a sixth of a certificate's life is left, or it has ended.",
      "Renew a certificate of your own. Otherwise bring back the nodes that the message names."),
  UNKNOWN_RENEWAL(
      trouble("UnknownRenewal", CERTIFICATES_READY),
      "The annotation `warren.dev/renew-certificates` has an unknown value. Nothing is done.",
      "Set the annotation to `leaves` or `ca`, or remove it."),

  FOLLOWING_LOAD(fine("FollowingLoad", SCALING_ACTIVE), "The numbers of Pods follow the load."),
  LOAD_UNKNOWN(
      trouble("LoadUnknown", SCALING_ACTIVE, SCALING_LIMITED),
      "The load of a consumer is unknown. Its number of Pods does not change.",
      "Check why RabbitMQ does not answer, or why the queue has no leader."),
  NOT_MEASURED_YET(
      unknown("NotMeasuredYet", SCALING_ACTIVE, SCALING_LIMITED),
      "The operator has not measured the load yet."),
  AS_NEEDED(fine("AsNeeded", SCALING_LIMITED), "Every consumer can have the Pods that it needs."),
  TOO_FEW_PODS(
      trouble("TooFewPods", SCALING_LIMITED),
      "A consumer needs more Pods than it may have, or more Pods do not help.",
      "Raise `maxReplicas`, or find out what limits the Pods."),

  BECAME_READY(fine("Ready"), "The topology is ready."),
  CERTIFICATES_RENEWED(fine("CertificatesRenewed"), "Certificates were renewed."),
  CONSUMER_SCALED(fine("ConsumerScaled"), "A consumer's number of Pods follows its load."),
  DECLARATION_REFUSED(
      fine("DeclarationRefused"),
      "RabbitMQ refused a client's declaration of a queue, because it differs from the queue."),
  DRIFT_REPAIRED(fine("DriftRepaired"), "Somebody changed an object, and it was restored."),
  NO_DEAD_LETTER(
      trouble("NoDeadLetter"),
      "A consumer with `http` drops messages that it gives up, because its queue has no `deadLetter`."),
  NODE_FORGOTTEN(fine("NodeForgotten"), "The other nodes have removed a node from the cluster."),
  NODE_REMOVED(fine("NodeRemoved"), "The removal of a node is complete."),
  NODE_REPLACED(
      fine("NodeReplaced"), "Another node has replaced a lost one, and every queue is complete.");

  private final ReasonKind kind;
  private final String meaning;
  private final String action;

  Reason(ReasonKind kind, String meaning, String action) {
    this.kind = kind;
    this.meaning = meaning;
    this.action = action;
  }

  Reason(ReasonKind kind, String meaning) {
    this(kind, meaning, "");
  }

  /** The one with this name; empty if an operator of another version wrote it. */
  public static Optional<Reason> of(String wireName) {
    return Arrays.stream(values()).filter(reason -> reason.wireName().equals(wireName)).findFirst();
  }

  /** Its name in conditions and Events. */
  public String wireName() {
    return kind.wireName();
  }

  /** Its severity. */
  public Outlook outlook() {
    return kind.outlook();
  }

  /** The conditions that use it; Ready takes those of its parts. Empty if only Events use it. */
  public List<ConditionType> conditions() {
    return kind.conditions();
  }

  /** What it means, for the documentation. */
  public String meaning() {
    return meaning;
  }

  /** What the user should do, for the documentation; empty if nothing needs to be done. */
  public String action() {
    return action;
  }

  /** Whether it is a step on the way to being ready. */
  public boolean isProgress() {
    return kind.outlook() == Outlook.PROGRESS || kind.outlook() == Outlook.REQUESTED;
  }
}
