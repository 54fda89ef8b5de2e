package dev.warren.gateway;

import dev.warren.gateway.broker.BrokerFailure;
import dev.warren.gateway.broker.BrokerFailure.Kind;
import dev.warren.gateway.broker.Connections;
import dev.warren.gateway.config.BrokerAddress;
import dev.warren.gateway.config.ConfigFile;
import dev.warren.gateway.config.GatewayConfig;
import dev.warren.gateway.http.AcceptedConnections;
import dev.warren.gateway.http.ArrivalHandler;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/** The gateway role: serves what its configuration file says, and follows that file. */
@Readiness
@Singleton
public class Gateway implements HealthCheck {

  private static final Logger LOG = Logger.getLogger(Gateway.class);

  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

  /**
   * Until each machine has learned that this Pod is stopping, it sends new clients here, and an
   * endpoint that no longer listens would refuse them. Nobody tells the Pod when that is over, but
   * then no new connection comes.
   */
  private static final Duration NO_NEW_CLIENT = Duration.ofSeconds(2);

  /** Clients that do not come through a Service may never stop coming. */
  private static final Duration LONGEST_WAIT_FOR_NO_NEW_CLIENT = Duration.ofSeconds(10);

  /** How long pending requests may take when the gateway stops. */
  private static final Duration TO_FINISH = Duration.ofSeconds(10);

  private final Role role;
  private final BrokerAddress broker;
  private final ConfigFile file;
  private final MeterRegistry meters;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("configuration").daemon().factory());

  private volatile EndpointServers servers;

  /**
   * Serves HTTP clients, on a thread of its own: health and metrics must answer whatever they do.
   */
  private Vertx vertx;

  /** Used by the polling thread only. */
  private GatewayConfig wanted;

  Gateway(
      @ConfigProperty(name = "warren.role") Role role,
      @ConfigProperty(name = "warren.gateway.config") String file,
      BrokerAddress broker,
      MeterRegistry meters) {
    this.role = role;
    this.broker = broker;
    this.file = new ConfigFile(Path.of(file));
    this.meters = meters;
  }

  void start(@Observes StartupEvent started) {
    if (role == Role.GATEWAY) {
      vertx = forClients();
      servers = new EndpointServers(Connections.to(broker), vertx, meters);
      looking.scheduleWithFixedDelay(
          this::look, 0, BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Lets the operator learn when consumers without Pods get work. */
  void addArrivalsRoute(@Observes Router router) {
    new ArrivalHandler(this::firstArrival).addTo(router);
  }

  void stop(@Observes ShutdownEvent stopping) throws InterruptedException {
    looking.shutdown();
    if (servers != null) {
      looking.awaitTermination(TO_FINISH.toMillis(), TimeUnit.MILLISECONDS);
      servers.awaitNoNewClients(NO_NEW_CLIENT, LONGEST_WAIT_FOR_NO_NEW_CLIENT);
      servers.drain(TO_FINISH);
      servers.close();
      vertx.close();
    }
  }

  /** Ready when everything listens and the broker is connected. Idle in the other role. */
  @Override
  public HealthCheckResponse call() {
    boolean ready = role != Role.GATEWAY || (servers != null && servers.areReady());
    return HealthCheckResponse.named("gateway").status(ready).build();
  }

  private static Vertx forClients() {
    return AcceptedConnections.library(
        new VertxOptions()
            .setEventLoopPoolSize(1)
            // For handshakes, so that many of them do not take all processors.
            .setInternalBlockingPoolSize(1)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  private CompletableFuture<String> firstArrival(Set<String> queues) {
    return servers == null
        ? CompletableFuture.failedFuture(
            new BrokerFailure(Kind.UNAVAILABLE, "this process does not publish"))
        : servers.firstArrival(queues);
  }

  private void look() {
    try {
      file.readIfChanged().ifPresent(read -> wanted = read);
      if (wanted != null) {
        servers.apply(wanted);
      }
    } catch (RuntimeException e) {
      // An exception that escaped would end the polling.
      LOG.error("The configuration could not be applied", e);
    }
  }
}
