package dev.warren.gateway.clients;

import dev.warren.gateway.limits.Seldom;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.jboss.logging.Logger;

/** Counts what the clients of one port are refused, and logs it once in a while. For any thread. */
public final class Refusals {

  private static final Logger LOG = Logger.getLogger(Refusals.class);

  /** Why a connection was refused or ended. */
  public enum Reason {
    /** There are as many connections as there may be. */
    CONNECTIONS("connections", "there are too many connections"),
    /** The client has as many connections as it may have. */
    CLIENT_CONNECTIONS("client-connections", "the client has too many connections"),
    /** It waited for its client, and another one needed its place. */
    DISPLACED("displaced", "waiting connections made room for new ones"),
    /** There is no memory for it. */
    MEMORY("memory", "the memory for clients is used up"),
    /** The client did not send its request in time. */
    SLOW("slow", "requests did not arrive in time"),
    /** The client did not read its answer in time. */
    UNREAD("unread", "answers were not read in time"),
    /** It did not begin as a proxy begins it. */
    PROXY_HEADER("proxy-header", "no valid header of the PROXY protocol"),
    /** The client did not begin with TLS, or did not accept the certificate. */
    HANDSHAKE("handshake", "handshakes of TLS failed");

    private final String label;
    private final String text;

    Reason(String label, String text) {
      this.label = label;
      this.text = text;
    }
  }

  private final String endpoint;
  private final Map<Reason, Counter> counters = new EnumMap<>(Reason.class);
  private final Map<Reason, Seldom> lines = new EnumMap<>(Reason.class);

  /**
   * @param endpoint its name in metrics and logs
   */
  public Refusals(String endpoint, MeterRegistry meters) {
    this.endpoint = endpoint;
    for (Reason reason : Reason.values()) {
      counters.put(
          reason,
          Counter.builder("warren.gateway.refused")
              .description("Connections that were refused or ended, by reason")
              .tag("endpoint", endpoint)
              .tag("reason", reason.label)
              .register(meters));
      lines.put(reason, new Seldom());
    }
  }

  /** Counts one more. */
  public void count(Reason reason, ClientAddress client) {
    counters.get(reason).increment();
    long howMany = lines.get(reason).count();
    if (howMany > 0) {
      LOG.warnf(
          "%s: %s: %d since the last such line, this one of %s",
          endpoint, reason.text, howMany, client);
    }
  }
}
