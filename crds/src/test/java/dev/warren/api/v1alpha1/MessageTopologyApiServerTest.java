package dev.warren.api.v1alpha1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionCondition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server makes of a resource that it accepts. */
@Tag("apiserver")
class MessageTopologyApiServerTest {

  @RegisterExtension static final ApiServer server = new ApiServer();

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Test
  void theDefinitionIsEstablished() {
    assertThat(definition().getStatus().getConditions())
        .filteredOn(condition -> condition.getStatus().equals("True"))
        .extracting(CustomResourceDefinitionCondition::getType)
        .containsExactlyInAnyOrder("NamesAccepted", "Established");
  }

  @Test
  void theRulesCostFarLessThanTheServerAllows() {
    // The server multiplies the cost of a rule by the longest lists: they may grow tenfold.
    CustomResourceDefinition larger = definition();
    multiplyMaxItems(
        larger.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema(), 10);
    server.client().resource(larger).dryRun().update();
  }

  @Test
  void anEmptySpecHasThreeNodes() {
    assertThat(spec(server.accept(server.topology("orders", "{}"))))
        .isEqualTo(
            json(
                "{nodes: {replicas: 3, replaceAfter: 60s, spreadAfter: 5m, storage: {onDelete: Delete}}}"));
  }

  @Test
  void nodesWithOneFieldHaveDefaultsForTheOthers() {
    assertThat(
            spec(server.accept(server.topology("orders", "{nodes: {storage: {className: fast}}}"))))
        .isEqualTo(
            json(
                "{nodes: {replicas: 3, replaceAfter: 60s, spreadAfter: 5m, storage: {onDelete: Delete, className: fast}}}"));
  }

  @Test
  void endpointsStayAsWritten() {
    GenericKubernetesResource accepted =
        server.accept(server.topology("orders", "{endpoints: {publish: {}}}"));
    assertThat(spec(accepted).get("endpoints")).isEqualTo(json("publish: {}"));
  }

  @Test
  void itemsOfListsStayAsWritten() {
    String written =
        """
        exchanges: [{name: events}]
        queues: [{name: hello}]
        bindings: [{exchange: events, queue: hello, routingKey: ""}]
        consumers:
          - {name: worker, queue: hello, template: {}, scaling: {}}
          - {name: notify, queue: hello, http: {url: "http://shop.default/notify", retry: {}}}
        endpoints: {service: {type: NodePort}, requestReply: [{name: echo, port: 10000, queue: hello}]}
        """;
    GenericKubernetesResource topology = server.topology("orders", "{}");
    topology.setAdditionalProperty("spec", MAPPER.convertValue(json(written), Object.class));
    JsonNode accepted = spec(server.accept(topology));
    json(written)
        .properties()
        .forEach(part -> assertThat(accepted.get(part.getKey())).isEqualTo(part.getValue()));
  }

