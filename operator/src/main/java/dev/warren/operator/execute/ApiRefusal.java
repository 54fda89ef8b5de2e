package dev.warren.operator.execute;

import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** The API server's own message, without the text that the client adds. */
public final class ApiRefusal {

  /** HTTP's code for a request that is well-formed but invalid. */
  public static final int UNPROCESSABLE = 422;

  private ApiRefusal() {}

  /** Whether there was no answer. Then the client's code is 0 or -1. */
  public static boolean isNoAnswer(KubernetesClientException e) {
    return e.getCode() <= 0;
  }

  /** Whether a quota refused the object. Quotas are checked last, so nothing else is wrong. */
  public static boolean isByQuota(KubernetesClientException e) {
    return message(e).contains("exceeded quota");
  }

  /** Whether the object could not be created because its namespace is being deleted, or is gone. */
  public static boolean isByEndOfNamespace(KubernetesClientException e) {
    StatusDetails details = e.getStatus() == null ? null : e.getStatus().getDetails();
    return details != null
        && (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
            ? "namespaces".equals(details.getKind())
            : details.getCauses().stream()
                .anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason())));
  }

  public static String message(KubernetesClientException e) {
    Status status = e.getStatus();
    return status == null || status.getMessage() == null ? e.getMessage() : status.getMessage();
  }
}
