package dev.warren.operator.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.warren.api.v1alpha1.EndpointsSpec;
import dev.warren.api.v1alpha1.TlsSpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.model.QueueNodePod.Placement;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueueNodePodTest {

  private static final Owner OWNER = new Owner("shop", "orders", "uid-1");
  private static final ResourceNames NAMES = ResourceNames.of("shop", "orders");
  private static final String SEED = NAMES.brokerNode(0);
  private static final String PUBLISH =
      "publish: {port: 8080, timeout: 10s, maxMessageSize: 1Mi, maxInFlight: 1000,"
          + " maxConnections: 1000, idleTimeout: 60s}";

  @Test
  void aNodeRunsInANamespaceThatEnforcesTheRestrictedProfile() {
    PodSpec spec = pod("").getSpec();

    assertThat(spec.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(spec.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(spec.getContainers())
        .extracting(Container::getSecurityContext)
        .allSatisfy(
            context -> {
              assertThat(context.getAllowPrivilegeEscalation()).isFalse();
              assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
              assertThat(context.getCapabilities().getAdd()).isEmpty();
            });
    assertThat(spec.getAutomountServiceAccountToken()).isFalse();
  }

  @Test
  void theOthersFindANodeByItsPodsName() {
    Pod pod = pods("").pod(2, SEED, Placement.SPREAD, false);

    assertThat(pod.getMetadata().getName()).isEqualTo("orders-2");
    assertThat(pod.getSpec().getHostname()).isEqualTo("orders-2");
    assertThat(pod.getSpec().getSubdomain()).isEqualTo("orders-nodes");
    assertThat(variable(pod, "RABBITMQ_NODENAME"))
        .isEqualTo("rabbit@orders-2.orders-nodes.shop.svc");
    assertThat(pod.getSpec().getVolumes())
        .filteredOn(volume -> volume.getName().equals("data"))
        .extracting(volume -> volume.getPersistentVolumeClaim().getClaimName())
        .containsExactly("data-orders-2");
  }

  @Test
  void theSeedAndTheMachineDoNotChangeTheRevision() {
    QueueNodePod pods = pods("");

    assertThat(revision(pods.pod(0, SEED, Placement.SPREAD, false)))
        .isEqualTo(revision(pods.pod(7, NAMES.brokerNode(3), Placement.WITH_ITS_VOLUME, false)))
        .isEqualTo(pods.revision());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image: example/other",
        "resources: {limits: {memory: 3Gi}}",
        "config: log.console.level = debug",
        "podTemplate: {spec: {priorityClassName: high}}",
        "podTemplate: {spec: {topologySpreadConstraints: [{topologyKey: rack, maxSkew: 1}]}}"
      })
  void aChangeOfTheNodeChangesItsRevision(String change) {
    assertThat(pods(change).revision()).isNotEqualTo(pods("").revision());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replicas: 5",
        "storage: {size: 10Gi, onDelete: Retain}",
        "storage: {size: 1Gi}",
        "plugins: [rabbitmq_stream]"
      })
  void aChangeThatDoesNotConcernThePodKeepsItsRevision(String change) {
    assertThat(pods(change).revision()).isEqualTo(pods("").revision());
  }

  @Test
  void aNewNodesPodMustSpreadAndAnOldOnesFollowsItsVolume() {
    assertThat(spread(pods("").pod(0, SEED, Placement.SPREAD, false)))
        .containsExactly(
            tuple("kubernetes.io/hostname", "DoNotSchedule"),
            tuple("topology.kubernetes.io/zone", "ScheduleAnyway"));
    assertThat(spread(pods("").pod(0, SEED, Placement.WITH_ITS_VOLUME, false)))
        .containsExactly(
            tuple("kubernetes.io/hostname", "ScheduleAnyway"),
            tuple("topology.kubernetes.io/zone", "ScheduleAnyway"));
  }

  @Test
  void aNodeThatHasJoinedIsMarkedAndKeepsItsRevision() {
    Pod pod = pods("").pod(1, SEED, Placement.SPREAD, true);

    assertThat(pod.getMetadata().getAnnotations()).containsEntry(Labels.JOINED, "true");
    assertThat(pod("").getMetadata().getAnnotations()).doesNotContainKey(Labels.JOINED);
    assertThat(revision(pod)).isEqualTo(revision(pod("")));
    assertThat(rabbitmq(pod).getVolumeMounts())
        .anySatisfy(mount -> assertThat(mount.getMountPath()).isEqualTo("/etc/warren/pod"));
  }

  @Test
  void thePodTemplateOfTheUserIsAdded() {
    Pod pod =
        pod(
            """
            podTemplate:
              metadata:
                labels: {team: logistics}
                annotations: {note: hello}
              spec:
                nodeSelector: {disk: fast}
                tolerations: [{key: dedicated, operator: Exists}]
                imagePullSecrets: [{name: registry}]
                volumes: [{name: certificates, secret: {secretName: certificates}}]
                containers:
                  - {name: sidecar, image: example/sidecar}
                  - name: rabbitmq
                    env: [{name: TZ, value: UTC}]
            """);

    assertThat(pod.getMetadata().getLabels())
        .containsEntry("team", "logistics")
        .containsEntry(Labels.TOPOLOGY, "orders");
    assertThat(pod.getMetadata().getAnnotations())
        .containsEntry("note", "hello")
        .containsEntry(QueueNodePod.SEED_ANNOTATION, SEED);
    assertThat(pod.getSpec().getNodeSelector()).containsEntry("disk", "fast");
    assertThat(pod.getSpec().getTolerations())
        .extracting(Toleration::getKey)
        .containsExactlyInAnyOrder(
            "dedicated", "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable");
    assertThat(pod.getSpec().getVolumes())
        .extracting(Volume::getName)
        .containsExactlyInAnyOrder(
            "certificates", "data", "tmp", "config", "erlang-cookie", "node-tls", "pod");
    assertThat(pod.getSpec().getContainers())
        .extracting(Container::getName)
        .containsExactlyInAnyOrder("sidecar", "rabbitmq");
    assertThat(variable(pod, "TZ")).isEqualTo("UTC");
    assertThat(variable(pod, "RABBITMQ_USE_LONGNAME")).isEqualTo("true");
  }

  @Test
  void thePodTemplateCannotOverrideWhatANodeNeeds() {
    Pod pod =
        pod(
            """
            podTemplate:
              metadata:
                name: mine
                namespace: elsewhere
                labels: {warren.dev/topology: other}
              spec:
                hostname: mine
                automountServiceAccountToken: true
                securityContext: {runAsNonRoot: false}
                volumes: [{name: data, persistentVolumeClaim: {claimName: mine}}]
                containers:
                  - name: rabbitmq
                    image: mine
                    securityContext: {allowPrivilegeEscalation: true, readOnlyRootFilesystem: false}
                    env: [{name: RABBITMQ_NODENAME, value: rabbit@mine}]
            """);

    // Even the order of the merged lists may differ, and nothing else.
    Pod plain = pod("");
    assertThat(pod.getMetadata().getLabels()).isEqualTo(plain.getMetadata().getLabels());
    assertThat(pod.getMetadata().getName()).isEqualTo("orders-1");
    assertThat(pod.getMetadata().getNamespace()).isEqualTo("shop");
    assertThat(pod.getSpec().getHostname()).isEqualTo("orders-1");
    assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getSpec().getSecurityContext()).isEqualTo(plain.getSpec().getSecurityContext());
    assertThat(pod.getSpec().getVolumes())
        .containsExactlyInAnyOrderElementsOf(plain.getSpec().getVolumes());
    assertThat(rabbitmq(pod).getImage()).isEqualTo("default-image");
    assertThat(rabbitmq(pod).getSecurityContext()).isEqualTo(rabbitmq(plain).getSecurityContext());
    assertThat(rabbitmq(pod).getEnv())
        .containsExactlyInAnyOrderElementsOf(rabbitmq(plain).getEnv());
  }

  @Test
  void aNodeRunsAsTheUserAndInTheGroupsOfTheTemplate() {
    PodSecurityContext own = pod("").getSpec().getSecurityContext();
    assertThat(tuple(own.getRunAsUser(), own.getRunAsGroup(), own.getFsGroup()))
        .isEqualTo(tuple(999L, 999L, 999L));

    PodSecurityContext set =
        pod("podTemplate: {spec: {securityContext: {runAsUser: 1000700000, fsGroup: 1000700001,"
                + " supplementalGroups: [7]}}}")
            .getSpec()
            .getSecurityContext();
    assertThat(tuple(set.getRunAsUser(), set.getRunAsGroup(), set.getFsGroup()))
        .isEqualTo(tuple(1000700000L, 0L, 1000700001L));
    assertThat(set.getSupplementalGroups()).containsExactly(7L);
    assertThat(set.getRunAsNonRoot()).isTrue();
  }

  @Test
  void whereThePlatformAssignsUsersOnlyTheTemplateSetsOne() {
    Images images = new Images("default-image", "gateway-image", true);

    PodSecurityContext assigned = pod("", images).getSpec().getSecurityContext();
    assertThat(tuple(assigned.getRunAsUser(), assigned.getRunAsGroup(), assigned.getFsGroup()))
        .isEqualTo(tuple(null, null, null));
    assertThat(assigned.getRunAsNonRoot()).isTrue();

    PodSecurityContext set =
        pod("podTemplate: {spec: {securityContext: {runAsUser: 5, runAsGroup: 6}}}", images)
            .getSpec()
            .getSecurityContext();
    assertThat(tuple(set.getRunAsUser(), set.getRunAsGroup(), set.getFsGroup()))
        .isEqualTo(tuple(5L, 6L, null));
  }

  @Test
  void theContainerHasThePortsOfPluginsBesideThoseOfTheTemplate() {
    Pod pod =
        pod(
            """
            plugins: [rabbitmq_web_mqtt, rabbitmq_stream]
            podTemplate: {spec: {containers: [{name: rabbitmq, ports: [{containerPort: 5552}]}]}}
            """);

    assertThat(rabbitmq(pod).getPorts())
        .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
        .contains(
            tuple("mqtt", 1883),
            tuple("mqtt-tls", 8883),
            tuple("web-mqtt", 15675),
            tuple(null, 5552),
            tuple("stream-tls", 5551))
        .doesNotContain(tuple("stream", 5552));
  }

  @Test
  void aNodeReadsItsCertificatesFromAFolderThatChangesWhileItRuns() {
    Pod pod = pod("");

    assertThat(pod.getSpec().getVolumes())
        .filteredOn(volume -> volume.getName().equals("node-tls"))
        .singleElement()
        .satisfies(
            volume -> {
              assertThat(volume.getSecret().getSecretName()).isEqualTo("orders-1-tls");
              assertThat(volume.getSecret().getDefaultMode()).isEqualTo(0440);
            });
    assertThat(rabbitmq(pod).getVolumeMounts())
        .extracting(VolumeMount::getName, VolumeMount::getMountPath, VolumeMount::getSubPath)
        .contains(
            tuple("node-tls", "/etc/warren/tls", null),
            tuple("config", "/etc/warren/inter-node-tls.config", "inter-node-tls.config"));
  }

  @Test
  void nodesAndToolsSpeakTlsToEachOther() {
    String arguments = "-proto_dist inet_tls -ssl_dist_optfile /etc/warren/inter-node-tls.config";

    assertThat(variable(pod(""), "RABBITMQ_CTL_ERL_ARGS")).isEqualTo(arguments);
    assertThat(variable(pod(""), "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"))
        .isEqualTo(arguments + " -ssl ssl_pem_cache_clean 5000");
  }

  @Test
  void theReadinessProbeUsesTls() {
    assertThat(rabbitmq(pod("")).getReadinessProbe().getHttpGet())
        .satisfies(
            probe -> {
              assertThat(probe.getScheme()).isEqualTo("HTTPS");
              assertThat(probe.getPort().getStrVal()).isEqualTo("management");
            });
    assertThat(rabbitmq(pod("")).getPorts())
        .extracting(ContainerPort::getName, ContainerPort::getContainerPort)
        .contains(tuple("amqp", 5672), tuple("amqps", 5671), tuple("management", 15671));
  }

  /** The configuration is the same on all nodes, and so is the revision of their Pods. */
  @ParameterizedTest
  @EnumSource(Clients.class)
  void onlyTheDoorsChangeThePods(Clients clients) {
    QueueNodePod pods =
        new QueueNodePod(
            OWNER,
            NAMES,
            NodesSpecs.topology("", clients),
            new Images("default-image", "gateway-image"));

    assertThat(pods.revision().equals(pods("").revision())).isEqualTo(clients == Clients.Optional);
    assertThat(rabbitmq(pods.pod(1, SEED, Placement.SPREAD, false)).getPorts())
        .extracting(ContainerPort::getContainerPort)
        .contains(5671)
        .satisfies(
            ports -> assertThat(ports.contains(5672)).isEqualTo(clients == Clients.Optional));
  }

  @Test
  void aNodeKnowsItsOwnHostName() {
    assertThat(variable(pod(""), "WARREN_HOST")).isEqualTo("orders-1.orders-nodes.shop.svc");
  }

  @Test
  void anAddedVolumeMountRemovesNone() {
    Pod pod =
        pod(
            """
            podTemplate:
              spec:
                containers:
                  - name: rabbitmq
                    volumeMounts:
                      - {name: config, mountPath: /other}
                      - {name: certificates, mountPath: /certificates}
            """);

    assertThat(rabbitmq(pod).getVolumeMounts())
        .containsAll(rabbitmq(pod("")).getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .contains("/other", "/certificates")
        .doesNotHaveDuplicates();
  }

  /** After this time Kubernetes kills the container. */
  @ParameterizedTest
  @ValueSource(strings = {"{}", PUBLISH})
  void aNodeHasTimeToPrepareItsStop(String endpoints) {
    Pod pod = withEndpoints(endpoints).pod(1, SEED, Placement.SPREAD, false);
    List<String> command = stopCommand(pod);

    assertThat(command).first().isEqualTo("queue-node-stop");
    assertThat(pod.getSpec().getTerminationGracePeriodSeconds())
        .isGreaterThan(command.stream().skip(1).mapToLong(Long::parseLong).sum() + 15);
  }

  @Test
  void theUserCanChangeTheTimeToStop() {
    assertThat(
            pod("podTemplate: {spec: {terminationGracePeriodSeconds: 900}}")
                .getSpec()
                .getTerminationGracePeriodSeconds())
        .isEqualTo(900);
    assertThat(pods("podTemplate: {spec: {terminationGracePeriodSeconds: 900}}").revision())
        .isNotEqualTo(pods("").revision());
  }

  @Test
  void theUsersSpreadConstraintsReplaceOurs() {
    Pod pod =
        pod(
            "podTemplate: {spec: {topologySpreadConstraints: [{topologyKey: rack, maxSkew: 2,"
                + " whenUnsatisfiable: DoNotSchedule}]}}");

    assertThat(spread(pod)).containsExactly(tuple("rack", "DoNotSchedule"));
  }

  @Test
  void emptyFieldsOfATemplateAreIgnored() {
    Pod pod =
        pod(
            """
            podTemplate:
              metadata: {labels: }
              spec: {topologySpreadConstraints: , containers: , tolerations: }
            """);

    assertThat(pod).isEqualTo(pod(""));
  }

  @ParameterizedTest(name = "{0} gives a limit of {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                | 2Gi",
        "resources: {}                                     | 2Gi",
        "resources: {requests: {memory: 1Gi}}              | 2Gi",
        "resources: {requests: {memory: 4Gi}}              | 4Gi",
        "resources: {limits: {cpu: 2}}                     | 2Gi",
        "resources: {limits: {memory: 512Mi}}              | 512Mi",
      })
  void aNodeAlwaysHasAMemoryLimitThatItsRequestFitsIn(String resources, String limit) {
    assertThat(rabbitmq(pod(resources)).getResources().getLimits())
        .containsEntry("memory", new Quantity(limit));
  }

  @Test
  void withEndpointsANodeHasAGatewayAndWaitsForItsStop() {
    Pod pod = withEndpoints(PUBLISH).pod(1, SEED, Placement.SPREAD, false);
    PodSpec spec = pod.getSpec();

    assertThat(spec.getContainers())
        .extracting(Container::getName, Container::getImage)
        .containsExactly(tuple("rabbitmq", "default-image"), tuple("gateway", "gateway-image"));
    assertThat(stopCommand(pod)).containsExactly("queue-node-stop", "20", "15", "20");
    Container gateway = spec.getContainers().getLast();
    assertThat(gateway.getEnv())
        .extracting(EnvVar::getName, QueueNodePodTest::source)
        .containsExactlyInAnyOrder(
            tuple("WARREN_ROLE", "gateway"),
            tuple("RABBITMQ_HOST", "127.0.0.1"),
            tuple("RABBITMQ_PORT", "5672"),
            tuple("RABBITMQ_VHOST", "orders-connection/virtual-host"),
            tuple("RABBITMQ_USERNAME", "orders-connection/username"),
            tuple("RABBITMQ_PASSWORD", "orders-connection/password"));
    assertThat(gateway.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/q/health/ready");
    assertThat(gateway.getPorts())
        .extracting(ContainerPort::getContainerPort)
        .containsExactly(9090);
    assertThat(gateway.getResources().getLimits()).containsEntry("memory", new Quantity("256Mi"));
    assertThat(gateway.getSecurityContext())
        .isEqualTo(spec.getContainers().getFirst().getSecurityContext());
    assertThat(gateway.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    // A file that is mounted by its own path never changes.
    assertThat(gateway.getVolumeMounts())
        .extracting(VolumeMount::getMountPath, VolumeMount::getSubPath)
        .containsExactlyInAnyOrder(
            tuple("/etc/warren/gateway", null),
            tuple("/etc/warren/tls", null),
            tuple("/tmp", null));
    assertThat(spec.getVolumes())
        .filteredOn(volume -> volume.getConfigMap() != null)
        .extracting(volume -> volume.getConfigMap().getName())
        .containsExactlyInAnyOrder("orders-config", "orders-gateway");
  }

  @Test
  void withoutEndpointsANodeHasNoGateway() {
    PodSpec spec = pod("").getSpec();

    assertThat(spec.getContainers()).extracting(Container::getName).containsExactly("rabbitmq");
    assertThat(stopCommand(pod(""))).containsExactly("queue-node-stop", "20", "15");
    assertThat(withEndpoints("{}").revision()).isEqualTo(pods("").revision());
  }

  @Test
  void theFirstEndpointChangesTheRevisionAndOthersDoNot() {
    assertThat(withEndpoints(PUBLISH).revision())
        .isNotEqualTo(pods("").revision())
        .isEqualTo(withEndpoints("publish: {port: 8081, timeout: 1s}").revision())
        .isEqualTo(
            withEndpoints(
                    "{service: {type: NodePort}, requestReply: [{name: a, port: 10000, queue: a}]}")
                .revision());
  }

  @Test
  void thePodTemplateCanAddToTheGateway() {
    Pod pod =
        pods(
                "podTemplate: {spec: {containers: [{name: gateway, env: [{name: TZ, value: UTC}]}]}}",
                Serialization.unmarshal(PUBLISH, EndpointsSpec.class))
            .pod(1, SEED, Placement.SPREAD, false);

    assertThat(pod.getSpec().getContainers())
        .filteredOn(container -> container.getName().equals("gateway"))
        .singleElement()
        .satisfies(
            gateway -> {
              assertThat(gateway.getImage()).isEqualTo("gateway-image");
              assertThat(gateway.getEnv())
                  .extracting(EnvVar::getName)
                  .contains("TZ", "WARREN_ROLE");
            });
  }

  private static QueueNodePod withEndpoints(String endpoints) {
    return pods("", Serialization.unmarshal("---\n" + endpoints, EndpointsSpec.class));
  }

  private static String source(EnvVar variable) {
    return variable.getValueFrom() == null
        ? variable.getValue()
        : variable.getValueFrom().getSecretKeyRef().getName()
            + "/"
            + variable.getValueFrom().getSecretKeyRef().getKey();
  }

  private static Pod pod(String nodes) {
    return pods(nodes).pod(1, SEED, Placement.SPREAD, false);
  }

  private static Pod pod(String nodes, Images images) {
    return pods(nodes, null, images).pod(1, SEED, Placement.SPREAD, false);
  }

  private static QueueNodePod pods(String nodes) {
    return pods(nodes, null);
  }

  private static QueueNodePod pods(String nodes, EndpointsSpec endpoints) {
    return pods(nodes, endpoints, new Images("default-image", "gateway-image"));
  }

  private static QueueNodePod pods(String nodes, EndpointsSpec endpoints, Images images) {
    return new QueueNodePod(
        OWNER, NAMES, NodesSpecs.topology(nodes, endpoints, TlsSpec.DEFAULTS), images);
  }

  private static Container rabbitmq(Pod pod) {
    return pod.getSpec().getContainers().stream()
        .filter(container -> container.getName().equals(QueueNodePod.CONTAINER))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> stopCommand(Pod pod) {
    return rabbitmq(pod).getLifecycle().getPreStop().getExec().getCommand();
  }

  private static String variable(Pod pod, String name) {
    return rabbitmq(pod).getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .map(EnvVar::getValue)
        .reduce((one, another) -> one + " and " + another)
        .orElseThrow();
  }

  private static List<Tuple> spread(Pod pod) {
    return pod.getSpec().getTopologySpreadConstraints().stream()
        .map(QueueNodePodTest::asTuple)
        .toList();
  }

  private static Tuple asTuple(TopologySpreadConstraint spread) {
    return tuple(spread.getTopologyKey(), spread.getWhenUnsatisfiable());
  }

  private static String revision(Pod pod) {
    return pod.getMetadata().getAnnotations().get(Revision.ANNOTATION);
  }
}