  /** As GitOps tools do that compare on the client's side. */
  @Test
  void kubectlApplyOfTheSameFileChangesNothing(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("topology.yaml");
    Files.writeString(
        file,
        """
        apiVersion: warren.dev/v1alpha1
        kind: MessageTopology
        metadata: {name: applied-twice, namespace: default}
        spec:
          nodes: {replicas: 1, storage: {size: 1Gi}}
          exchanges: [{name: events, type: topic}, {name: orders}]
          queues:
            - {name: work, messageTTL: 1h, deadLetter: {queue: failed}}
            - {name: failed}
            - {name: log, type: stream, maxAge: 7d}
          bindings: [{exchange: events, queue: work, routingKey: "order.*"}, {exchange: orders, queue: work, routingKey: ""}]
          consumers:
            - {name: worker, queue: work, scaling: {}, template: {spec: {containers: [{name: app, image: app:1}]}}}
            - {name: notify, queue: failed, http: {url: "http://shop"}}
          endpoints:
            requestReply: [{name: echo, port: 10000, queue: work}]
            publish: {}
        """);
    assertThat(server.kubectl("apply", "-f", file.toString()).text()).endsWith(" created\n");
    assertThat(server.kubectl("apply", "-f", file.toString()).text()).endsWith(" unchanged\n");
    assertThat(server.kubectl("diff", "-f", file.toString()).text()).isEmpty();
    assertThat(server.kubectl("apply", "--server-side", "-f", file.toString()).text())
        .as("no conflict with the fields of the first apply")
        .endsWith(" serverside-applied\n");
    assertThat(server.resource("applied-twice").get().getMetadata().getGeneration()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://shop",
        "https://shop.default.svc:8443/notify?a=b&c=%20d",
        "http://10.0.0.1:65535",
        "http://[fd00::1]:80/a;b=c",
        "http://shop/~a/$b/(c)*+,@:!",
        "http://shop?x=/?",
        "http://shop.7team:8080/a",
        "http://my_shop.default/a",
        "http://shop.default.svc.cluster.local.:8080/a",
        "http://[FD00::1]:8080/a"
      })
  void aDeliveryMayGoToAnyHttpUrl(String url) {
    GenericKubernetesResource accepted =
        server.accept(
            server.topology(
                "orders",
                "{consumers: [{name: notify, queue: q, http: {url: \"%s\"}}]}".formatted(url)));
    assertThat(accepted.<String>get("spec", "consumers", 0, "http", "url")).isEqualTo(url);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "512", "64Ki", "1.5Mi", "16Mi", "16777216", "16M"})
  void aMessageSizeIsUpToSixteenMebibytes(String text) {
    server.accept(
        server.topology(
            "orders", "{endpoints: {publish: {maxMessageSize: '%s'}}}".formatted(text)));
    assertThat(Sizes.bytes(text)).isBetween(1L, 16L << 20);
  }

  @Test
  void nullIsTheSameAsAbsent() {
    assertThat(
            spec(
                server.accept(
                    server.topology("orders", "{nodes: {replicas: null, storage: null}}"))))
        .isEqualTo(
            json(
                "{nodes: {replicas: 3, replaceAfter: 60s, spreadAfter: 5m, storage: {onDelete: Delete}}}"));
  }

  @Test
  void everyFieldSurvivesTheServerAndOurClasses() throws IOException {
    JsonNode written = Everything.tree().get("spec");
    GenericKubernetesResource topology =
        server
            .client()
            .getKubernetesSerialization()
            .unmarshal(Everything.yaml(), GenericKubernetesResource.class);
    topology.getMetadata().setNamespace("default");

    GenericKubernetesResource stored = server.create(topology);
    assertThat(spec(stored)).as("as the server has it").isEqualTo(written);

    Resource<MessageTopology> resource = server.resource("everything");
    MessageTopology read = resource.get();
    assertThat(spec(read)).as("as our classes write it").isEqualTo(written);

    server.client().resource(read).update();
    assertThat(resource.get().getMetadata().getGeneration()).as("nothing was changed").isEqualTo(1);
  }

  @Test
  void aResourceFromOurClassesGetsTheServersDefaults() {
    MessageTopology topology = new MessageTopology();
    topology.getMetadata().setName("made-of-classes");
    topology.getMetadata().setNamespace("default");
    topology.setSpec(new MessageTopologySpec(null, null, null, null, null, null, null, null));
    assertThat(spec(server.client().resource(topology).dryRun().create()))
        .isEqualTo(
            json(
                "{nodes: {replicas: 3, replaceAfter: 60s, spreadAfter: 5m, storage: {onDelete: Delete}}}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "two words",
        " ",
        "path/to/queue",
        "50%",
        "ümlaut 日本語 🐇",
        "tab\\there",
        "a.b",
        "...",
        "\\\"quoted\\\"",
        "AMQ.upper",
        "amqp",
        "~",
        "#",
        "*"
      })
  void aQueueOrExchangeMayHaveAnyName(String name) {
    GenericKubernetesResource accepted =
        server.accept(
            server.topology(
                "orders",
                "{queues: [{name: \"%s\"}], exchanges: [{name: \"%s\"}]}".formatted(name, name)));
    assertThat(accepted.<String>get("spec", "queues", 0, "name"))
        .isEqualTo(json("\"" + name + "\"").textValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "é", "日", "🐇"})
  void aNameMayHaveExactly255Bytes(String character) {
    int bytes = character.getBytes(UTF_8).length;
    String name = character.repeat(255 / bytes) + "x".repeat(255 % bytes);
    server.accept(
        server.topology(
            "orders",
            "{queues: [{name: '%s'}], exchanges: [{name: '%s'}],".formatted(name, name)
                + " bindings: [{exchange: e, queue: q, routingKey: '%s'}]}".formatted(name)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "orders-2",
        "a23456789-123456789-123456789-123456789-123456789-123456789-123"
      })
  void aTopologyMayHaveADnsLabelForAName(String name) {
    server.accept(server.topology(name, "{}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0s", "500ms", "30s", "1h30m", "7d", "1d2h3m4s5ms", "49d", "4233600000ms"})
  void aMessageTtlIsADuration(String text) {
    server.accept(
        server.topology("orders", "{queues: [{name: q, messageTTL: '%s'}]}".formatted(text)));
    assertThat(Durations.parse(text)).isLessThanOrEqualTo(Durations.parse("49d"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1s", "30s", "1h30m", "7d", "3650d", "9999d", "999999999s"})
  void aMaxAgeIsADurationInSeconds(String text) {
    server.accept(
        server.topology(
            "orders", "{queues: [{name: q, type: stream, maxAge: '%s'}]}".formatted(text)));
    assertThat(Durations.parse(text)).isGreaterThanOrEqualTo(Durations.parse("1s"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1000", "1k", "1.5Gi", "500Mi", "2T", "99999999999999999Pi"})
  void aMaxLengthInBytesIsASize(String text) {
    server.accept(
        server.topology("orders", "{queues: [{name: q, maxLengthBytes: '%s'}]}".formatted(text)));
    assertThat(Sizes.bytes(text)).isPositive();
  }

  @Test
  void theLargestTopologyIsAcceptedAndCanChange() {
    GenericKubernetesResource stored = server.create(largest("1h"));
    GenericKubernetesResource changed = server.replace(stored, largest("2h"));
    assertThat(changed.<List<?>>get("spec", "queues")).hasSize(1000);
    assertThat(changed.<String>get("spec", "queues", 999, "messageTTL")).isEqualTo("2h");
    server.client().resource(changed).delete();
  }

  private static GenericKubernetesResource largest(String ttl) {
    return server.topology(
        "largest",
        "{queues: [%s], exchanges: [%s], bindings: [%s], consumers: [%s], endpoints: {requestReply: [%s]}}"
            .formatted(
                repeat(
                    1000,
                    "{name: queue-%d, messageTTL: "
                        + ttl
                        + ", maxLengthBytes: 500Mi, deadLetter: {exchange: e, routingKey: k}}"),
                repeat(1000, "{name: exchange-%d, type: topic}"),
                repeat(5000, "{exchange: exchange-1, queue: queue-1, routingKey: order.%d}"),
                repeat(
                    200,
                    "{name: consumer-%d, queue: queue-1, scaling: {}, http: {url: http://shop/a}}"),
                repeat(20, "{name: endpoint-%1$d, port: 1%1$04d, queue: queue-1}")));
  }

  private static String repeat(int times, String item) {
    return IntStream.range(0, times)
        .mapToObj(number -> item.formatted(number))
        .collect(Collectors.joining(", "));
  }

  /** kubectl keeps the whole resource in an annotation; all annotations together have 256 KiB. */
  @ParameterizedTest
  @CsvSource({"500, 2000, true", "600, 2500, false", "1000, 5000, false"})
  void kubectlApplyTakesAbout250KilobytesAndServerSideApplyTakesMore(
      int queues, int bindings, boolean isTaken, @TempDir Path directory) throws IOException {
    KubernetesSerialization serialization = server.client().getKubernetesSerialization();
    Path file = directory.resolve("topology.json");
    Files.writeString(file, serialization.asJson(routed(queues, bindings)));

    ApiServer.Printed printed = server.kubectl("apply", "--dry-run=server", "-f", file.toString());
    assertThat(printed.exitCode() == 0).as(printed.text()).isEqualTo(isTaken);
    if (!isTaken) {
      assertThat(printed.text()).contains("metadata.annotations: Too long");
    }
    // Stored, with the record of who owns each item, which is larger than the resource.
    printed = server.kubectl("apply", "--server-side", "-f", file.toString());
    assertThat(printed.exitCode()).as(printed.text()).isZero();
    server.kubectl("delete", "-f", file.toString());
  }

  private static GenericKubernetesResource routed(int queues, int bindings) {
    return server.topology(
        "routed",
        "{exchanges: [{name: events, type: topic}], queues: [%s], bindings: [%s]}"
            .formatted(
                repeat(
                    queues,
                    "{name: service-%04d.orders, messageTTL: 1h, deadLetter: {exchange: events}}"),
                IntStream.range(0, bindings)
                    .mapToObj(
                        n ->
                            "{exchange: events, queue: service-%04d.orders, routingKey: order.created.region-%04d}"
                                .formatted(n % queues, n))
                    .collect(Collectors.joining(", "))));
  }

  @Test
  void aRemovedQueueCanBeAddedWithAnotherType() {
    GenericKubernetesResource stored =
        server.create(server.topology("come-back", "{queues: [{name: q, type: classic}]}"));
    stored = server.replace(stored, server.topology("come-back", "{queues: []}"));
    stored =
        server.replace(stored, server.topology("come-back", "{queues: [{name: q, type: quorum}]}"));
    assertThat(stored.<String>get("spec", "queues", 0, "type")).isEqualTo("quorum");
  }

  @Test
  void queuesCanBeReorderedAndChanged() {
    GenericKubernetesResource stored =
        server.create(server.topology("places", "{queues: [{name: a, type: classic}, {name: b}]}"));
    server.replace(
        stored,
        server.topology(
            "places",
            "{queues: [{name: b, members: 5, messageTTL: 1h, maxLength: 5, deliveryLimit: 3},"
                + " {name: c}, {name: a, type: classic, overflow: reject-publish}]}"));
  }

  @Test
  void kubectlExplainDescribesAField() {
    assertThat(server.kubectl("explain", "mtop").text())
        .contains("A messaging system: its queue nodes,");
    assertThat(server.kubectl("explain", "mtop.spec.queues.messageTTL").text())
        .contains("How long a message may wait");
  }

  @Test
  void kubectlApplyRefusesAFieldThatDoesNotExist(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("topology.yaml");
    Files.writeString(
        file,
        """
        apiVersion: warren.dev/v1alpha1
        kind: MessageTopology
        metadata: {name: misspelt}
        spec: {queues: [{name: hello, mesageTTL: 1h}]}
        """);
    ApiServer.Printed printed = server.kubectl("apply", "-f", file.toString());
    assertThat(printed.exitCode()).isNotZero();
    assertThat(printed.text()).contains("unknown field \"spec.queues[0].mesageTTL\"");
  }

  private static CustomResourceDefinition definition() {
    return server
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("messagetopologies.warren.dev")
        .get();
  }

  private static void multiplyMaxItems(JSONSchemaProps schema, int factor) {
    if (schema.getMaxItems() != null) {
      schema.setMaxItems(schema.getMaxItems() * factor);
    }
    schema.getProperties().values().forEach(field -> multiplyMaxItems(field, factor));
    if (schema.getItems() != null) {
      multiplyMaxItems(schema.getItems().getSchema(), factor);
    }
  }

  private static JsonNode spec(Object resource) {
    return json(server.client().getKubernetesSerialization().asYaml(resource)).get("spec");
  }

  /** From JSON or YAML. */
  private static JsonNode json(String yaml) {
    return MAPPER.valueToTree(
        server.client().getKubernetesSerialization().unmarshal("---\n" + yaml, Object.class));
  }
}
