package dev.warren.e2e;

import static dev.warren.e2e.TestBed.kubectl;
import static dev.warren.e2e.TestBed.testbed;

import java.util.ArrayList;
import java.util.List;

/**
 * The machines of the test bed that a test may take away while other tests run: only pods that ask
 * for them are there. One class at a time has them, by the lock.
 */
final class MachinesAtRisk {

  /** For {@code @ResourceLock}. */
  static final String LOCK = "machines at risk";

  /** For {@code spec.nodes}: places the queue nodes on these machines. */
  static final String PLACEMENT =
      "podTemplate: {spec: {nodeSelector: {warren.test/at-risk: \"true\"},"
          + " tolerations: [{key: warren.test/at-risk, operator: Exists}]}}";

  private final List<String> cutOff = new ArrayList<>();

  /** Cuts the machine's link. */
  void cutOff(String machine) {
    cutOff.add(machine);
    testbed("machine-down", machine);
  }

  /** Restores its link, and waits until Kubernetes has it back. */
  void bringBack(String machine) {
    testbed("machine-up", machine);
    cutOff.remove(machine);
    kubectl("wait", "--for=condition=Ready", "node/" + machine, "--timeout=90s");
  }

  void bringBackAll() {
    List.copyOf(cutOff).forEach(this::bringBack);
  }
}
