package dev.warren.operator.scaling.simulation;

import dev.warren.operator.scaling.simulation.Autoscaler.Look;
import dev.warren.operator.scaling.simulation.Autoscaler.QueueMetrics;
import dev.warren.operator.scaling.simulation.Trace.Fault;
import dev.warren.operator.scaling.simulation.Trace.Fault.ConsumersCrash;
import dev.warren.operator.scaling.simulation.Trace.Fault.LeaderChanges;
import dev.warren.operator.scaling.simulation.Trace.Fault.MetricsGone;
import dev.warren.operator.scaling.simulation.Trace.Fault.ScalerRestarts;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * One queue, its consumers and an autoscaler, message by message. The broker's figures are as old
 * as real ones: it updates the queue's depth and its acknowledgements every 5 s, at different
 * moments.
 */
final class Simulation {

  /** A point of the drawing. */
  record Point(double at, double arrivals, int replicas) {}

  record Run(Score score, JobScore jobs, List<Point> points) {}

  private static final double STEP = 0.1;
  private static final double BROKER_INTERVAL = 5;
  private static final double LEADERLESS = 10;

  /** How long a Pod may finish its work after its removal has begun, in seconds. */
  private static final double GRACE = 60;

  private static final class Message {
    final double arrived;
    final double couldHaveMore;
    boolean delivered;

    /**
     * @param couldHaveMore for how long more replicas than there were had been allowed by then
     */
    Message(double arrived, double couldHaveMore) {
      this.arrived = arrived;
      this.couldHaveMore = couldHaveMore;
    }
  }

  private static final class Slot {
    final Pod pod;
    double free;
    Message message;

    Slot(Pod pod, double free) {
      this.pod = pod;
      this.free = free;
    }

    boolean isBusy(double now) {
      return message != null && free > now;
    }
  }

  private static final class Pod {
    final List<Slot> slots = new ArrayList<>();
    double ready;
    boolean leaving;
    double leavesBy = Double.POSITIVE_INFINITY;
    boolean hadMessage;
    long heldWhenRead;
    double idleSinceWhenRead;

    Pod(double ready) {
      this.ready = ready;
    }

    boolean isReady(double now) {
      return ready <= now && !leaving;
    }

    long held(double now) {
      return slots.stream().filter(slot -> slot.isBusy(now)).count();
    }
  }

  private final Trace trace;
  private final Autoscaler scaler;
  private final RandomGenerator random;

  private final Deque<Message> queue = new ArrayDeque<>();
  private final List<Pod> pods = new ArrayList<>();
  private final PriorityQueue<Slot> idle =
      new PriorityQueue<>(Comparator.comparingDouble((Slot slot) -> slot.free));
  private final List<Fault> faults;
  private final List<Point> points = new ArrayList<>();
  private final Every depthReading;
  private final Every acknowledgementsReading;
  private final Every second;

  private double now;
  private double untilNext;
  private long published;
  private long publishedBefore;
  private long started;
  private long acknowledgedBefore;
  private QueueMetrics metrics = new QueueMetrics(0, 0, 0, 0);
  private double unknownUntil = Double.NEGATIVE_INFINITY;
  private double sharedFree = Double.NEGATIVE_INFINITY;
  private int replicas;
  private int direction;

  private long messages;
  private long late;
  private double longestWait;
  private double podSeconds;
  private int turns;

  private double couldHaveMore;
  private double wait;
  private double longestNeedlessWait;
  private int interrupted;
  private int idlePods;
  private double lastEnd;

  Simulation(Trace trace, Autoscaler scaler, int replicas, RandomGenerator random) {
    this.trace = trace;
    this.scaler = scaler;
    this.random = random;
    now = -trace.warmUp();
    this.replicas = replicas;
    faults = new ArrayList<>(trace.faults());
    depthReading = new Every(BROKER_INTERVAL, now + random.nextDouble() * BROKER_INTERVAL);
    acknowledgementsReading =
        new Every(BROKER_INTERVAL, now + random.nextDouble() * BROKER_INTERVAL);
    second = new Every(1, now);
    untilNext = gap();
    for (int i = 0; i < replicas; i++) {
      addPod(now);
    }
  }

