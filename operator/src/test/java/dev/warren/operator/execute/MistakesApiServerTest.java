package dev.warren.operator.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.ApiServer;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Owner;
import dev.warren.operator.plan.validation.PodTemplateDryRun;
import dev.warren.operator.plan.validation.SpecValidator;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The mistakes that a new user makes, and what the user is told. Each message says where the
 * mistake is, what is wrong, and, unless that says it, what to do. The messages were written here
 * first: correct the code, not the message, when they differ.
 */
@Tag("apiserver")
class MistakesApiServerTest {

  private static final Images IMAGES =
      new Images("example.org/queue-node:1", "example.org/gateway:1");

  @RegisterExtension static final ApiServer server = new ApiServer();

  private final KubernetesClient client = server.client();
  private final String namespace = server.namespace();

  /** kubectl apply prints it. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      a misspelt field        | {queues: [{name: a, messageTtl: 1h}]} | spec.queues[0].messageTtl | unknown field
      a field in lower case   | {queues: [{name: a, deadletter: {queue: a}}]} | spec.queues[0].deadletter | unknown field
      a field with underscore | {bindings: [{exchange: e, queue: a, routing_key: k}]} | spec.bindings[0].routing_key | unknown field
      an hour in words        | {queues: [{name: a, messageTTL: 1hour}]} | spec.queues[0].messageTTL: | must be a duration of at most 49d, such as 500ms, 30s, 1h30m or 7d
      days in words           | {queues: [{name: a, type: stream, maxAge: 7days}]} | spec.queues[0].maxAge: | must be a duration in whole seconds from 1s to 9999d, such as 30s, 1h30m or 7d
      gigabytes               | {queues: [{name: a, maxLengthBytes: 1GB}]} | spec.queues[0].maxLengthBytes: | must be a size in bytes of at least 1, such as 10Gi or 500Mi
      a time without a unit   | {queues: [{name: a, messageTTL: 3600000}]} | spec.queues[0].messageTTL: | must be of type string: "integer"
      a size without a unit   | {nodes: {storage: {size: 10}}} | spec.nodes.storage.size: | must be of type string: "integer"
      a number with a unit    | {queues: [{name: a, maxLength: 50k}]} | spec.queues[0].maxLength: | must be of type integer: "string"
      megabytes of a node     | {nodes: {resources: {limits: {memory: 768MB}}}} | spec.nodes.resources.limits[memory]: | must be a quantity, such as 500m, 2, 768Mi or 1Gi, and not 768MB
      a port taken twice      | {endpoints: {requestReply: [{name: a, port: 10000, queue: a}, {name: b, port: 10000, queue: a}]}} | spec.endpoints.requestReply: | endpoints must have different ports
      a port taken by TCP     | {endpoints: {requestReply: [{name: a, port: 8080, queue: a}], publish: {port: 8080}}} | spec.endpoints.publish: | publish.port must differ from the ports of requestReply
      a port of RabbitMQ      | {endpoints: {publish: {port: 5672}}} | spec.endpoints.publish.port: | must not be 4369, 5671, 5672, 9090, 15671, 15672, 15691, 15692 or 25672, which the queue nodes use themselves
      a privileged port       | {endpoints: {publish: {port: 80}}} | spec.endpoints.publish.port: | should be greater than or equal to 1024
      a queue twice           | {queues: [{name: a}, {name: a}]} | spec.queues[1]: | Duplicate value: {"name":"a"}
      a consumer twice        | {consumers: [{name: a, queue: a, template: {}}, {name: a, queue: a, template: {}}]} | spec.consumers[1]: | Duplicate value: {"name":"a"}
      a binding twice         | {bindings: [{exchange: amq.topic, queue: a, routingKey: k}, {exchange: amq.topic, queue: a, routingKey: k}]} | spec.bindings[1]: | Duplicate value
      a prefetch of deliveries | {consumers: [{name: a, queue: a, prefetch: 20, http: {url: http://b}}]} | spec.consumers[0].prefetch: | has no effect with http; set http.concurrency instead
      replicas beside scaling | {consumers: [{name: a, queue: a, replicas: 3, scaling: {}, template: {}}]} | spec.consumers[0].replicas: | has no effect with scaling; set scaling.minReplicas and scaling.maxReplicas instead
      """)
  void isRefusedAtOnce(String what, String spec, String path, String message) {
    assertThatThrownBy(() -> apply(spec))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(path)
        .hasMessageContaining(message);
  }

  /** The API server accepts it, and the condition Validated reports it. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      a binding to no queue   | {exchanges: [{name: e}], bindings: [{exchange: e, queue: biling, routingKey: k}]} | spec.bindings[0].queue: no queue 'biling' is declared in this resource
      dead letters to no queue | {queues: [{name: a, deadLetter: {queue: b}}]} | spec.queues[0].deadLetter.queue: no queue 'b' is declared in this resource
      a consumer of no queue  | {consumers: [{name: a, queue: b, http: {url: http://c}}]} | spec.consumers[0].queue: no queue 'b' is declared in this resource
      too little memory       | {nodes: {resources: {limits: {memory: 64Mi}}}} | spec.nodes.resources.limits.memory: 64Mi is too little: RabbitMQ needs at least 128Mi to start, and more for its messages
      more memory than allowed | {nodes: {resources: {limits: {memory: 768Mi}, requests: {memory: 1Gi}}}} | spec.nodes.resources.requests: Invalid value: "1Gi": must be less than or equal to memory limit of 768Mi
      an argument misspelt    | {queues: [{name: a, arguments: {x-max-lenght: 5}}]} | spec.queues[0].arguments.x-max-lenght: RabbitMQ does not know this argument and would ignore it; did you mean the field spec.queues[0].maxLength, or the argument x-max-length?
      an argument without x   | {queues: [{name: a, arguments: {max-length: 5}}]} | spec.queues[0].arguments.max-length: RabbitMQ does not know this argument and would ignore it; did you mean the field spec.queues[0].maxLength, or the argument x-max-length?
      an argument that a field replaces | {queues: [{name: a, arguments: {single-active-consumer: true}}]} | spec.queues[0].arguments.single-active-consumer: RabbitMQ does not know this argument and would ignore it; did you mean the field spec.queues[0].singleActiveConsumer?
      an argument of no field | {queues: [{name: a, arguments: {x-expire: 5}}]} | spec.queues[0].arguments.x-expire: RabbitMQ does not know this argument and would ignore it; did you mean x-expires?
      an exchange's argument  | {exchanges: [{name: e, arguments: {x-alternate-exchange: e}}]} | spec.exchanges[0].arguments.x-alternate-exchange: RabbitMQ does not know this argument and would ignore it; did you mean alternate-exchange?
      an argument and a field | {queues: [{name: a, maxLength: 10, arguments: {x-max-length: 5}}]} | spec.queues[0].arguments.x-max-length: cannot be set together with spec.queues[0].maxLength; use only one of them
      a key of a fanout       | {queues: [{name: a}], bindings: [{exchange: amq.fanout, queue: a, routingKey: k}]} | spec.bindings[0].routingKey: has no effect: 'amq.fanout' is a fanout exchange, which routes every message to each queue; write routingKey: ""
      headers of a fanout     | {exchanges: [{name: e, type: fanout}], queues: [{name: a}], bindings: [{exchange: e, queue: a, routingKey: "", arguments: {x-match: all}}]} | spec.bindings[0].arguments: have no effect: 'e' is a fanout exchange, and only headers exchanges compare headers; remove them
      headers of a topic      | {queues: [{name: a}], bindings: [{exchange: amq.topic, queue: a, routingKey: k, arguments: {b: c}}]} | spec.bindings[0].arguments: have no effect: 'amq.topic' is a topic exchange, and only headers exchanges compare headers; remove them
      """)
  void isReportedInTheStatus(String what, String spec, String message) {
    assertThat(violations(apply(spec))).containsExactly(message);
  }

  /** As in a consumer of queue a. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
      megabytes              | {containers: [{name: app, image: i, resources: {limits: {memory: 32MB}}}]} | containers[0].resources.limits.memory: '32MB' is not a quantity; write 32Mi, or 32M for powers of ten
      memory in words        | {containers: [{name: app, image: i, resources: {requests: {cpu: lots}}}]} | containers[0].resources.requests.cpu: 'lots' is not a quantity; write one such as 500m, 2, 768Mi or 1Gi
      the size of a volume   | {containers: [{name: app, image: i}], volumes: [{name: v, emptyDir: {sizeLimit: 1 gb}}]} | volumes[0].emptyDir.sizeLimit: '1 gb' is not a quantity; write 1Gi, or 1G for powers of ten
      no image               | {containers: [{name: app}]} | containers[0].image: Required value
      a volume that is missing | {containers: [{name: app, image: i, volumeMounts: [{name: none, mountPath: /a}]}]} | containers[0].volumeMounts[0].name: Not found: "none"
      a misspelt field       | {containers: [{name: app, imgae: i}]} | containers[name="app"].imgae: field not declared in schema
      """)
  void isReportedWithItsPathInATemplate(String what, String podSpec, String message) {
    String spec =
        "{queues: [{name: a}], consumers: [{name: worker, queue: a, template: {spec: %s}}]}"
            .formatted(podSpec);

    assertThat(violations(apply(spec)))
        .containsExactly("spec.consumers[0].template.spec." + message);
  }

  /** What the API server makes of the spec, with kubectl's strictness; nothing is stored. */
  private MessageTopologySpec apply(String spec) {
    GenericKubernetesResource topology =
        Serialization.unmarshal(
            """
            apiVersion: warren.dev/v1alpha1
            kind: MessageTopology
            metadata: {name: orders, namespace: %s}
            spec: %s
            """
                .formatted(namespace, spec),
            GenericKubernetesResource.class);
    GenericKubernetesResource accepted =
        client.resource(topology).dryRun().fieldValidation(Validation.STRICT).create();
    return client
        .getKubernetesSerialization()
        .convertValue(accepted.get("spec"), MessageTopologySpec.class);
  }

  /** As a reconcile finds them. */
  private List<String> violations(MessageTopologySpec spec) {
    List<Violation> found = SpecValidator.violations(spec);
    List<Violation> all =
        found.isEmpty()
            ? new PodTemplateDryRunner(client)
                .violations(
                    PodTemplateDryRun.of(new Owner(namespace, "orders", "uid"), spec, IMAGES))
            : found;
    return all.stream().map(Violation::toString).toList();
  }
}
