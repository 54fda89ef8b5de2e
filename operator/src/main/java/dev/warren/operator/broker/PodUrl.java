package dev.warren.operator.broker;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.net.URI;
import java.util.stream.Stream;

/** Where the operator reaches a Pod over HTTP. */
public final class PodUrl {

  private PodUrl() {}

  /** A port of the Pod, such as http://10.1.2.3:9090; empty while the Pod has no address. */
  public static Stream<URI> of(Pod pod, int port) {
    return url("http", pod, port);
  }

  /** A port with TLS of the Pod, such as https://10.1.2.3:15671. */
  static Stream<URI> https(Pod pod, int port) {
    return url("https", pod, port);
  }

  private static Stream<URI> url(String scheme, Pod pod, int port) {
    return Stream.ofNullable(pod.getStatus())
        .map(PodStatus::getPodIP)
        .flatMap(Stream::ofNullable)
        .map(ip -> ip.contains(":") ? "[" + ip + "]" : ip)
        .map(host -> URI.create("%s://%s:%d".formatted(scheme, host, port)));
  }
}
