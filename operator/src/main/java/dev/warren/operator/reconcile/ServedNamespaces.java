package dev.warren.operator.reconcile;

import static java.util.stream.Collectors.toMap;

import dev.warren.api.v1alpha1.MessageTopology;
import dev.warren.operator.execute.ApiRefusal;
import dev.warren.operator.metrics.NamespaceMeters;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.health.InformerHealthIndicator;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.ManagedInformerEventSource;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Which of the watched namespaces the operator serves. It cannot serve one that does not exist, or
 * where it has no rights. The SDK retries there, and serves the others meanwhile. This reports it.
 */
@Singleton
class ServedNamespaces {

  private static final Logger LOG = Logger.getLogger(ServedNamespaces.class);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  private static final int NOT_FOUND = 404;
  private static final Set<Integer> REFUSALS = Set.of(401, 403, NOT_FOUND);

  private final KubernetesClient kubernetes;
  private final NamespaceMeters meters;
  private volatile List<ManagedInformerEventSource<?, ?, ?>> caches = List.of();
  private volatile Map<String, String> refusals = Map.of();

  ServedNamespaces(KubernetesClient kubernetes, MeterRegistry registry) {
    this.kubernetes = kubernetes;
    this.meters = new NamespaceMeters(registry);
  }

  /**
   * Begins to look after the namespaces.
   *
   * @param topologies the cache of the topologies
   * @param informers the caches of all other kinds
   */
  void follow(
      IndexerResourceCache<MessageTopology> topologies,
      List<InformerEventSource<?, MessageTopology>> informers) {
    this.caches =
        Stream.<ManagedInformerEventSource<?, ?, ?>>concat(
                Stream.of((ManagedInformerEventSource<?, ?, ?>) topologies), informers.stream())
            .toList();
    Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("namespaces-", 0).factory())
        .scheduleWithFixedDelay(this::look, 0, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The watched namespaces, each with the reason why it is not served; empty if it is served. */
  Map<String, Optional<String>> all() {
    return names().stream()
        .collect(toMap(ServedNamespaces::display, this::problem, (one, same) -> one, TreeMap::new));
  }

  /** Why a namespace is not served; empty if it is. */
  Optional<String> problem(String namespace) {
    return refusal(namespace)
        .or(
            () ->
                caches.stream()
                    .filter(cache -> !isRead(cache, namespace))
                    .findFirst()
                    .map(cache -> "its %s have not been read yet".formatted(plural(cache))));
  }

  /** The API server's answer because of which a namespace is not served. */
  Optional<String> refusal(String namespace) {
    return Optional.ofNullable(refusals.get(namespace))
        .or(() -> Optional.ofNullable(refusals.get(Constants.WATCH_ALL_NAMESPACES)));
  }

  /** Whether everything in a namespace has been read, so that what is missing does not exist. */
  boolean isRead(String namespace) {
    return caches.stream().allMatch(cache -> isRead(cache, namespace));
  }

  /** Asks the API server, and reports what has changed. */
  private void look() {
    try {
      if (!names().isEmpty()) {
        Map<String, String> before = refusals;
        refusals = refusals();
        log(before, refusals);
        meters.show(all());
      }
    } catch (KubernetesClientException e) {
      LOG.debugf("cannot find out which namespaces are served: %s", e.getMessage());
    } catch (RuntimeException e) {
      // An exception would end the schedule.
      LOG.error("cannot find out which namespaces are served", e);
    }
  }

  private Map<String, String> refusals() {
    Map<String, String> found = new TreeMap<>();
    names().forEach(name -> ask(name).ifPresent(refusal -> found.put(name, refusal)));
    return Map.copyOf(found);
  }

  /** Asks for the kinds of which the SDK has no current view, and for topologies in any case. */
  private Optional<String> ask(String namespace) {
    List<Class<? extends HasMetadata>> behind =
        caches.stream()
            .filter(cache -> !isCurrent(cache, namespace))
            .<Class<? extends HasMetadata>>map(cache -> cache.resourceType())
            .toList();
    return Stream.concat(behind.stream(), Stream.of(MessageTopology.class))
        .flatMap(kind -> ask(namespace, kind).stream())
        .findFirst();
  }

  private Optional<String> ask(String namespace, Class<? extends HasMetadata> kind) {
    var resources = kubernetes.resources(kind);
    var one = new ListOptionsBuilder().withLimit(1L).build();
    try {
      if (namespace.equals(Constants.WATCH_ALL_NAMESPACES)) {
        resources.inAnyNamespace().list(one);
      } else {
        resources.inNamespace(namespace).list(one);
      }
      return Optional.empty();
    } catch (KubernetesClientException e) {
      // Any other answer is a problem of the API server.
      if (!REFUSALS.contains(e.getCode())) {
        throw e;
      }
      return Optional.of(
          e.getCode() == NOT_FOUND
              ? "the CustomResourceDefinition %s is not installed"
                  .formatted(HasMetadata.getFullResourceName(kind))
              : ApiRefusal.message(e));
    }
  }

  private static void log(Map<String, String> before, Map<String, String> now) {
    now.forEach(
        (name, refusal) -> {
          if (!refusal.equals(before.get(name))) {
            LOG.warnf("Namespace %s is not served: %s", display(name), refusal);
          }
        });
    before.keySet().stream()
        .filter(name -> !now.containsKey(name))
        .forEach(name -> LOG.infof("Namespace %s is served", display(name)));
  }

  /** Empty until all caches are started. */
  private Set<String> names() {
    return caches.stream().allMatch(ManagedInformerEventSource::isRunning)
        ? caches.stream()
            .findFirst()
            .map(cache -> Set.copyOf(cache.informerHealthIndicators().keySet()))
            .orElseGet(Set::of)
        : Set.of();
  }

  private static boolean isRead(ManagedInformerEventSource<?, ?, ?> cache, String namespace) {
    return of(cache, namespace).filter(InformerHealthIndicator::hasSynced).isPresent();
  }

  private static boolean isCurrent(ManagedInformerEventSource<?, ?, ?> cache, String namespace) {
    return of(cache, namespace).filter(part -> part.hasSynced() && part.isWatching()).isPresent();
  }

  private static Optional<InformerHealthIndicator> of(
      ManagedInformerEventSource<?, ?, ?> cache, String namespace) {
    Map<String, InformerHealthIndicator> parts = cache.informerHealthIndicators();
    return Optional.ofNullable(parts.get(namespace))
        .or(() -> Optional.ofNullable(parts.get(Constants.WATCH_ALL_NAMESPACES)));
  }

  private static String plural(ManagedInformerEventSource<?, ?, ?> cache) {
    return HasMetadata.getPlural(cache.resourceType());
  }

  private static String display(String namespace) {
    return namespace.equals(Constants.WATCH_ALL_NAMESPACES) ? "*" : namespace;
  }
}
