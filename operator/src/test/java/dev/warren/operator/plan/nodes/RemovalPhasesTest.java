package dev.warren.operator.plan.nodes;

import static dev.warren.operator.plan.simulation.InMemoryCluster.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.MessageTopologySpec;
import dev.warren.operator.action.KubernetesAction;
import dev.warren.operator.action.KubernetesAction.Mark;
import dev.warren.operator.model.NodeRemoval.Kind;
import dev.warren.operator.model.NodeRemoval.Phase;
import dev.warren.operator.plan.Specs;
import dev.warren.operator.plan.nodes.NodeRemovalPlanner.RemovalPlan;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each phase of a removal: when it ends, and its actions. */
class RemovalPhasesTest {

  private static final MessageTopologySpec THREE =
      Specs.of(3, "", "queues: [{name: q, type: quorum}]");

  /** The last two columns: from a phase after the node was forgotten, and from the last one. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "it runs, no node has taken its place     | AWAITING_REPLACEMENT | DECIDED    | DECIDED",
        "it runs, the queue lacks a member        | AWAITING_MEMBERS     | DECIDED    | DECIDED",
        "it runs, another node does not           | AWAITING_MEMBERS     | DECIDED    | DECIDED",
        "it runs and is in service                | DRAINING             | DECIDED    | DECIDED",
        "it runs and has a member                 | DRAINING             | DECIDED    | DECIDED",
        "it runs and has nothing                  | STOPPING             | DECIDED    | DECIDED",
        "it was stopped                           | FORGETTING           | DECIDED    | DECIDED",
        "it was stopped with the only member      | RESTARTING           | DECIDED    | DECIDED",
        "it was stopped and given up              | FORGETTING           | DECIDED    | DECIDED",
        "it was stopped with a member             | ISOLATING            | DECIDED    | DECIDED",
        "it is lost, the queue needs it           | HELD                 | DECIDED    | DECIDED",
        "it is lost and blank                     | ISOLATING            | DECIDED    | DECIDED",
        "it is lost and was blank                 | ISOLATING            | DECIDED    | DECIDED",
        "it is lost, was blank, and has started   | HELD                 | DECIDED    | DECIDED",
        "it is lost, so is the majority           | HELD                 | CLEARING   | DONE",
        "it is lost and has its name              | ISOLATING            | DECIDED    | DECIDED",
        "it is lost, its name can be resolved     | ISOLATING            | DECIDED    | DECIDED",
        "it is lost, its name is kept for long    | FORGETTING           | DECIDED    | DECIDED",
        "it is lost and nameless                  | FORGETTING           | DECIDED    | DECIDED",
        "it is forgotten                          | FORGOTTEN            | CLEARING   | DONE",
        "it is gone, the queue lacks a member     | FORGOTTEN            | RESTORING  | DONE",
        "it is gone, another node does not run    | FORGOTTEN            | RESTORING  | DONE",
        "it is gone and all is whole              | FORGOTTEN            | DONE       | DONE",
      })
  void theNextPhaseIs(String seen, Phase underway, Phase forgotten, Phase done) {
    for (Phase phase : Phase.values()) {
      Phase expected = phase == Phase.DONE ? done : phase.isForgotten() ? forgotten : underway;
      assertThat(scene(seen).next(THREE, phase)).as("from %s", phase).isEqualTo(expected);
    }
  }

  private static RemovalScene scene(String seen) {
    RemovalScene scene = begin(seen);
    return switch (seen) {
      case "it runs and is in service",
          "it was stopped",
          "it is lost and has its name",
          "it is gone and all is whole" ->
          scene;
      case "it runs, no node has taken its place" -> scene.unknown(3);
      case "it runs, the queue lacks a member" -> scene.quorum(Set.of(0, 1, 2));
      case "it runs, another node does not", "it is gone, another node does not run" ->
          scene.running(3, false);
      case "it runs and has a member" -> scene.outOfService();
      case "it runs and has nothing" -> scene.outOfService().quorum(Set.of(0, 2, 3));
      case "it was stopped with the only member" -> scene.classic();
      case "it was stopped and given up" -> scene.classic().kind(Kind.GIVEN_UP);
      case "it was stopped with a member" -> scene.quorum(Set.of(0, 1, 2));
      case "it is lost, the queue needs it" -> scene.needed();
      case "it is lost and blank" -> scene.needed().blank();
      case "it is lost and was blank" -> scene.needed().recordedAsBlank();
      case "it is lost, was blank, and has started" -> scene.needed().startedSince();
      case "it is lost, so is the majority" -> scene.running(3, false);
      case "it is lost, its name can be resolved" -> scene.nameless().resolvable();
      case "it is lost, its name is kept for long" -> scene.nameless().resolvable().later(60);
      case "it is lost and nameless" -> scene.nameless();
      case "it is forgotten" -> scene.unknown(1).quorum(Set.of(0, 2, 3));
      case "it is gone, the queue lacks a member" -> scene.quorum(Set.of(0, 2));
      default -> throw new IllegalArgumentException(seen);
    };
  }

  private static RemovalScene begin(String seen) {
    RemovalScene scene = new RemovalScene();
    if (seen.startsWith("it was stopped")) {
      return scene.running(1, false).outOfService().quorum(Set.of(0, 2, 3));
    }
    if (seen.startsWith("it is lost")) {
      return scene.kind(Kind.LOST).running(1, false).quorum(Set.of(0, 2, 3));
    }
    return seen.startsWith("it is gone")
        ? scene.unknown(1).withoutLeftovers().quorum(Set.of(0, 2, 3))
        : scene;
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "DECIDED              | it runs and is in service                  | nothing",
        "AWAITING_REPLACEMENT | it runs, no node has taken its place       | mark leaving=true",
        "AWAITING_MEMBERS     | it runs, the queue lacks a member          | mark leaving=true",
        "DRAINING             | it runs and is in service                  |"
            + " mark leaving=true, mark in-service=false",
        "DRAINING             | it runs and has a member                   | mark leaving=true",
        "STOPPING             | it runs and has nothing                    |"
            + " mark leaving=true, StopNode",
        "RESTARTING           | it was stopped with the only member        | Delete Pod",
        "HELD                 | it is lost, the queue needs it             | nothing",
        "ISOLATING            | it is lost and has its name                |"
            + " Delete Pod, mark component=lost-queue-node",
        "FORGETTING           | it was stopped                             | ForgetNode",
        "FORGETTING           | it is lost and nameless                    | Delete Pod, ForgetNode",
        "FORGOTTEN            | it is forgotten                            | nothing",
        "CLEARING             | it is forgotten                            |"
            + " Delete Pod, mark component=lost-queue-node, Delete PersistentVolumeClaim",
        "RESTORING            | it is gone, the queue lacks a member       | nothing",
        "DONE                 | it is gone and all is whole                | nothing",
        "DONE                 | it is forgotten                            |"
            + " Delete Pod, mark component=lost-queue-node, Delete PersistentVolumeClaim",
      })
  void eachPhaseHasItsActions(Phase phase, String seen, String actions) {
    assertThat(done(THREE, scene(seen), phase)).isEqualTo(actions);
  }

  @Test
  void theVolumeIsRetainedIfTheSpecSaysSo() {
    MessageTopologySpec retain =
        Serialization.unmarshal(
            "nodes: {replicas: 3, storage: {size: 10Gi, onDelete: Retain}}",
            MessageTopologySpec.class);

    assertThat(done(retain, scene("it is forgotten"), Phase.CLEARING))
        .isEqualTo("Delete Pod, mark component=lost-queue-node, mark retired=true");
  }

  /** Only its Pod shows that the node is blank. */
  @ParameterizedTest
  @EnumSource(names = {"ISOLATING", "FORGETTING"})
  void thePodOfABlankNodeStaysUntilTheNodeIsForgotten(Phase phase) {
    assertThat(done(THREE, scene("it is lost and has its name").blank(), phase))
        .doesNotContain("Delete Pod");
  }

