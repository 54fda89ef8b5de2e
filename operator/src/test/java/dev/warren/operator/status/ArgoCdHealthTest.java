package dev.warren.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.action.Problem;
import dev.warren.operator.model.ConditionType;
import dev.warren.operator.model.Mode;
import dev.warren.operator.model.Outlook;
import dev.warren.operator.model.Reason;
import dev.warren.operator.plan.validation.Violation;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.BaseLib;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;

/** What docs/argocd/health.lua makes of a topology. */
class ArgoCdHealthTest {

  private static final Path SCRIPT = Path.of("../docs/argocd/health.lua");
  private static final Path PAGE = Path.of("../docs/gitops.md");

  private record Health(String status, String message) {}

  private final StatusScene scene = new StatusScene();

  @Test
  void aReadyTopologyIsHealthy() {
    assertThat(healthOfScene()).isEqualTo(new Health("Healthy", messageOfReady()));
  }

  @Test
  void aTopologyThatTheOperatorHasNotSeenIsProgressing() {
    assertThat(health(scene.topology))
        .isEqualTo(new Health("Progressing", "Waiting for the operator"));
  }

  @Test
  void aTopologyWhoseChangeTheOperatorHasNotSeenIsProgressing() {
    scene.topology.setStatus(scene.build());
    scene.topology.getMetadata().setGeneration(2L);

    assertThat(health(scene.topology))
        .isEqualTo(new Health("Progressing", "Waiting for the operator"));
  }

  @Test
  void aPausedTopologyIsSuspended() {
    scene.applied = AppliedActions.held(Mode.PAUSED, List.of(), List.of());

    assertThat(healthOfScene().status()).isEqualTo("Suspended");
  }

  @Test
  void anInvalidTopologyIsDegraded() {
    scene.violations.add(new Violation("spec.bindings[0].queue", "is not declared"));

    assertThat(healthOfScene()).isEqualTo(new Health("Degraded", messageOfReady()));
    assertThat(messageOfReady()).contains("spec.bindings[0].queue");
  }

  @ParameterizedTest
  @MethodSource("reasonsOfReady")
  void theHealthFollowsFromTheKindOfTheReason(Reason reason) {
    scene.nodeProblems.add(new Problem(reason, "node orders-1 is affected"));

    assertThat(healthOfScene()).isEqualTo(new Health(expected(reason), messageOfReady()));
  }

  private static String expected(Reason reason) {
    return switch (reason.outlook()) {
      case FINE -> "Healthy";
      case REQUESTED, PROGRESS, UNKNOWN -> "Progressing";
      case TROUBLE -> "Degraded";
    };
  }

  /** Those that Ready can have while it is not true. */
  static Stream<Reason> reasonsOfReady() {
    return Arrays.stream(Reason.values())
        .filter(reason -> reason.outlook() != Outlook.FINE)
        .filter(
            reason ->
                reason.conditions().stream()
                    .anyMatch(type -> type.isPartOfReady() || type == ConditionType.READY));
  }

  @Test
  void thePageShowsTheScript() throws IOException {
    String script = Files.readString(SCRIPT).indent(4).replaceAll("(?m)^ +$", "");
    assertThat(Files.readString(PAGE)).contains(script);
  }

  private String messageOfReady() {
    return StatusScene.condition(scene.build(), "Ready").getMessage();
  }

  private Health healthOfScene() {
    scene.topology.setStatus(scene.build());
    return health(scene.topology);
  }

  /** With the libraries that Argo CD gives to scripts. */
  private static Health health(MessageTopology topology) {
    Globals lua = new Globals();
    lua.load(new BaseLib());
    lua.load(new PackageLib());
    lua.load(new TableLib());
    LoadState.install(lua);
    LuaC.install(lua);
    lua.set("obj", value(Serialization.unmarshal(Serialization.asJson(topology), JsonNode.class)));
    LuaTable health = lua.load(script(), SCRIPT.toString()).call().checktable();
    return new Health(health.get("status").checkjstring(), health.get("message").checkjstring());
  }

  private static String script() {
    try {
      return Files.readString(SCRIPT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static LuaValue value(JsonNode json) {
    if (json.isObject()) {
      LuaTable table = new LuaTable();
      json.properties().forEach(field -> table.set(field.getKey(), value(field.getValue())));
      return table;
    }
    if (json.isArray()) {
      LuaTable list = new LuaTable();
      json.forEach(item -> list.set(list.length() + 1, value(item)));
      return list;
    }
    if (json.isNumber()) {
      return LuaValue.valueOf(json.doubleValue());
    }
    return json.isNull() ? LuaValue.NIL : LuaValue.valueOf(json.asText());
  }
}
