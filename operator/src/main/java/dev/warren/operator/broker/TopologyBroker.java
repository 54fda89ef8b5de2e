package dev.warren.operator.broker;

import dev.warren.operator.action.BrokerAction;
import dev.warren.operator.action.BrokerAction.AddMember;
import dev.warren.operator.action.BrokerAction.ApiAction;
import dev.warren.operator.action.BrokerAction.BindingChange;
import dev.warren.operator.action.BrokerAction.NodeCommand;
import dev.warren.operator.action.BrokerAction.QueueDeletion;
import dev.warren.operator.action.BrokerAction.RecreateQueue;
import dev.warren.operator.action.BrokerAction.Unbind;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.observation.BrokerObservation;
import dev.warren.operator.observation.BrokerObservation.Reachable;
import dev.warren.operator.observation.ClientWork;
import dev.warren.operator.observation.ConsumerCount;
import dev.warren.operator.observation.QueueLoad;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** A topology's broker. Passes each change to the class that carries out its kind. */
final class TopologyBroker implements BrokerClient {

  private static final Logger LOG = Logger.getLogger(TopologyBroker.class);

  private final ManagementApiBrokerClient api;
  private final BrokerNodes nodes;
  private final BrokerInternals internals;
  private final NodeCommands commands;
  private final QueueDeleter deleter;
  private final QueueRecreation recreation;
  private final Consumer<BindingChange> changeByAmqp;

  TopologyBroker(
      ManagementApiBrokerClient api,
      Consumer<BindingChange> changeByAmqp,
      NodeShell shell,
      BrokerNodes nodes,
      Clock clock) {
    this.api = api;
    this.changeByAmqp = changeByAmqp;
    this.nodes = nodes;
    this.internals = new BrokerInternals(shell);
    this.commands = new NodeCommands(shell, internals, nodes);
    this.deleter =
        new QueueDeleter(
            remove -> api.deleteQueue(remove.queue(), remove.deadline()), internals, nodes);
    this.recreation =
        new QueueRecreation(this::apply, deleter::contents, clock, TopologyBroker::pause);
  }

  @Override
  public BrokerObservation observe() {
    BrokerObservation said = api.observe();
    return said instanceof Reachable answer ? withHalfDeleted(answer) : said;
  }

  /** The management API does not know whether a queue that lost its members is deleted. */
  private Reachable withHalfDeleted(Reachable answer) {
    Set<String> suspects = SuspectedDeletions.of(answer);
    if (suspects.isEmpty()) {
      return answer;
    }
    try {
      return answer.halfDeleted(deleter.halfDeleted(suspects));
    } catch (BrokerException e) {
      LOG.warnf("cannot find out whether %s are half-deleted: %s", suspects, e.getMessage());
      return answer;
    }
  }

  @Override
  public void apply(BrokerAction action) {
    switch (action) {
      case ApiAction request -> request(request);
      case NodeCommand command -> commands.carryOut(command);
      case QueueDeletion deletion -> deleter.carryOut(deletion);
      case RecreateQueue recreate -> recreation.carryOut(recreate);
    }
  }

  private void request(ApiAction action) {
    try {
      api.apply(action);
    } catch (BrokerException e) {
      if (action instanceof BindingChange change && cannotName(change, e.kind())) {
        LOG.infof("%s: %s; AMQP does it", change.binding().describe(), e.getMessage());
        changeByAmqp.accept(change);
        return;
      }
      if (action instanceof AddMember add && e.kind() == Kind.FAILED) {
        clearMember(add);
      }
      throw e;
    }
  }

  /**
   * Whether the management API fails in this way for a binding that it has no name for. It creates
   * such a binding and then answers with an error.
   */
  private static boolean cannotName(BindingChange change, Kind failure) {
    return failure == Kind.FAILED || change instanceof Unbind && failure == Kind.REFUSED;
  }

  /**
   * A node that ended while it added a member leaves half a member: a process on the other node
   * that the queue's record does not know, and that prevents another attempt. The management API
   * does not count it as a member, and so cannot remove it. It has no data that others lack.
   */
  private void clearMember(AddMember failed) {
    LOG.infof(
        "removed the remains of a member of queue '%s' on %s: %s",
        failed.queue(), failed.node(), internals.clearMember(nodes.any(), failed));
  }

  @Override
  public QueueLoad load(Set<String> queues) {
    return api.load(queues);
  }

  @Override
  public Map<String, ConsumerCount> consumers(Set<String> queues) {
    return api.consumers(queues);
  }

  @Override
  public Map<String, ClientWork> workByAddress() {
    return api.workByAddress();
  }

  @Override
  public boolean canResolve(int node) {
    return commands.canResolve(node);
  }

  private static void pause(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException(Kind.UNAVAILABLE, "It was interrupted", e);
    }
  }
}
