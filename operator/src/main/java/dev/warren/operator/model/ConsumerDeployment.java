package dev.warren.operator.model;

import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.DeadLetterSpec;
import dev.warren.api.v1alpha1.HttpDeliverySpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.model.Labels.Component;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Deployment of a consumer: the user's pod template, or the one of the dispatcher, with the
 * connection and the queue added to each container.
 */
public final class ConsumerDeployment {

  /** The container of a consumer that delivers to a URL. */
  public static final String DISPATCHER = GatewayContainer.DISPATCHER;

  /** The strategy of an update in which all old Pods end before a new one starts. */
  public static final String RECREATE = "Recreate";

  /** The minimum memory of a Pod that delivers to a URL. */
  public static final Quantity LEAST_MEMORY =
      MemoryBounded.limit(GatewayContainer.DEFAULT_RESOURCES);

  private static final String QUEUE = "RABBITMQ_QUEUE";
  private static final String BINDING_ROOT = "SERVICE_BINDING_ROOT";
  private static final String DEFAULT_BINDING_ROOT = "/bindings";
  private static final String BINDING_VOLUME = "warren-connection";

  /** Enough for a Pod that is stopped to finish most messages. */
  private static final long TERMINATION_GRACE_SECONDS = 60;

  /** A new password or port must reach the Pods, which read it when they start. */
  private static final String CONNECTION_ANNOTATION = "warren.dev/connection-revision";

  private final Owner owner;
  private final ResourceNames names;
  private final Map<String, DeadLetterSpec> deadLetters = new HashMap<>();
  private final Images images;
  private final String connectionRevision;
  private final ClientTrust trust;
  private final UserMetadata users;

  /**
   * @param images for consumers that deliver to a URL
   * @param trust which files for TLS the connection Secret has; their content does not matter here
   */
  public ConsumerDeployment(
      Owner owner,
      ResourceNames names,
      MessageTopologySpec spec,
      Images images,
      Credentials credentials,
      ClientTrust trust) {
    this.owner = owner;
    this.names = names;
    this.images = images;
    this.trust = trust;
    this.connectionRevision =
        Revision.of(List.of(credentials.clientPassword(), spec.tls().clients()));
    this.users = UserMetadata.of(spec);
    spec.queues().stream()
        .filter(queue -> queue.deadLetter() != null)
        .forEach(queue -> deadLetters.put(queue.name(), queue.deadLetter()));
  }

  /**
   * The Deployment.
   *
   * @param replicas the desired number of Pods
   * @throws IllegalArgumentException when the consumer's template is not a Pod template
   */
  public Deployment deployment(ConsumerSpec consumer, int replicas) {
    return new DeploymentBuilder()
        .withMetadata(
            owner
                .owned(names.consumer(consumer.name()), Component.CONSUMER, users)
                .addToLabels(Labels.CONSUMER, consumer.name())
                .build())
        .withNewSpec()
        .withReplicas(replicas)
        .withStrategy(strategy(consumer))
        .withNewSelector()
        .withMatchLabels(selector(consumer))
        .endSelector()
        .withTemplate(template(consumer))
        .endSpec()
        .build();
  }

  /**
   * How Pods are replaced in an update. By default Kubernetes starts a new Pod before the old one
   * ends, and then both deliver. For a delivery in order it waits until the old one has ended.
   */
  private static DeploymentStrategy strategy(ConsumerSpec consumer) {
    return new DeploymentStrategy(null, isOrdered(consumer) ? RECREATE : "RollingUpdate");
  }

  /** The queues that a consumer's Pod is configured to consume. */
  public static Set<String> queues(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
        .flatMap(container -> container.getEnv().stream())
        .filter(variable -> QUEUE.equals(variable.getName()) && variable.getValue() != null)
        .map(variable -> VariableText.read(variable.getValue()))
        .collect(Collectors.toSet());
  }

  private PodTemplateSpec template(ConsumerSpec consumer) {
    PodTemplateSpec template =
        consumer.http() == null
            ? PodTemplates.read(consumer.template())
            : HttpDispatcher.template(
                consumer, Optional.ofNullable(deadLetters.get(consumer.queue())), images);
    template.setMetadata(metadata(template.getMetadata(), consumer));
    template.setSpec(spec(template.getSpec(), consumer));
    return template;
  }

