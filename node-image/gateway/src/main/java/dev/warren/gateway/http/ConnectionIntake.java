package dev.warren.gateway.http;

import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.Refusals.Reason;
import dev.warren.gateway.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Bounds what the HTTP library reads of a connection with HTTP/1.1, behind its {@link Entrance} and
 * its TLS: it reserves memory for heads while they arrive, passes on one request at a time, and
 * ends what takes too long. Everything here happens in the connection's event loop.
 */
final class ConnectionIntake extends ChannelDuplexHandler
    implements RequestProgress.Listener, Entrance.Guest {

  /** What a connection takes in the heap, with the bytes that it reads at a time. */
  static final int CONNECTION_BYTES = 12 * 1024;

  /** How long a client has to send the head of a request. */
  static final Duration HEAD_TIME = Duration.ofSeconds(10);

  /** How long a client has to read an answer. */
  static final Duration ANSWER_TIME = Duration.ofSeconds(30);

  /** Longer than a body may take, with its refusal: nothing else ends a body that nobody reads. */
  static final Duration REQUEST_TIME = PublishRequest.BODY_TIME.plusSeconds(10);

  /** How long a client that is refused may go on sending. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  /** How much of a read is passed on in one turn, so that many small chunks do not delay others. */
  private static final int MOST_PARTS = 32;

  /** The library's name of its handler. */
  private static final String LIBRARY = "handler";

  private final Door door;
  private final boolean isProxied;
  private final Duration idleTime;
  private final Consumer<String> measure;
  private final RequestProgress progress = new RequestProgress(this);
  private final KeptBytes kept = new KeptBytes();

  private ChannelHandlerContext context;
  private Admission admission;
  private Future<?> deadline;

  /** What has arrived and is not passed on yet; null if nothing has. */
  private ByteBuf rest;

  private boolean isIdle = true;
  private boolean isEnding;
  private boolean isClosed;

  /**
   * @param isProxied whether a proxy says first who the client is
   * @param idleTime how long a connection may wait for a request
   * @param measure receives a problem's code when a request is refused
   */
  ConnectionIntake(Door door, boolean isProxied, Duration idleTime, Consumer<String> measure) {
    this.door = door;
    this.isProxied = isProxied;
    this.idleTime = idleTime;
    this.measure = measure;
  }

  /** Adds itself to a connection that the library has just set up. */
  void addTo(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addBefore(LIBRARY, null, progress);
    Entrance entrance = pipeline.get(Entrance.class);
    if (entrance == null) {
      pipeline.addFirst(this);
      new Entrance(door, isProxied, this).addTo(pipeline);
    } else {
      pipeline.addAfter(pipeline.context(SslHandler.class).name(), null, this);
      entrance.use(this);
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void arrives(Admission arrived) {
    admission = arrived;
    expect(arrived.isAnswered() ? LINGER : idleTime, context::close);
    if (!arrived.isAdmitted() && !arrived.isAnswered()) {
      isEnding = true;
      context.executor().execute(context::close);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext read, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (isEnding) {
      bytes.release();
      return;
    }
    if (isIdle) {
      isIdle = false;
      expect(HEAD_TIME, this::headIsLate);
    }
    rest = rest == null ? bytes : Unpooled.wrappedBuffer(rest, bytes);
    if (admission.isAnswered()) {
      refuse(HttpProblem.overloaded("there are too many connections"));
    } else {
      passOn();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    isEnding = true;
    isClosed = true;
    cancelDeadline();
    dropRest();
    inactive.fireChannelInactive();
    kept.release(admission.memory());
  }

  @Override
  public void requestBegins() {
    expect(REQUEST_TIME, () -> close(Reason.SLOW));
  }

  @Override
  public void chunkPassed() {
    kept.chunkPassed(admission.memory());
  }

  @Override
  public void requestIsComplete() {
    cancelDeadline();
    admission.isBusy();
  }

  @Override
  public void answerBegins() {
    // An answer to a request that still arrives ends with the time for that.
    if (progress.isWhole()) {
      expect(ANSWER_TIME, () -> close(Reason.UNREAD));
    }
  }

  @Override
  public void nextMayCome() {
    kept.release(admission.memory());
    if (isEnding) {
      return;
    }
    if (!admission.isAdmitted()) {
      context.close();
      return;
    }
    admission.waits();
    isIdle = rest == null;
    expect(isIdle ? idleTime : HEAD_TIME, isIdle ? context::close : this::headIsLate);
    // Not at once, because the library has not finished with the answer.
    context.executor().execute(this::goOn);
  }

  private void goOn() {
    passOn();
    // The library keeps its answers back until then.
    context.fireChannelReadComplete();
  }

  @Override
  public void makeRoom() {
    if (isIdle || !progress.isWhole() && !admission.isAnswered()) {
      context.close();
    } else if (!progress.isWhole()) {
      refuse(HttpProblem.overloaded("this connection made room for a new one"));
    }
  }

  private void headIsLate() {
    admission.refused(Reason.SLOW);
    refuse(HttpProblem.slowHead());
  }

  /** Passes on what belongs to the current request only. Nothing is read before all is. */
  private void passOn() {
    for (int parts = 0; parts < MOST_PARTS && hasMore(); parts++) {
      if (progress.isWasteful()) {
        refuse(HttpProblem.badRequest("the chunks of the body are too small"));
        return;
      }
      int length = progress.lengthIn(rest);
      if (!isAffordable(length)) {
        admission.refused(Reason.MEMORY);
        refuse(HttpProblem.overloaded("the gateway has no memory left"));
        return;
      }
      ByteBuf part = rest.readRetainedSlice(length);
      if (!rest.isReadable()) {
        dropRest();
      }
      context.fireChannelRead(part);
    }
    if (hasMore()) {
      context.executor().execute(this::goOn);
    }
    context.channel().config().setAutoRead(isEnding || rest == null && !progress.isWhole());
  }

  private boolean hasMore() {
    return rest != null && !isEnding && !progress.isWhole();
  }

  /** A body with a length is not kept here: the decoder passes it on at once. */
  private boolean isAffordable(int length) {
    if (progress.isPlainBody()) {
      return true;
    }
    MemoryBudget memory = admission.memory();
    return progress.isHead()
        ? kept.tryKeepHead(memory, length, progress.lines())
        : kept.tryKeepChunk(memory, length);
  }

  private void dropRest() {
    if (rest != null) {
      rest.release();
      rest = null;
    }
  }

  /** Answers without the library, and reads and drops what still comes for a while. */
  @Override
  public void refuse(HttpProblem problem) {
    if (isEnding) {
      return;
    }
    isEnding = true;
    dropRest();
    if (progress.answerHasBegun()) {
      context.close();
      return;
    }
    measure.accept(problem.code());
    expect(LINGER, context::close);
    BareAnswer.send(problem, context);
    context.channel().config().setAutoRead(true);
  }

  private void close(Reason reason) {
    admission.refused(reason);
    context.close();
  }

  private void expect(Duration longest, Runnable late) {
    cancelDeadline();
    if (!isClosed) {
      deadline = context.executor().schedule(late, longest.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }
}
