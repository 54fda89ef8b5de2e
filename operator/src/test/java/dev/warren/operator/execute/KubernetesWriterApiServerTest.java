package dev.warren.operator.execute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.ApiServer;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Apply;
import dev.warren.operator.action.KubernetesAction.Create;
import dev.warren.operator.action.KubernetesAction.Delete;
import dev.warren.operator.action.KubernetesAction.Replace;
import dev.warren.operator.action.Problem;
import dev.warren.operator.execute.KubernetesWriter.Outcome;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.CredentialSecrets;
import dev.warren.operator.model.Labels;
import dev.warren.operator.model.Labels.Component;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.Reason;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.UserMetadata;
import dev.warren.operator.observation.ObservedObjects;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.api.model.ResourceQuotaStatusBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("apiserver")
class KubernetesWriterApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private final KubernetesClient client = server.client();
  private final String namespace = server.namespace();
  private final Owner owner = new Owner(namespace, "orders", "uid-of-orders");
  private final AtomicInteger pods = new AtomicInteger();
  private final CredentialSecrets secrets =
      new CredentialSecrets(owner, ResourceNames.of(namespace, "orders"), UserMetadata.NONE);

  @Test
  void anUnownedObjectIsNotTakenOver() {
    client.resource(map("settings", Map.of("theirs", "1"))).create();

    Outcome outcome = carryOut(new Create(ours("settings", Map.of("ours", "2")), "missing"));

    assertThat(outcome.refusal())
        .contains(
            new Problem(
                Reason.NAME_TAKEN, "ConfigMap settings exists and belongs to no MessageTopology"));
    assertThat(configMap("settings").getData()).isEqualTo(Map.of("theirs", "1"));
    assertThat(configMap("settings").getMetadata().getLabels()).isNullOrEmpty();
  }

  @ParameterizedTest
  @CsvSource({"orders, an earlier MessageTopology orders", "parcels, MessageTopology parcels"})
  void anObjectOfAnotherTopologyIsNotTakenOverAndItsOwnerIsNamed(String topology, String expected) {
    Owner earlier = new Owner(namespace, topology, "another-uid");
    client
        .resource(
            new ConfigMapBuilder()
                .withMetadata(earlier.owned("settings", Component.TOPOLOGY).build())
                .build())
        .create();

    assertThat(carryOut(new Create(ours("settings", Map.of()), "missing")).refusal())
        .contains(
            new Problem(Reason.NAME_TAKEN, "ConfigMap settings exists and belongs to " + expected));
  }

  @Test
  void aPasswordThatExistsIsNotRecreated() {
    carryOut(new Create(secrets.admin("first"), "missing"));

    Outcome again = carryOut(new Create(secrets.admin("second"), "missing in a late cache"));

    assertThat(again.refusal()).isEmpty();
    assertThat(password()).isEqualTo("first");
  }

  @Test
  void aPasswordThatAUserHasChosenIsTakenOver() {
    Secret wanted = secrets.connection("generated", Clients.Optional, ClientTrust.NONE, List.of());
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(wanted.getMetadata().getName())
                .endMetadata()
                .withType("Opaque")
                .addToStringData("username", "app")
                .addToStringData("password", "Chosen1")
                .build())
        .create();

    Outcome outcome = carryOut(new Create(wanted, "missing"));

    assertThat(outcome.refusal()).isEmpty();
    assertThat(outcome.written()).isFalse();
    Secret stored = stored(wanted);
    assertThat(CredentialSecrets.text(stored, CredentialSecrets.PASSWORD)).isEqualTo("Chosen1");
    assertThat(owner.owns(stored)).isTrue();
    assertThat(stored.getMetadata().getLabels())
        .containsAllEntriesOf(wanted.getMetadata().getLabels());

    Secret complete = secrets.connection("Chosen1", Clients.Optional, ClientTrust.NONE, List.of());
    complete.setType("Opaque");
    assertThat(carryOut(new Apply(complete, "data differs")).refusal()).isEmpty();
    assertThat(CredentialSecrets.text(stored(wanted), "uri")).startsWith("amqp://app:Chosen1@");
  }

  /** The operator finds objects by their labels. */
  @ParameterizedTest
  @ValueSource(strings = {Labels.MANAGED_BY, Labels.TOPOLOGY})
  void aRemovedLabelIsRestoredAndTheRestIsKept(String lost) {
    Secret admin = secrets.admin("first");
    carryOut(new Create(admin, "missing"));
    client
        .resource(admin)
        .edit(
            secret -> {
              secret.getMetadata().getLabels().remove(lost);
              secret.getMetadata().getLabels().put("theirs", "kept");
              return secret;
            });

    Outcome outcome = carryOut(new Create(secrets.admin("second"), "missing"));

    assertThat(outcome.refusal()).isEmpty();
    assertThat(outcome.written()).isFalse();
    assertThat(stored(admin).getMetadata().getLabels())
        .containsAllEntriesOf(admin.getMetadata().getLabels())
        .containsEntry("theirs", "kept");
    assertThat(password()).isEqualTo("first");
  }

  @Test
  void fieldsThatAreNoLongerWantedAreRemovedAndThoseOfOthersKept() {
    carryOut(new Create(ours("settings", Map.of("a", "1", "b", "2")), "missing"));
    client
        .resource(configMap("settings"))
        .edit(map -> new ConfigMapBuilder(map).addToData("theirs", "3").build());

    Outcome outcome = carryOut(new Apply(ours("settings", Map.of("b", "4")), "other"));

    assertThat(outcome).isEqualTo(new Outcome(Optional.empty(), true, true));
    assertThat(configMap("settings").getData()).isEqualTo(Map.of("b", "4", "theirs", "3"));
  }

  @Test
  void aChangeByHandIsReverted() {
    carryOut(new Create(ours("settings", Map.of("a", "1")), "missing"));
    client
        .resource(configMap("settings"))
        .edit(map -> new ConfigMapBuilder(map).addToData("a", "theirs").build());

    carryOut(
        new Apply(ours("settings", Map.of("a", "1")), "data.a differs from the desired state"));

    assertThat(configMap("settings").getData()).isEqualTo(Map.of("a", "1"));
  }

  /** A webhook may insist on another value. That must not keep the topology unready. */
  @Test
  void aChangeWithoutEffectIsReported() {
    ConfigMap map = ours("settings", Map.of("a", "1"));
    carryOut(new Create(map, "missing"));

    assertThat(carryOut(new Apply(map, "drift"), configMap("settings")).underway()).isFalse();
    assertThat(carryOut(new Apply(map, "drift")).underway()).isTrue();
  }

  @Test
  void anObjectThatHasChangedIsNotReplaced() {
    carryOut(new Create(ours("settings", Map.of("a", "1")), "missing"));
    ConfigMap observed = configMap("settings");
    carryOut(new Apply(ours("settings", Map.of("a", "2")), "other"));

    Outcome outcome =
        carryOut(
            new Replace(
                new ConfigMapBuilder(observed).withData(Map.of("a", "3")).build(), "other"));

    assertThat(outcome.refusal()).map(Problem::reason).contains(Reason.CONFLICT);
    assertThat(configMap("settings").getData()).isEqualTo(Map.of("a", "2"));
  }

  @Test
  void anUnchangedObjectIsReplaced() {
    carryOut(new Create(ours("settings", Map.of("a", "1")), "missing"));

    Outcome outcome =
        carryOut(
            new Replace(
                new ConfigMapBuilder(configMap("settings")).withData(Map.of("b", "2")).build(),
                "other"));

    assertThat(outcome.refusal()).isEmpty();
    assertThat(configMap("settings").getData()).isEqualTo(Map.of("b", "2"));
  }

  @Test
  void aDeletedObjectIsNotReplaced() {
    carryOut(new Create(ours("settings", Map.of("a", "1")), "missing"));
    ConfigMap observed = configMap("settings");
    client.resource(observed).delete();

    Outcome outcome = carryOut(new Replace(observed, "other"));

    assertThat(outcome.refusal()).map(Problem::reason).contains(Reason.CONFLICT);
    assertThat(configMap("settings")).isNull();
  }

  @Test
  void anObjectThatHasChangedIsNotDeleted() {
    carryOut(new Create(ours("settings", Map.of("a", "1")), "missing"));
    ConfigMap observed = configMap("settings");
    carryOut(new Apply(ours("settings", Map.of("a", "2")), "other"));

    assertThat(carryOut(new Delete(observed, "unwanted")).refusal()).isEmpty();
    assertThat(client.resource(observed).get()).as("the next pass looks again").isNotNull();
    assertThat(configMap("settings")).isNotNull();

    assertThat(carryOut(new Delete(configMap("settings"), "unwanted")).refusal()).isEmpty();
    assertThat(configMap("settings")).isNull();
  }

  @Test
  void aMissingObjectCountsAsDeleted() {
    carryOut(new Create(ours("settings", Map.of()), "missing"));
    ConfigMap observed = configMap("settings");
    client.resource(observed).delete();

    assertThat(carryOut(new Delete(observed, "unwanted")).refusal()).isEmpty();
  }

  @Test
  void anExceededQuotaIsReportedWithTheApiServersMessage() {
    Map<String, Quantity> none = Map.of("pods", new Quantity("0"));
    ResourceQuota quota =
        new ResourceQuotaBuilder()
            .withNewMetadata()
            .withName("few")
            .withNamespace(namespace)
            .endMetadata()
            .withNewSpec()
            .withHard(none)
            .endSpec()
            .build();
    client.resource(quota).create();
    // There is no controller here.
    quota.setStatus(new ResourceQuotaStatusBuilder().withHard(none).withUsed(none).build());
    client.resource(quota).patchStatus();

    Problem problem =
        await()
            .until(
                () ->
                    carryOut(new Create(pod("p-" + pods.incrementAndGet(), "image"), "missing"))
                        .refusal(),
                refusal -> refusal.map(Problem::reason).equals(Optional.of(Reason.QUOTA_EXCEEDED)))
            .orElseThrow();

    assertThat(problem.message()).startsWith("Pod p-").contains("exceeded quota: few");
  }

  @Test
  void anInvalidObjectIsReportedWithTheApiServersMessage() {
    Problem problem = carryOut(new Create(pod("orders-0", ""), "missing")).refusal().orElseThrow();

    assertThat(problem.reason()).isEqualTo(Reason.REFUSED);
    assertThat(problem.message())
        .startsWith("Pod orders-0: ")
        .contains("spec.containers[0].image: Required value");
  }

  /** Such as a webhook that does not answer: without this it would be in the log only. */
  @Test
  void anErrorOfTheApiServerIsReported() {
    ConfigMap map = ours("settings", Map.of());
    map.setAdditionalProperty("unknown", "field");

    Problem problem = carryOut(new Create(map, "missing")).refusal().orElseThrow();

    assertThat(problem.reason()).isEqualTo(Reason.API_SERVER_ERROR);
    assertThat(problem.message()).contains(".unknown: field not declared in schema");
  }

  private Pod pod(String name, String image) {
    return new PodBuilder()
        .withMetadata(owner.owned(name, Component.QUEUE_NODE).build())
        .withNewSpec()
        .addNewContainer()
        .withName("app")
        .withImage(image)
        .endContainer()
        .endSpec()
        .build();
  }

  private Outcome carryOut(KubernetesAction action, HasMetadata... observed) {
    return new KubernetesWriter(client, owner, new ObservedObjects(List.of(observed)))
        .carryOut(action);
  }

  private ConfigMap ours(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withMetadata(owner.owned(name, Component.TOPOLOGY).build())
        .withData(data)
        .build();
  }

  private ConfigMap map(String name, Map<String, String> data) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withData(data)
        .build();
  }

  private ConfigMap configMap(String name) {
    return client.configMaps().inNamespace(namespace).withName(name).get();
  }

  private <T extends HasMetadata> T stored(T object) {
    return client.resource(object).get();
  }

  private String password() {
    return CredentialSecrets.text(stored(secrets.admin("")), CredentialSecrets.PASSWORD);
  }
}