  private ObjectMeta metadata(ObjectMeta users, ConsumerSpec consumer) {
    ObjectMetaBuilder metadata =
        users == null ? new ObjectMetaBuilder() : new ObjectMetaBuilder(users);
    return metadata
        .addToLabels(Labels.of(owner.topology(), Component.CONSUMER))
        .addToLabels(Labels.CONSUMER, consumer.name())
        .addToAnnotations(CONNECTION_ANNOTATION, connectionRevision)
        .build();
  }

  private PodSpec spec(PodSpec users, ConsumerSpec consumer) {
    PodSpecBuilder spec = users == null ? new PodSpecBuilder() : new PodSpecBuilder(users);
    if (!spec.hasTopologySpreadConstraints()) {
      spec.addToTopologySpreadConstraints(
          new TopologySpreadConstraintBuilder()
              .withTopologyKey(Labels.HOSTNAME)
              .withMaxSkew(1)
              .withWhenUnsatisfiable("ScheduleAnyway")
              .withNewLabelSelector()
              .withMatchLabels(selector(consumer))
              .endLabelSelector()
              .build());
    }
    if (spec.getTerminationGracePeriodSeconds() == null) {
      spec.withTerminationGracePeriodSeconds(TERMINATION_GRACE_SECONDS);
    }
    spec.addToVolumes(
        new VolumeBuilder()
            .withName(BINDING_VOLUME)
            .withNewSecret()
            .withSecretName(names.connectionSecret())
            .endSecret()
            .build());
    PodSpec result = spec.build();
    result.getInitContainers().forEach(container -> connect(container, consumer));
    result.getContainers().forEach(container -> connect(container, consumer));
    return result;
  }

  private void connect(Container container, ConsumerSpec consumer) {
    Map<String, EnvVar> environment = new LinkedHashMap<>();
    ConnectionVariables.ofClients(names)
        .forEach(variable -> environment.put(variable.getName(), variable));
    if (consumer.http() != null) {
      environment.put(ConnectionVariables.PORT, ConnectionVariables.portWithTls(names));
    }
    String folder = bindingRoot(container.getEnv()) + "/rabbitmq";
    ConnectionVariables.files(folder, trust)
        .forEach(variable -> environment.put(variable.getName(), variable));
    environment.put(QUEUE, value(QUEUE, VariableText.of(consumer.queue())));
    environment.put(
        "RABBITMQ_PREFETCH", value("RABBITMQ_PREFETCH", String.valueOf(prefetch(consumer))));
    environment.put(BINDING_ROOT, value(BINDING_ROOT, DEFAULT_BINDING_ROOT));
    // The user's variables come last, so that they can refer to the operator's and override
    // them.
    List<EnvVar> users = container.getEnv();
    users.forEach(variable -> environment.remove(variable.getName()));
    List<EnvVar> all = new ArrayList<>(environment.values());
    all.addAll(users);
    container.setEnv(all);
    container
        .getVolumeMounts()
        .add(
            new VolumeMountBuilder()
                .withName(BINDING_VOLUME)
                .withMountPath(folder)
                .withReadOnly(true)
                .build());
  }

  /** Whether a consumer delivers one message after the other, in the order of its queue. */
  public static boolean isOrdered(ConsumerSpec consumer) {
    return consumer.http() != null && consumer.http().ordered();
  }

  /** How many messages each Pod of a consumer holds. */
  public static int prefetch(ConsumerSpec consumer) {
    return consumer.http() == null ? consumer.prefetch() : HttpDispatcher.prefetch(consumer.http());
  }

  /** How much memory each Pod of a consumer that delivers to a URL may take. */
  public static Quantity memoryLimit(HttpDeliverySpec http) {
    return MemoryBounded.limit(HttpDispatcher.resources(http));
  }

  private static String bindingRoot(List<EnvVar> environment) {
    return environment.stream()
        .filter(variable -> BINDING_ROOT.equals(variable.getName()))
        .findFirst()
        .map(EnvVar::getValue)
        .orElse(DEFAULT_BINDING_ROOT);
  }

  private Map<String, String> selector(ConsumerSpec consumer) {
    Map<String, String> selector =
        new TreeMap<>(Labels.selector(owner.topology(), Component.CONSUMER));
    selector.put(Labels.CONSUMER, consumer.name());
    return selector;
  }

  private static EnvVar value(String name, String value) {
    return new EnvVarBuilder().withName(name).withValue(value).build();
  }
}
