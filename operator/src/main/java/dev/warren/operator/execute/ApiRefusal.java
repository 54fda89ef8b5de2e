package dev.warren.operator.execute;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** The API server's own words, without those that the client puts around them. */
public final class ApiRefusal {

  /** HTTP's code for what can be read but makes no sense. */
  public static final int UNPROCESSABLE = 422;

  private ApiRefusal() {}

  /** Whether it did not say anything; the client's code is 0 or -1 then. */
  static boolean isNoAnswer(KubernetesClientException e) {
    return e.getCode() <= 0;
  }

  /** Asked last, so that nothing else is wrong. */
  public static boolean isByQuota(KubernetesClientException e) {
    return message(e).contains("exceeded quota");
  }

  public static String message(KubernetesClientException e) {
    Status status = e.getStatus();
    return status == null || status.getMessage() == null ? e.getMessage() : status.getMessage();
  }
}
