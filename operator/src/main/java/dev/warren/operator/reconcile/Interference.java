package dev.warren.operator.reconcile;

import dev.warren.operator.execute.ApiRefusal;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Why a pass could not end, although the operator has no fault: somebody deleted or changed what it
 * works on, or took its rights away.
 *
 * @param why in a sentence
 * @param isTrouble whether somebody must act if it lasts
 */
record Interference(String why, boolean isTrouble) {

  /**
   * Finds it in the exception of a pass; empty if the exception needs an explanation.
   *
   * @param isGone whether the topology is deleted by now
   */
  static Optional<Interference> in(Exception e, BooleanSupplier isGone) {
    if (e instanceof KubernetesClientException answer) {
      String why = ApiRefusal.message(answer);
      if (ApiRefusal.isByEndOfNamespace(answer)
          || answer.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return Optional.of(new Interference(why, false));
      }
      if (answer.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        return Optional.of(new Interference(why, true));
      }
      if (ApiRefusal.isNoAnswer(answer)) {
        return Optional.empty();
      }
    }
    return isGone.getAsBoolean()
        ? Optional.of(new Interference("the resource was deleted meanwhile", false))
        : Optional.empty();
  }
}
