package dev.warren.gateway.dispatch;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The queue to consume: {@code RABBITMQ_QUEUE} and {@code RABBITMQ_PREFETCH}. */
@ConfigMapping(prefix = "rabbitmq")
public interface ConsumedQueue {

  /** The queue's name; in the dispatcher's role there is one. */
  Optional<String> queue();

  /** How many messages the broker hands over before the first is settled, at least 1. */
  int prefetch();
}
