package dev.warren.gateway.tcp;

import dev.warren.gateway.limits.MemoryBudget;
import dev.warren.gateway.limits.Tally;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * The answers to one client, replies and errors, which are written in the order of its requests. To
 * be used in the connection's event loop only.
 */
final class Answers {

  /** What an answer takes apart from its bytes, from its request on. */
  static final int ANSWER_BYTES = 1024;

  static final String NO_MEMORY = "the gateway has no memory left";

  private final Frames frames;
  private final Supplier<MemoryBudget> memory;
  private final Tally underWay;
  private final BiConsumer<String, Duration> measure;
  private final Runnable allRead;
  private final Deque<Answer> pending = new ArrayDeque<>();

  /** How many answers were written that the client has not read yet. */
  private int unread;

  /**
   * @param underWay counts the answers of all connections that are not read yet
   * @param measure takes the outcome and the age of each answer
   * @param allRead is told when the client has read all answers
   */
  Answers(
      Frames frames,
      Supplier<MemoryBudget> memory,
      Tally underWay,
      BiConsumer<String, Duration> measure,
      Runnable allRead) {
    this.frames = frames;
    this.memory = memory;
    this.underWay = underWay;
    this.measure = measure;
    this.allRead = allRead;
  }

  /** A request's place in the order of answers. */
  static final class Answer {
    /** Null if the request was never sent. */
    private CompletableFuture<byte[]> reply;

    /** The bytes of the answer; null until they are known. */
    private ByteBuf bytes;

    /** The memory that is reserved for the answer until it is read, in bytes. */
    private int reserved;

    /** Whether the client is gone, so that nobody takes the answer. */
    private boolean dropped;

    private final long since = System.nanoTime();

    /** Remembers what it waits for, so that the wait can be cancelled. */
    CompletableFuture<byte[]> await(CompletableFuture<byte[]> awaited) {
      reply = awaited;
      return awaited;
    }

    boolean isDropped() {
      return dropped;
    }

    private Duration age() {
      return Duration.ofNanos(System.nanoTime() - since);
    }
  }

  /** Adds a place behind all others, if there is memory for it. */
  Optional<Answer> tryAdd() {
    if (!memory.get().tryReserve(ANSWER_BYTES)) {
      return Optional.empty();
    }
    Answer answer = add();
    answer.reserved = ANSWER_BYTES;
    return Optional.of(answer);
  }

  /** Adds a place behind all others for a last answer, which needs no memory of its own. */
  Answer add() {
    Answer answer = new Answer();
    pending.add(answer);
    underWay.add(1);
    return answer;
  }

  /** Answers with an error. */
  void refuse(Answer answer, ErrorCode code, String text) {
    answer.bytes = frames.error(code, text);
    measure.accept(code.toString(), answer.age());
  }

  /** Answers with a reply; false if there is no memory for it. */
  boolean reply(Answer answer, byte[] reply) {
    if (!memory.get().tryReserve(reply.length)) {
      return false;
    }
    answer.reserved += reply.length;
    answer.bytes = frames.reply(reply);
    measure.accept("replied", answer.age());
    return true;
  }

  /** Writes the answers that are known, up to the first that is not. */
  void write(ChannelHandlerContext context) {
    boolean written = false;
    while (!pending.isEmpty() && pending.peek().bytes != null) {
      Answer next = pending.poll();
      unread++;
      context.write(next.bytes).addListener(done -> read(next));
      written = true;
    }
    if (written) {
      context.flush();
    }
  }

  private void read(Answer answer) {
    unread--;
    underWay.remove(1);
    memory.get().release(answer.reserved);
    if (unread == 0 && pending.isEmpty()) {
      allRead.run();
    }
  }

  /** Whether no answer waits to be written. */
  boolean isEmpty() {
    return pending.isEmpty();
  }

  /** How many answers wait to be written or read. */
  int size() {
    return pending.size() + unread;
  }

  /** Whether the client has yet to read answers that were written. */
  boolean areUnread() {
    return unread > 0;
  }

  /**
   * Drops the answers that are not written, because the client is gone, and cancels their waits.
   */
  void drop() {
    underWay.remove(pending.size());
    for (Answer answer : pending) {
      answer.dropped = true;
      memory.get().release(answer.reserved);
      if (answer.reply != null) {
        answer.reply.cancel(false);
      }
    }
    pending.clear();
  }
}
