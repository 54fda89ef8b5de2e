package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.ConsumerSpec;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConsumerDeploymentTest {

  private static final ClientTrust TRUST = new ClientTrust(Optional.of("CA"), Optional.empty());
  private static final Images IMAGES = new Images("queue-node-image", "gateway-image");
  private static final Owner OWNER = new Owner("shop", "orders", "uid-1");
  private static final ResourceNames NAMES = ResourceNames.of("shop", "orders");

  private static final String TEMPLATE =
      """
      spec:
        initContainers: [{name: first, image: example/first}]
        containers: [{name: app, image: example/app}, {name: sidecar, image: example/sidecar}]
      """;

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String DELIVERY =
      """
      name: notify
      queue: hello
      replicas: 2
      prefetch: 1
      http:
        url: "http://shop.default/notify"
        method: POST
        timeout: 2500ms
        concurrency: 8
        ordered: false
        contentMode: Binary
        redirects: Refuse
        retry: {maxAttempts: 10, initialDelay: 1s, maxDelay: 60s}
      """;

  @Test
  void everyContainerGetsTheConnectionAndTheQueue() {
    PodSpec spec = template(TEMPLATE).getSpec();

    List<Container> all =
        Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream()).toList();
    assertThat(all).extracting(Container::getName).containsExactly("first", "app", "sidecar");
    assertThat(all)
        .allSatisfy(
            container -> {
              assertThat(container.getEnv())
                  .extracting(EnvVar::getName, ConsumerDeploymentTest::source)
                  .containsExactlyInAnyOrder(
                      tuple("RABBITMQ_HOST", "orders-connection/host"),
                      tuple("RABBITMQ_PORT", "orders-connection/port"),
                      tuple("RABBITMQ_VHOST", "orders-connection/virtual-host"),
                      tuple("RABBITMQ_USERNAME", "orders-connection/username"),
                      tuple("RABBITMQ_PASSWORD", "orders-connection/password"),
                      tuple("RABBITMQ_URI", "orders-connection/uri"),
                      tuple("RABBITMQ_AMQPS_URI", "orders-connection/amqps-uri"),
                      tuple("RABBITMQ_CA_FILE", "/bindings/rabbitmq/ca.crt"),
                      tuple("RABBITMQ_QUEUE", "hello"),
                      tuple("RABBITMQ_PREFETCH", "7"),
                      tuple("SERVICE_BINDING_ROOT", "/bindings"));
              assertThat(container.getVolumeMounts())
                  .extracting(VolumeMount::getMountPath, VolumeMount::getReadOnly)
                  .containsExactly(tuple("/bindings/rabbitmq", true));
            });
    assertThat(spec.getVolumes())
        .extracting(volume -> volume.getSecret().getSecretName())
        .containsExactly("orders-connection");
  }

  @Test
  void theUsersVariablesWinAndCanReferToOurs() {
    Container app =
        template(
                """
                spec:
                  containers:
                    - name: app
                      env:
                        - {name: RABBITMQ_PREFETCH, value: "50"}
                        - {name: TARGET, value: "$(RABBITMQ_HOST)/x"}
                """)
            .getSpec()
            .getContainers()
            .getFirst();

    assertThat(app.getEnv()).extracting(EnvVar::getName).doesNotHaveDuplicates();
    assertThat(app.getEnv())
        .filteredOn(variable -> variable.getName().equals("RABBITMQ_PREFETCH"))
        .extracting(EnvVar::getValue)
        .containsExactly("50");
    assertThat(app.getEnv().getLast().getName()).isEqualTo("TARGET");
  }

  @Test
  void theFilesAreWhereTheProgramReadsThem() {
    Container app =
        template(
                "{spec: {containers: [{name: app, env: [{name: SERVICE_BINDING_ROOT, value: /my}]}]}}")
            .getSpec()
            .getContainers()
            .getFirst();

    assertThat(app.getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .containsExactly("/my/rabbitmq");
  }

  @Test
  void theDeploymentSelectsItsOwnPodsAndNoOthers() {
    Deployment worker = deployment("worker", TEMPLATE, "secret");
    Map<String, String> selector = worker.getSpec().getSelector().getMatchLabels();

    assertThat(worker.getMetadata().getName()).isEqualTo("orders-worker");
    assertThat(labelsOfPods(worker)).containsAllEntriesOf(selector);
    assertThat(labelsOfPods(deployment("other", TEMPLATE, "secret")).entrySet())
        .isNotEmpty()
        .matches(labels -> !labels.containsAll(selector.entrySet()));
  }

  @Test
  void theUsersLabelsStayAndCannotTakeAPodFromItsDeployment() {
    PodTemplateSpec template =
        template("{metadata: {labels: {team: logistics, warren.dev/consumer: mine}}, spec: {}}");

    assertThat(template.getMetadata().getLabels())
        .containsEntry("team", "logistics")
        .containsEntry(Labels.CONSUMER, "worker");
  }

  @Test
  void aNewPasswordReachesTheRunningPods() {
    assertThat(deployment("worker", TEMPLATE, "one").getSpec().getTemplate())
        .isEqualTo(deployment("worker", TEMPLATE, "one").getSpec().getTemplate())
        .isNotEqualTo(deployment("worker", TEMPLATE, "two").getSpec().getTemplate());
    assertThat(Serialization.asYaml(deployment("worker", TEMPLATE, "topsecret")))
        .doesNotContain("topsecret");
  }

  @Test
  void zeroReplicasAreKept() {
    assertThat(deployment("worker", TEMPLATE, "secret").getSpec().getReplicas()).isZero();
  }

  @Test
  void aPodHasAMinuteToFinishItsWorkUnlessTheUserSaysOtherwise() {
    assertThat(template(TEMPLATE).getSpec().getTerminationGracePeriodSeconds()).isEqualTo(60);
    assertThat(
            template("{spec: {terminationGracePeriodSeconds: 600}}")
                .getSpec()
                .getTerminationGracePeriodSeconds())
        .isEqualTo(600);
  }

  @Test
  void emptyFieldsOfATemplateAreIgnored() {
    assertThat(
            template(
                """
                metadata:
                  labels:
                spec:
                  volumes:
                  initContainers:
                  containers:
                    - name: app
                      env:
                      volumeMounts:
                """))
        .isEqualTo(template("{spec: {containers: [{name: app}]}}"));
  }

  @Test
  void aVariableWithoutANameIsLeftForTheApiServerToRefuse() {
    assertThat(template("{spec: {containers: [{name: app, env: [{value: x}]}]}}")).isNotNull();
  }

  @Test
  void theDispatcherDeliversToAUrlUnderTheRestrictedProfile() {
    PodSpec spec = delivery("").getSpec();

    assertThat(spec.getContainers()).extracting(Container::getName).containsExactly("dispatcher");
    Container dispatcher = spec.getContainers().getFirst();
    assertThat(dispatcher.getImage()).isEqualTo("gateway-image");
    assertThat(spec.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(spec.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(dispatcher.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(dispatcher.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(dispatcher.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(dispatcher.getVolumeMounts()).extracting(VolumeMount::getMountPath).contains("/tmp");
    assertThat(dispatcher.getEnv())
        .extracting(EnvVar::getName, ConsumerDeploymentTest::source)
        .contains(
            tuple("WARREN_ROLE", "dispatcher"),
            tuple("RABBITMQ_HOST", "orders-connection/host"),
            tuple("RABBITMQ_PORT", "orders-connection/amqps-port"),
            tuple("RABBITMQ_CA_FILE", "/bindings/rabbitmq/ca.crt"),
            tuple("RABBITMQ_PASSWORD", "orders-connection/password"),
            tuple("RABBITMQ_QUEUE", "hello"),
            tuple("RABBITMQ_PREFETCH", "8"));
  }

  @Test
  void theDispatcherGetsItsConfiguration() throws JsonProcessingException {
    assertThat(deliveryJson(""))
        .isEqualTo(
            JSON.readTree(
                """
                {"consumer": "notify", "url": "http://shop.default/notify", "method": "POST",
                 "timeoutMillis": 2500, "concurrency": 8, "ordered": false, "contentMode": "Binary",
                 "redirects": "Refuse",
                 "retry": {"maxAttempts": 10, "initialDelayMillis": 1000, "maxDelayMillis": 60000}}
                """));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{queue: failed}                   | {\"exchange\": \"\", \"routingKey\": \"failed\"}",
        "{exchange: events, routingKey: k} | {\"exchange\": \"events\", \"routingKey\": \"k\"}",
        "{exchange: events}                | {\"exchange\": \"events\"}",
        "{exchange: events, routingKey: ''} | {\"exchange\": \"events\", \"routingKey\": \"\"}",
      })
  void theDispatcherKnowsTheDeadLetterTarget(String deadLetter, String expected)
      throws JsonProcessingException {
    assertThat(deliveryJson(deadLetter).get("deadLetter")).isEqualTo(JSON.readTree(expected));
  }

  @Test
  void anOrderedDeliveryHoldsOneMessage() {
    ConsumerSpec ordered = consumer(DELIVERY.replace("ordered: false", "ordered: true"));
    Container dispatcher =
        deployments("")
            .deployment(ordered, 1)
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .getFirst();

    assertThat(dispatcher.getEnv())
        .extracting(EnvVar::getName, ConsumerDeploymentTest::source)
        .contains(tuple("RABBITMQ_PREFETCH", "1"));
  }

  /** Two Pods at once would deliver out of order. */
  @Test
  void thePodOfAnOrderedDeliveryEndsBeforeTheNextStarts() {
    ConsumerSpec ordered = consumer(DELIVERY.replace("ordered: false", "ordered: true"));

    assertThat(strategy(deployments("").deployment(ordered, 1))).isEqualTo("Recreate");
    assertThat(strategy(deployments("").deployment(consumer(DELIVERY), 1)))
        .isEqualTo("RollingUpdate");
    assertThat(strategy(deployment("worker", TEMPLATE, "secret"))).isEqualTo("RollingUpdate");
  }

  @Test
  void aDispatcherHasTimeToWaitForItsLastResponse() {
    assertThat(delivery("").getSpec().getTerminationGracePeriodSeconds()).isEqualTo(13);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "                                              | 256Mi | 128Mi | -Xmx96m",
        "resources: {limits: {memory: 1Gi}}            | 1Gi   |       | -Xmx864m",
        "resources: {limits: {cpu: 1}}                 | 256Mi |       | -Xmx96m",
        "resources: {requests: {memory: 512Mi}}        | 512Mi | 512Mi | -Xmx352m",
      })
  void theHeapFitsIntoTheMemoryLimit(
      String resources, String limit, String request, String options) {
    PodTemplateSpec template = delivery(resources == null ? "" : resources, "");

    ResourceRequirements given = template.getSpec().getContainers().getFirst().getResources();
    assertThat(given.getLimits().get("memory")).hasToString(limit);
    assertThat(given.getRequests().get("memory"))
        .isEqualTo(request == null ? null : new Quantity(request));
    assertThat(variable(template, "JDK_JAVA_OPTIONS"))
        .isEqualTo(options + " -XX:MaxDirectMemorySize=32m");
  }

  @Test
  void aPodTemplateIsAddedToADispatcher() {
    PodTemplateSpec template =
        delivery(
            """
            podTemplate:
              metadata: {labels: {team: shipping, app.kubernetes.io/name: mine}}
              spec:
                imagePullSecrets: [{name: registry}]
                securityContext: {runAsNonRoot: false, runAsUser: 1000700000}
                containers: [{name: dispatcher, image: mine, env: [{name: LANG, value: C}]}]
            """,
            "");

    assertThat(template.getMetadata().getLabels())
        .containsEntry("team", "shipping")
        .containsEntry("app.kubernetes.io/name", "warren");
    PodSpec spec = template.getSpec();
    assertThat(spec.getImagePullSecrets()).extracting("name").containsExactly("registry");
    assertThat(spec.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(spec.getSecurityContext().getRunAsUser()).isEqualTo(1000700000);
    assertThat(spec.getSecurityContext().getRunAsGroup()).isZero();
    assertThat(spec.getContainers()).hasSize(1);
    assertThat(spec.getContainers().getFirst().getImage()).isEqualTo("gateway-image");
    assertThat(variable(template, "LANG")).isEqualTo("C");
    assertThat(variable(template, "WARREN_ROLE")).isEqualTo("dispatcher");
  }

  /** Kubernetes would expand a variable in $(...). */
  @Test
  void secretsForTlsAreMountedAsWholeFolders() throws JsonProcessingException {
    PodTemplateSpec template = delivery("caSecret: shop-ca\nclientCertificateSecret: shop-tls", "");

    assertThat(JSON.readTree(variable(template, "WARREN_HTTP_DELIVERY")).get("tls"))
        .isEqualTo(
            JSON.readTree(
                """
                {"caFolder": "/etc/warren/receiver-ca",
                 "clientCertificateFolder": "/etc/warren/client-certificate"}
                """));
    assertThat(template.getSpec().getVolumes())
        .filteredOn(volume -> volume.getSecret() != null)
        .extracting(Volume::getName, volume -> volume.getSecret().getSecretName())
        .contains(tuple("receiver-ca", "shop-ca"), tuple("client-certificate", "shop-tls"));
    assertThat(template.getSpec().getContainers().getFirst().getVolumeMounts())
        .filteredOn(mount -> mount.getSubPath() == null && mount.getReadOnly())
        .extracting(VolumeMount::getName, VolumeMount::getMountPath)
        .contains(
            tuple("receiver-ca", "/etc/warren/receiver-ca"),
            tuple("client-certificate", "/etc/warren/client-certificate"));
  }

  @Test
  void oneSecretForTlsIsEnough() throws JsonProcessingException {
    PodTemplateSpec template = delivery("caSecret: shop-ca", "");

    assertThat(JSON.readTree(variable(template, "WARREN_HTTP_DELIVERY")).get("tls"))
        .isEqualTo(JSON.readTree("{\"caFolder\": \"/etc/warren/receiver-ca\"}"));
    assertThat(template.getSpec().getVolumes())
        .extracting(Volume::getName)
        .doesNotContain("client-certificate");
  }

  @Test
  void aVariableInAUrlIsNotExpanded() {
    ConsumerSpec odd = consumer(DELIVERY.replace("/notify", "/$(HOME)/$$"));
    String value =
        variable(
            deployments("").deployment(odd, 1).getSpec().getTemplate(), "WARREN_HTTP_DELIVERY");

    assertThat(value).contains("http://shop.default/$$(HOME)/$$$$");
  }

  private static String strategy(Deployment deployment) {
    return deployment.getSpec().getStrategy().getType();
  }

  private static JsonNode deliveryJson(String deadLetter) throws JsonProcessingException {
    return JSON.readTree(variable(delivery(deadLetter), "WARREN_HTTP_DELIVERY"));
  }

  private static PodTemplateSpec delivery(String deadLetter) {
    return delivery("", deadLetter);
  }

  @Test
  void withMutualTlsAPodAlsoHasACertificateOfItsOwnWhereverItIsBound() {
    List<EnvVar> env =
        container(
            new ClientTrust(Optional.of("CA"), Optional.of(new PemKeyPair("CERT", "KEY"))),
            "{tls: {clients: Mutual, clientCASecret: a}}",
            "[{name: SERVICE_BINDING_ROOT, value: /elsewhere}]");

    assertThat(env)
        .extracting(EnvVar::getName, EnvVar::getValue)
        .contains(
            tuple("RABBITMQ_CA_FILE", "/elsewhere/rabbitmq/ca.crt"),
            tuple("RABBITMQ_CERTIFICATE_FILE", "/elsewhere/rabbitmq/tls.crt"),
            tuple("RABBITMQ_KEY_FILE", "/elsewhere/rabbitmq/tls.key"));
    assertThat(container(ClientTrust.NONE, "{}", "[]"))
        .extracting(EnvVar::getName)
        .noneMatch(name -> name.endsWith("_FILE"));
  }

  @Test
  void otherCertificatesRestartNoPodAndAnotherPortDoes() {
    ClientTrust others =
        new ClientTrust(Optional.of("NEW CA"), Optional.of(new PemKeyPair("NEW", "KEY")));
    ClientTrust these = new ClientTrust(Optional.of("CA"), Optional.of(new PemKeyPair("A", "B")));

    assertThat(deployment(others, "{}", "[]")).isEqualTo(deployment(these, "{}", "[]"));
    assertThat(deployment(these, "{tls: {clients: Required}}", "[]"))
        .isNotEqualTo(deployment(these, "{}", "[]"));
  }

  private static List<EnvVar> container(ClientTrust trust, String spec, String env) {
    return deployment(trust, spec, env)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .getFirst()
        .getEnv();
  }

  private static Deployment deployment(ClientTrust trust, String spec, String env) {
    return new ConsumerDeployment(
            OWNER,
            NAMES,
            Serialization.unmarshal("---\n" + spec, MessageTopologySpec.class),
            IMAGES,
            new Credentials("admin", "secret"),
            trust)
        .deployment(
            consumer(
                """
                name: worker
                queue: hello
                prefetch: 7
                template: {spec: {containers: [{name: app, env: %s}]}}
                """
                    .formatted(env)),
            1);
  }

  /**
   * @param fields more of them for http
   */
  private static PodTemplateSpec delivery(String fields, String deadLetter) {
    ConsumerSpec consumer = consumer(DELIVERY + fields.indent(2));
    return deployments(deadLetter).deployment(consumer, 1).getSpec().getTemplate();
  }

  private static ConsumerDeployment deployments(String deadLetter) {
    MessageTopologySpec spec =
        Serialization.unmarshal(
            "queues: [{name: hello%s}]"
                .formatted(deadLetter.isEmpty() ? "" : ", deadLetter: " + deadLetter),
            MessageTopologySpec.class);
    return new ConsumerDeployment(
        OWNER, NAMES, spec, IMAGES, new Credentials("admin", "secret"), TRUST);
  }

  private static ConsumerSpec consumer(String yaml) {
    return Serialization.unmarshal(yaml, ConsumerSpec.class);
  }

  private static String variable(PodTemplateSpec template, String name) {
    return template.getSpec().getContainers().getFirst().getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .map(EnvVar::getValue)
        .findFirst()
        .orElseThrow();
  }

  private static Map<String, String> labelsOfPods(Deployment deployment) {
    return deployment.getSpec().getTemplate().getMetadata().getLabels();
  }

  private static String source(EnvVar variable) {
    if (variable.getValueFrom() == null) {
      return variable.getValue();
    }
    return variable.getValueFrom().getSecretKeyRef().getName()
        + "/"
        + variable.getValueFrom().getSecretKeyRef().getKey();
  }

  private static PodTemplateSpec template(String yaml) {
    return deployment("worker", yaml, "secret").getSpec().getTemplate();
  }

  private static Deployment deployment(String name, String template, String password) {
    ConsumerSpec consumer =
        Serialization.unmarshal(
            "name: %s\nqueue: hello\nreplicas: 0\nprefetch: 7\ntemplate:\n%s"
                .formatted(name, template.indent(2)),
            ConsumerSpec.class);
    return new ConsumerDeployment(
            OWNER,
            NAMES,
            Serialization.unmarshal("{}", MessageTopologySpec.class),
            IMAGES,
            new Credentials("admin", password),
            TRUST)
        .deployment(consumer, consumer.replicas());
  }
}
