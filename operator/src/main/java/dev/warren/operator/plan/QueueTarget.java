package dev.warren.operator.plan;

import dev.warren.api.v1alpha1.QueueSpec;
import dev.warren.api.v1alpha1.QueueSpec.QueueType;
import dev.warren.operator.model.QueueNodeConfig;

/** How many nodes shall have a copy of a queue. */
public final class QueueTarget {

  private QueueTarget() {}

  /** The number of members of a queue in a cluster of that many nodes. */
  public static int members(QueueSpec queue, int nodes) {
    if (queue.type() == QueueType.CLASSIC) {
      return 1;
    }
    int wanted = queue.members() == null ? QueueNodeConfig.DEFAULT_MEMBERS : queue.members();
    return Math.min(wanted, nodes);
  }
}