  Run run() {
    for (int step = 1; now < trace.duration(); step++) {
      now = step * STEP - trace.warmUp();
      arrive();
      injectFaults();
      deliver();
      leave();
      read();
      if (second.isDue(now)) {
        scaler.tick(new Look(now, replicas, readyPods(), known())).ifPresent(this::scale);
        points.add(new Point(now, trace.arrivals().applyAsDouble(now), replicas));
      }
      if (now > 0) {
        podSeconds += pods.size() * STEP;
      }
      couldHaveMore += replicas < trace.policy().maxReplicas() ? STEP : 0;
    }
    late += queue.stream().filter(m -> m.arrived > 0 && isLate(now - m.arrived)).count();
    return new Run(
        new Score(messages, late, longestWait, podSeconds, turns),
        new JobScore(
            messages,
            wait / messages,
            longestNeedlessWait,
            podSeconds,
            interrupted,
            idlePods,
            lastEnd),
        points.stream().filter(point -> point.at() >= 0).toList());
  }

  private void arrive() {
    double rate = trace.arrivals().applyAsDouble(now);
    untilNext -= rate * STEP;
    while (untilNext <= 0) {
      queue.addLast(new Message(now + untilNext / rate, couldHaveMore));
      published++;
      if (now > 0) {
        messages++;
      }
      untilNext += gap();
    }
  }

  private double gap() {
    return trace.regular() ? 1 : random.nextExponential();
  }

  private void injectFaults() {
    while (!faults.isEmpty() && faults.getFirst().at() <= now) {
      switch (faults.removeFirst()) {
        case MetricsGone gone -> unknownUntil = now + gone.seconds();
        case LeaderChanges change -> {
          unknownUntil = now + LEADERLESS;
          acknowledgedBefore = started - inHand();
        }
        case ConsumersCrash crash -> crash();
        case ScalerRestarts restart -> scaler.restart();
      }
    }
  }

  private void crash() {
    List<Pod> crashed = pods.stream().filter(pod -> pod.isReady(now)).toList();
    for (Pod pod : crashed.subList(0, crashed.size() / 2)) {
      pod.ready = now + startDelay();
      for (Slot slot : pod.slots) {
        idle.remove(slot);
        if (slot.isBusy(now)) {
          queue.addFirst(slot.message);
          started--;
        }
        slot.message = null;
        slot.free = pod.ready;
        idle.add(slot);
      }
    }
  }

  private void deliver() {
    while (!queue.isEmpty() && !idle.isEmpty()) {
      Slot slot = idle.peek();
      double start = Math.max(slot.free, queue.peekFirst().arrived);
      if (start > now) {
        return;
      }
      idle.remove();
      if (slot.pod.leaving || isDone(slot.pod)) {
        continue;
      }
      Message message = queue.removeFirst();
      started++;
      if (!message.delivered && message.arrived > 0) {
        hasWaited(message, start);
      }
      message.delivered = true;
      slot.message = message;
      slot.free = finish(start);
      lastEnd = Math.max(lastEnd, slot.free);
      slot.pod.hadMessage = true;
      idle.add(slot);
    }
  }

  private void hasWaited(Message message, double start) {
    double waited = start - message.arrived;
    late += isLate(waited) ? 1 : 0;
    longestWait = Math.max(longestWait, waited);
    double needless = Math.min(waited, couldHaveMore - message.couldHaveMore);
    wait += needless;
    longestNeedlessWait = Math.max(longestNeedlessWait, needless);
  }

  /** A resource that all replicas share serves one message after the other. */
  private double finish(double start) {
    double limit = trace.limit().applyAsDouble(start);
    sharedFree = Math.max(sharedFree, start) + 1 / limit;
    return Math.max(start + trace.handling().applyAsDouble(start), sharedFree);
  }

