package dev.warren.operator.broker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.action.BrokerAction.AddStreamMember;
import dev.warren.operator.action.BrokerAction.RemoveStreamMember;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.model.BrokerDefinitions.Policy;
import dev.warren.operator.model.BrokerDefinitions.Queue;
import dev.warren.operator.model.ClientTrust;
import dev.warren.operator.model.ConsumerDeployment;
import dev.warren.operator.model.CredentialSecrets;
import dev.warren.operator.model.Credentials;
import dev.warren.operator.model.DesiredDefinitions;
import dev.warren.operator.model.GatewayConfig;
import dev.warren.operator.model.Images;
import dev.warren.operator.model.Owner;
import dev.warren.operator.model.OwnershipRecord;
import dev.warren.operator.model.ResourceNames;
import dev.warren.operator.model.UserMetadata;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Every name that the API accepts arrives unharmed behind each layer that has a syntax. */
class AnyNamePropertyTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Owner OWNER = new Owner("shop", "orders", "uid-1");
  private static final ResourceNames NAMES = ResourceNames.of("shop", "orders");
  private static final Pattern BINARY = Pattern.compile("queue, <<([0-9,]*)>>");

  @Property
  void aPolicyAppliesToItsQueueOnly(@ForAll("names") String name, @ForAll("names") String other) {
    Assume.that(!name.equals(other));
    Policy policy = DesiredDefinitions.of(spec(name)).policies().get("warren." + name);
    Pattern pattern = Pattern.compile(octets(policy.pattern()), Pattern.UNIX_LINES);

    assertThat(octets(name)).matches(pattern);
    assertThat(octets(other)).doesNotMatch(pattern);
    assertThat(octets(name) + "x").doesNotMatch(pattern);
  }

  /** RabbitMQ reads a pattern and a name as octets, not as characters. */
  private static String octets(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  @Property
  void aPathHasTheNameAsOneSegment(@ForAll("names") String name, @ForAll("names") String other) {
    assertThat(segments(ManagementApiRequest.declareQueue(new Queue(name, "quorum", Map.of()))))
        .containsExactly("", "api", "queues", "/", name);
    assertThat(segments(ManagementApiRequest.deletePolicy("warren." + name)))
        .containsExactly("", "api", "policies", "/", "warren." + name);
    assertThat(segments(ManagementApiRequest.bind(new Binding(other, name, "any", Map.of()))))
        .containsExactly("", "api", "bindings", "/", "e", other, "q", name);
  }

  private static List<String> segments(ManagementApiRequest request) {
    URI uri = URI.create("http://10.0.0.1:15672").resolve(request.path());
    return List.of(uri.getRawPath().split("/", -1)).stream()
        .map(AnyNamePropertyTest::decoded)
        .toList();
  }

  @Property
  void aFilterFindsTheQueuesAndNoOthers(
      @ForAll("names") String one, @ForAll("names") String two, @ForAll("names") String other) {
    Assume.that(!one.equals(two) && !one.equals(other) && !two.equals(other));
    String query =
        URI.create(
                "http://10.0.0.1" + ManagementApiRequest.getQueues(Set.of(one, two), "c=d").path())
            .getRawQuery();
    Assume.that(query.contains("name="));
    String text = decoded(query.replaceAll("(^|.*&)name=([^&]*)&.*", "$2"));
    Pattern filter = Pattern.compile(text, Pattern.UNIX_LINES);

    assertThat(filter.matcher(one).find()).isTrue();
    assertThat(filter.matcher(two).find()).isTrue();
    assertThat(filter.matcher(other).find()).isFalse();
  }

  private static String decoded(String text) {
    assertThat(text).matches("[A-Za-z0-9._~%-]*");
    return URLDecoder.decode(text, UTF_8);
  }

  @Property
  void erlangGetsTheNamesBytes(@ForAll("names") String name) {
    FakeShell shell = new FakeShell();
    shell.answer(0, "absent");

    new BrokerInternals(shell).contents(FakeShell.NODES.any(), name);

    Matcher binary = BINARY.matcher(shell.commands.getFirst());
    assertThat(binary.find()).isTrue();
    String[] numbers = binary.group(1).split(",");
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(numbers[i]);
    }
    assertThat(new String(bytes, UTF_8)).isEqualTo(name);
  }

  @Property
  void aCommandTakesNoNameForAnOption(@ForAll("names") String name) {
    List<List<String>> commands = new ArrayList<>();
    NodeShell shell =
        (pod, limit, command) -> {
          commands.add(List.of(command));
          return new NodeShell.Result(
              0, "[{\"node\": \"a\", \"offset\": 1, \"committed_offset\": 1}]");
        };
    NodeCommands node = new NodeCommands(shell, new BrokerInternals(shell), FakeShell.NODES);

    node.carryOut(new AddStreamMember(name, "rabbit@a"));
    node.carryOut(new RemoveStreamMember(name, "rabbit@a"));

    assertThat(commands)
        .hasSize(4)
        .allSatisfy(
            command -> assertThat(command.lastIndexOf(name)).isGreaterThan(command.indexOf("--")))
        .allSatisfy(command -> assertThat(command.indexOf("--")).isPositive());
  }

  @Property
  void aContainerGetsTheName(@ForAll("names") String name) throws Exception {
    PodSpec program = pod(name, consumer(name, "template", Map.of("spec", containers())));
    PodSpec dispatcher = pod(name, consumer(name, "http", delivery()));

    assertThat(variable(program, "RABBITMQ_QUEUE")).isEqualTo(name);
    assertThat(variable(dispatcher, "RABBITMQ_QUEUE")).isEqualTo(name);
    assertThat(
            JSON.readTree(variable(dispatcher, "WARREN_HTTP_DELIVERY"))
                .at("/deadLetter/routingKey")
                .textValue())
        .isEqualTo(name);
    assertThat(ConsumerDeployment.queues(program)).containsExactly(name);
  }

  private static PodSpec pod(String name, Map<String, Object> consumer) {
    MessageTopologySpec spec = spec(name, List.of(consumer));
    return new ConsumerDeployment(
            OWNER,
            NAMES,
            spec,
            new Images("queue-node", "gateway"),
            new Credentials("admin", "client"),
            ClientTrust.NONE)
        .deployment(spec.consumers().getFirst(), 1)
        .getSpec()
        .getTemplate()
        .getSpec();
  }

  private static Map<String, Object> consumer(String queue, String how, Object what) {
    return Map.of("name", "worker", "queue", queue, "prefetch", 1, how, what);
  }

  private static Map<String, Object> containers() {
    return Map.of("containers", List.of(Map.of("name", "app", "image", "app")));
  }

  private static Map<String, Object> delivery() {
    return Map.of(
        "url",
        "http://shop.default/a$(b)$$c",
        "method",
        "POST",
        "timeout",
        "5s",
        "concurrency",
        8,
        "contentMode",
        "Binary",
        "redirects",
        "Refuse",
        "retry",
        Map.of("maxAttempts", 1, "initialDelay", "1s", "maxDelay", "1s"));
  }

  private static String variable(PodSpec pod, String name) {
    return pod.getContainers().getFirst().getEnv().stream()
        .filter(variable -> variable.getName().equals(name))
        .map(EnvVar::getValue)
        .map(AnyNamePropertyTest::expanded)
        .findFirst()
        .orElseThrow();
  }

  /** As the kubelet does it; a reference to a variable is made visible. */
  private static String expanded(String value) {
    return Pattern.compile("\\$\\$|\\$\\([^)]*\\)", Pattern.DOTALL)
        .matcher(value)
        .replaceAll(found -> found.group().equals("$$") ? "\\$" : "EXPANDED");
  }

  @Property
  void theGatewayAndTheRecordAreGivenTheName(@ForAll("names") String name) throws Exception {
    MessageTopologySpec spec = spec(name);
    String config = GatewayConfig.configMap(OWNER, NAMES, spec).getData().get("gateway.json");
    JsonNode gateway = JSON.readTree(config);
    OwnershipRecord record = OwnershipRecord.of(spec);

    assertThat(gateway.at("/queues/0").textValue()).isEqualTo(name);
    assertThat(gateway.at("/exchanges/0").textValue()).isEqualTo(name);
    assertThat(ManagementApiJson.read(ManagementApiJson.write(record), OwnershipRecord.class))
        .isEqualTo(record);
  }

  @Property
  void aUriHasAnyPassword(@ForAll("names") String password) {
    CredentialSecrets secrets = new CredentialSecrets(OWNER, NAMES, UserMetadata.NONE);

    URI uri =
        URI.create(
            CredentialSecrets.text(
                secrets.connection(password, Clients.Optional, ClientTrust.NONE, List.of()),
                "uri"));

    assertThat(uri.getHost()).isEqualTo("orders.shop.svc");
    assertThat(uri.getPort()).isEqualTo(5672);
    assertThat(uri.getRawPath()).isEqualTo("/%2F");
    String[] user = uri.getRawUserInfo().split(":", -1);
    assertThat(user).hasSize(2);
    assertThat(decoded(user[1])).isEqualTo(password);
  }

  private static MessageTopologySpec spec(String name) {
    return spec(name, List.of());
  }

  private static MessageTopologySpec spec(String name, List<Map<String, Object>> consumers) {
    Map<String, Object> queue =
        Map.of("name", name, "type", "quorum", "maxLength", 1, "deadLetter", Map.of("queue", name));
    return JSON.convertValue(
        Map.of(
            "queues",
            List.of(queue),
            "exchanges",
            List.of(Map.of("name", name, "type", "topic")),
            "bindings",
            List.of(Map.of("exchange", name, "queue", name, "routingKey", name)),
            "consumers",
            consumers,
            "endpoints",
            Map.of(
                "requestReply",
                List.of(),
                "publish",
                Map.of(
                    "port",
                    8080,
                    "timeout",
                    "5s",
                    "maxMessageSize",
                    "1Mi",
                    "maxInFlight",
                    1,
                    "maxConnections",
                    1,
                    "idleTimeout",
                    "1s"))),
        MessageTopologySpec.class);
  }

  /** What the rules of the API accept, mostly of signs that mean something somewhere. */
  @Provide
  Arbitrary<String> names() {
    Arbitrary<Integer> signs =
        Arbitraries.of(
            "$(){}[]\\^.|?*+-/%~#@: \"'<>&=;,`!\t\u0001_aZ0éß²日\u0301€😀"
                .codePoints()
                .boxed()
                .toList());
    Arbitrary<Integer> any =
        Arbitraries.integers()
            .between(1, Character.MAX_CODE_POINT)
            .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE);
    Arbitrary<String> texts =
        Arbitraries.frequencyOf(Tuple.of(4, signs), Tuple.of(1, any))
            .map(Character::toString)
            .list()
            .ofMinSize(1)
            .ofMaxSize(40)
            .map(points -> String.join("", points));
    return Arbitraries.oneOf(
            texts,
            texts.map(text -> "-" + text),
            Arbitraries.of("--", "--help", "$(HOME)", "$$", "${HOME}", "...", "a/../b", "%2F"))
        .filter(AnyNamePropertyTest::isAccepted);
  }

  private static boolean isAccepted(String name) {
    return name.getBytes(UTF_8).length <= 255
        && !name.matches("(?s)(amq\\.|warren\\.shelter\\.).*|.*[\n\r\0].*|\\.{1,2}");
  }
}
