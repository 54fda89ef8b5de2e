package dev.warren.operator.observation;

import java.util.Map;

/** A Secret that is not the operator's, as the API server has it now. */
public sealed interface GivenSecret {

  /**
   * It exists.
   *
   * @param data as Kubernetes has it
   */
  record Found(Map<String, String> data) implements GivenSecret {

    /** Does not show the data. */
    @Override
    public String toString() {
      return "Found" + data.keySet();
    }
  }

  /** The API server says that it does not exist. */
  record Missing() implements GivenSecret {}

  /** Whether it exists is unknown. */
  record Unreadable(String why) implements GivenSecret {}
}
