package dev.warren.gateway.tcp;

import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.ClientAddress;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.ProxyHeader;
import dev.warren.gateway.clients.Refusals.Reason;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.limits.MemoryBudget;
import dev.warren.gateway.limits.Tally;
import dev.warren.gateway.tcp.Answers.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * One client's connection: its requests, and its replies in the same order. Everything here happens
 * in the connection's event loop.
 *
 * <p>Before it closes, pending replies are written. A client may read its replies as slowly as it
 * likes, as long as it reads something within the idle timeout.
 */
final class RequestReplyConnection extends SimpleChannelInboundHandler<ByteBuf>
    implements UnfinishedRequest.Connection, ProxyHeader.Connection {

  /** What a connection takes in the heap, with the bytes that it reads at a time. */
  static final int CONNECTION_BYTES = 8 * 1024;

  private static final Logger LOG = Logger.getLogger(RequestReplyConnection.class);

  /** With this many requests whose answers are not read, nothing more is read from this client. */
  private static final int MOST_PIPELINED = 64;

  /** How long nothing is read after a request that was one too many: refusals cost time too. */
  private static final Duration REST = Duration.ofMillis(100);

  private final RequestReplyEndpoint endpoint;
  private final Frames frames;
  private final Door door;
  private final Frames.Decoder decoder;
  private final UnfinishedRequest unfinished;
  private final Answers answers;
  private final Requests requests;
  private final Goodbye goodbye = new Goodbye();
  private ChannelHandlerContext context;
  private Admission admission;
  private boolean rests;
  private boolean ending;
  private boolean ended;

  /**
   * @param underWay counts the requests of all connections whose answers are not written yet
   */
  RequestReplyConnection(
      RequestReplyEndpoint endpoint,
      Frames frames,
      Requests.Sender sender,
      Door door,
      Tally underWay,
      BiConsumer<String, Duration> measure) {
    this.endpoint = endpoint;
    this.frames = frames;
    this.door = door;
    this.answers = new Answers(frames, this::memory, underWay, measure, this::allRead);
    this.requests = new Requests(endpoint, frames, sender, answers);
    this.decoder = frames.decoder();
    this.unfinished =
        new UnfinishedRequest(endpoint.maxMessageBytes(), endpoint.timeout(), decoder, this);
  }

  /** Adds itself and the handlers that must precede it. */
  void addTo(ChannelPipeline pipeline) {
    long idle = endpoint.idleTimeoutMillis();
    pipeline
        .addLast(new IdleStateHandler(true, 0, idle, idle, TimeUnit.MILLISECONDS))
        .addLast(unfinished)
        .addLast(decoder)
        .addLast(this);
    if (endpoint.proxyProtocol()) {
      ProxyHeader.expect(pipeline, this);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    context = active;
    admit(
        endpoint.proxyProtocol()
            ? ClientAddress.NOT_KNOWN_YET
            : ClientAddress.of(active.channel().remoteAddress()));
  }

  @Override
  public void comesFrom(ClientAddress client) {
    admission.end();
    admit(client);
  }

  @Override
  public void hasNoHeader() {
    ended = true;
    admission.refused(Reason.PROXY_HEADER);
  }

  /** The connection is being closed. */
  void handshakeFailed(boolean isSlow) {
    admission.refused(isSlow ? Reason.SLOW : Reason.HANDSHAKE);
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    ended = true;
    answers.drop();
    admission.end();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext read, ByteBuf request) {
    if (ending || !read.channel().isActive()) {
      return;
    }
    admission.isBusy();
    answers.tryAdd().ifPresentOrElse(place -> ask(request, place), this::noMemory);
    if (frames.onlyOne()) {
      ending = true;
    }
    proceed();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext triggered, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent) {
      ending = true;
      goodbye.answer(triggered);
      proceed();
    } else if (event instanceof IdleStateEvent idle) {
      idle(idle);
    }
    super.userEventTriggered(triggered, event);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    proceed();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext caught, Throwable problem) {
    if (problem instanceof TooLongFrameException) {
      end(
          ErrorCode.TOO_LARGE,
          "the request is longer than " + endpoint.maxMessageBytes() + " bytes");
    } else {
      LOG.debugf("%s: %s", endpoint.name(), problem);
      caught.close();
    }
  }

  @Override
  public boolean isEnding() {
    return ending;
  }

  @Override
  public boolean isPaused() {
    return !context.channel().config().isAutoRead();
  }

  @Override
  public MemoryBudget memory() {
    return admission.memory();
  }

  @Override
  public void noMemory() {
    admission.refused(Reason.MEMORY);
    end(ErrorCode.OVERLOADED, Answers.NO_MEMORY);
  }

  @Override
  public void tooSlow() {
    admission.refused(Reason.SLOW);
    end(ErrorCode.TIMEOUT, "the request did not come within " + endpoint.timeoutMillis() + " ms");
  }

  /** Reads no more requests; those that wait for replies get them. */
  void drain() {
    ending = true;
    proceed();
  }

  private void idle(IdleStateEvent idle) {
    if (answers.isEmpty() && !answers.areUnread()) {
      if (idle.state() == IdleState.ALL_IDLE) {
        ending = true;
        proceed();
      }
    } else if (answers.areUnread() && idle.state() == IdleState.WRITER_IDLE && !idle.isFirst()) {
      // The first event only means that nothing was written before; this reply may just have begun.
      admission.refused(Reason.UNREAD);
      context.close();
    }
  }

  private void admit(ClientAddress client) {
    admission = door.admit(client, () -> context.executor().execute(this::makeRoom));
    if (admission.isAnswered()) {
      end(ErrorCode.OVERLOADED, "there are too many connections");
    } else if (!admission.isAdmitted()) {
      ended = true;
      context.close();
    }
  }

  private void makeRoom() {
    if (decoder.held() > 0) {
      end(ErrorCode.OVERLOADED, "this connection made room for a new one");
    } else {
      ending = true;
      proceed();
    }
    if (ended && !admission.isAnswered()) {
      context.close();
    }
  }

  private void allRead() {
    if (!ended) {
      admission.waits();
    }
  }

  private void ask(ByteBuf request, Answer answer) {
    if (!unfinished.whole(request.readableBytes())) {
      admission.refused(Reason.MEMORY);
      answers.refuse(answer, ErrorCode.OVERLOADED, Answers.NO_MEMORY);
      return;
    }
    byte[] bytes = ByteBufUtil.getBytes(request);
    if (!requests.send(bytes, answer, admission, context.executor(), this::proceed)) {
      rests = true;
      context.executor().schedule(this::goOn, REST.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void goOn() {
    rests = false;
    proceed();
  }

  /** Sends an error after the earlier answers, and reads nothing more. */
  private void end(ErrorCode code, String text) {
    if (!ending) {
      ending = true;
      answers.refuse(answers.add(), code, text);
    }
    proceed();
  }

  /** Writes what can be written, and then reads on or closes. */
  @Override
  public void proceed() {
    if (ended || !context.channel().isActive()) {
      return;
    }
    answers.write(context);
    if (ended) {
      // Writing and flushing may change the writability, which calls this method again.
      return;
    }
    if (ending && answers.isEmpty()) {
      ended = true;
      goodbye.say(context);
      return;
    }
    if (hasRoomForMore() && !ending) {
      unfinished.decodeMore();
    }
    context.channel().config().setAutoRead(ending || hasRoomForMore());
  }

  private boolean hasRoomForMore() {
    return answers.size() < MOST_PIPELINED
        && context.channel().isWritable()
        && !unfinished.waitsForTurn()
        && !rests;
  }
}