  private boolean isLate(double waited) {
    return waited > trace.policy().maxWait().toSeconds();
  }

  /** Replicas that are removed finish their work, if it does not take too long. */
  private void leave() {
    List<Pod> done =
        pods.stream()
            .filter(pod -> pod.leaving || isDone(pod))
            .filter(pod -> pod.held(now) == 0 || pod.leavesBy <= now)
            .toList();
    for (Pod pod : done) {
      pod.slots.stream().filter(slot -> slot.isBusy(now)).forEach(this::interrupt);
      idlePods += pod.hadMessage ? 0 : 1;
      replicas -= scaler.podsTakeOneMessage() ? 1 : 0;
      pod.leaving = true;
    }
    pods.removeAll(done);
  }

  /** Whether it was to take one message, and has one or finds none. */
  private boolean isDone(Pod pod) {
    return scaler.podsTakeOneMessage() && pod.ready <= now && (pod.hadMessage || queue.isEmpty());
  }

  private void interrupt(Slot slot) {
    queue.addFirst(slot.message);
    started--;
    interrupted++;
  }

  private void read() {
    if (acknowledgementsReading.isDue(now)) {
      metrics =
          new QueueMetrics(
              metrics.ready(),
              metrics.unacknowledged(),
              started - inHand() - acknowledgedBefore,
              (published - publishedBefore) / BROKER_INTERVAL);
      publishedBefore = published;
    }
    if (depthReading.isDue(now)) {
      metrics =
          new QueueMetrics(queue.size(), inHand(), metrics.acknowledged(), metrics.publishRate());
      pods.forEach(this::read);
    }
  }

  private void read(Pod pod) {
    pod.heldWhenRead = pod.held(now);
    pod.idleSinceWhenRead = pod.slots.stream().mapToDouble(slot -> slot.free).max().orElseThrow();
  }

  private Optional<QueueMetrics> known() {
    return now < unknownUntil ? Optional.empty() : Optional.of(metrics);
  }

  private void scale(int wanted) {
    if (wanted == replicas) {
      return;
    }
    int to = Integer.signum(wanted - replicas);
    if (now > 0) {
      turns += direction == -to ? 1 : 0;
      direction = to;
    }
    for (; replicas < wanted; replicas++) {
      addPod(now + startDelay());
    }
    for (; replicas > wanted; replicas--) {
      removePod();
    }
  }

  private void addPod(double ready) {
    Pod pod = new Pod(ready);
    for (int i = 0; i < trace.policy().concurrency(); i++) {
      Slot slot = new Slot(pod, ready);
      pod.slots.add(slot);
      idle.add(slot);
    }
    pods.add(pod);
  }

  /**
   * First an unready one, else the newest, as a ReplicaSet does. If Pods are marked, the one that
   * held the fewest messages when they were read, and was idle for the shortest time, comes before
   * newer ones.
   */
  private void removePod() {
    Comparator<Pod> marks =
        Comparator.<Pod>comparingLong(pod -> pod.heldWhenRead)
            .thenComparingDouble(pod -> -pod.idleSinceWhenRead);
    Pod removed =
        pods.stream()
            .filter(pod -> !pod.leaving)
            .min(
                Comparator.<Pod, Boolean>comparing(pod -> pod.isReady(now))
                    .thenComparing(scaler.marksPods() ? marks : (one, other) -> 0)
                    .thenComparing(pod -> -pod.ready))
            .orElseThrow();
    removed.leaving = true;
    removed.leavesBy = now + GRACE;
  }

  private double startDelay() {
    return trace.startDelay() * (0.8 + 0.4 * random.nextDouble());
  }

  private int readyPods() {
    return (int) pods.stream().filter(pod -> pod.isReady(now)).count();
  }

  private int inHand() {
    int busy = 0;
    for (Pod pod : pods) {
      for (Slot slot : pod.slots) {
        busy += slot.isBusy(now) ? 1 : 0;
      }
    }
    return busy;
  }
}
