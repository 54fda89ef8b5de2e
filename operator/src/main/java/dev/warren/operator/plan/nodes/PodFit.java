package dev.warren.operator.plan.nodes;

import static java.util.stream.Collectors.toMap;

import dev.warren.operator.model.Labels;
import dev.warren.operator.observation.Machine;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Whether a machine could take a Pod, as far as the machine alone shows it. What other Pods have
 * requested there, and rules that depend on other Pods, only the scheduler knows.
 */
final class PodFit {

  private final PodSpec pod;
  private final Map<String, BigDecimal> requests;

  PodFit(PodSpec pod) {
    this.pod = pod;
    this.requests =
        pod.getContainers().stream()
            .flatMap(container -> requests(container).entrySet().stream())
            .collect(toMap(Map.Entry::getKey, e -> amount(e.getValue()), BigDecimal::add));
  }

  /** The API server completes requests by the limits. */
  private static Map<String, Quantity> requests(Container container) {
    ResourceRequirements resources =
        Optional.ofNullable(container.getResources()).orElseGet(ResourceRequirements::new);
    Stream<Map<String, Quantity>> both =
        Stream.of(resources.getRequests(), resources.getLimits())
            .map(amounts -> amounts == null ? Map.of() : amounts);
    return both.flatMap(amounts -> amounts.entrySet().stream())
        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue, (request, limit) -> request));
  }

  private static BigDecimal amount(Quantity quantity) {
    return Quantity.getAmountInBytes(quantity);
  }

  /** Why a machine cannot take the Pod, as the end of a sentence; empty if it could. */
  Optional<String> obstacle(Machine machine) {
    return machine
        .unwell()
        .or(() -> untolerated(machine).map(taint -> "has the taint " + taint.getKey()))
        .or(() -> isSelected(machine) ? Optional.empty() : Optional.of("is not selected"))
        .or(() -> exceeded(machine).map(resource -> "has too little " + resource));
  }

  private Optional<Taint> untolerated(Machine machine) {
    return machine.taints().stream()
        .filter(taint -> !taint.getEffect().equals("PreferNoSchedule"))
        .filter(taint -> pod.getTolerations().stream().noneMatch(t -> tolerates(t, taint)))
        .findFirst();
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    boolean exists = "Exists".equals(toleration.getOperator());
    boolean sameKey =
        isAbsent(toleration.getKey()) ? exists : toleration.getKey().equals(taint.getKey());
    boolean sameValue = exists || text(toleration.getValue()).equals(text(taint.getValue()));
    boolean sameEffect =
        isAbsent(toleration.getEffect()) || toleration.getEffect().equals(taint.getEffect());
    return sameKey && sameValue && sameEffect;
  }

  private static boolean isAbsent(String text) {
    return text(text).isEmpty();
  }

  private static String text(String text) {
    return text == null ? "" : text;
  }

  private boolean isSelected(Machine machine) {
    Map<String, String> selector = Optional.ofNullable(pod.getNodeSelector()).orElse(Map.of());
    // The scheduler spreads Pods only over machines with this label.
    return machine.labels().containsKey(Labels.HOSTNAME)
        && machine.labels().entrySet().containsAll(selector.entrySet())
        && requiredTerms().map(terms -> isOneMet(terms, machine)).orElse(true);
  }

  private Optional<List<NodeSelectorTerm>> requiredTerms() {
    return Optional.ofNullable(pod.getAffinity())
        .map(Affinity::getNodeAffinity)
        .map(NodeAffinity::getRequiredDuringSchedulingIgnoredDuringExecution)
        .map(required -> required.getNodeSelectorTerms());
  }

  private static boolean isOneMet(List<NodeSelectorTerm> terms, Machine machine) {
    return terms.stream()
        .filter(term -> !term.getMatchExpressions().isEmpty() || !term.getMatchFields().isEmpty())
        .anyMatch(
            term ->
                term.getMatchExpressions().stream()
                        .allMatch(e -> isMet(e, machine.labels().get(e.getKey())))
                    // Kubernetes knows only the field metadata.name.
                    && term.getMatchFields().stream().allMatch(e -> isMet(e, machine.name())));
  }

  /**
   * @param value the label's; null if there is none
   */
  private static boolean isMet(NodeSelectorRequirement requirement, String value) {
    List<String> values = requirement.getValues();
    return switch (requirement.getOperator()) {
      case "In" -> value != null && values.contains(value);
      case "NotIn" -> value == null || !values.contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      case "Gt" -> isNumber(value, number -> number.compareTo(new BigDecimal(values.get(0))) > 0);
      case "Lt" -> isNumber(value, number -> number.compareTo(new BigDecimal(values.get(0))) < 0);
      default -> false;
    };
  }

  private static boolean isNumber(String text, Predicate<BigDecimal> such) {
    return text != null && text.matches("-?\\d{1,18}") && such.test(new BigDecimal(text));
  }

  private Optional<String> exceeded(Machine machine) {
    return requests.keySet().stream()
        .filter(
            resource ->
                Optional.ofNullable(machine.allocatable().get(resource))
                    .map(PodFit::amount)
                    .filter(all -> all.compareTo(requests.get(resource)) >= 0)
                    .isEmpty())
        .sorted()
        .findFirst();
  }
}