  @Test
  void aMarkedNodeIsNotMarkedAgain() {
    RemovalScene marked = scene("it runs and has a member").marked();

    assertThat(done(THREE, marked, Phase.DRAINING)).isEqualTo("nothing");
  }

  private static String done(MessageTopologySpec spec, RemovalScene scene, Phase phase) {
    RemovalPlan plan =
        new NodeRemovalPlanner(NAMES, spec, scene.observation()).plan(scene.removal(phase));
    String actions =
        Stream.concat(
                plan.kubernetes().stream().map(RemovalPhasesTest::what),
                plan.broker().stream().map(action -> action.getClass().getSimpleName()))
            .collect(Collectors.joining(", "));
    return actions.isEmpty() ? "nothing" : actions;
  }

  private static String what(KubernetesAction action) {
    if (action instanceof Mark mark) {
      Map.Entry<String, String> label = mark.labels().entrySet().iterator().next();
      String name = label.getKey().substring(label.getKey().indexOf('/') + 1);
      return "mark %s=%s".formatted(name, label.getValue());
    }
    return action.getClass().getSimpleName() + " " + action.object().getKind();
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void theDocumentationHasThePhase(Phase phase) throws Exception {
    String page = Files.readString(Path.of("../docs/node-removal.md"));

    assertThat(page).contains("| `" + phase.wire() + "` |");
    assertThat(page.substring(page.indexOf("```mermaid"), page.indexOf("```\n")))
        .contains(phase.wire());
  }

  @ParameterizedTest
  @EnumSource(value = Phase.class, mode = EnumSource.Mode.EXCLUDE, names = "DONE")
  void theResourceDefinitionExplainsThePhase(Phase phase) throws Exception {
    assertThat(Files.readString(Path.of("../crds/messagetopologies.warren.dev.yaml")))
        .containsPattern("\\b" + phase.wire() + ":");
  }
}
