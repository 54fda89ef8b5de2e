package dev.warren.gateway.tcp;

import dev.warren.gateway.broker.BrokerFailure;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.limits.MemoryBudget;
import dev.warren.gateway.limits.Tally;
import dev.warren.gateway.tcp.Answers.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * One client's connection: its requests, and its replies in the same order. Everything here happens
 * in the connection's event loop.
 *
 * <p>It closes in order: pending replies are written, then the client is told that nothing more
 * follows (FIN), and for a while, what it still sends is read and dropped. Closing a socket with
 * unread bytes would discard the last reply (RST). A client may read its replies as slowly as it
 * likes, as long as it reads something within the idle timeout.
 */
final class RequestReplyConnection extends SimpleChannelInboundHandler<ByteBuf>
    implements UnfinishedRequest.Connection {

  private static final Logger LOG = Logger.getLogger(RequestReplyConnection.class);

  /** With this many unanswered requests, nothing more is read from this client. */
  private static final int MOST_PIPELINED = 64;

  /** How long a client has to close its side. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private static final String NO_MEMORY = "the gateway has no memory left";

  private final RequestReplyEndpoint endpoint;
  private final Frames frames;
  private final Function<byte[], CompletableFuture<byte[]>> requester;
  private final MemoryBudget memory;
  private final Tally connections;
  private final Tally requests;

  private final UnfinishedRequest unfinished;
  private final Answers answers;
  private ChannelHandlerContext context;
  private boolean counted;
  private boolean ending;
  private boolean ended;
  private boolean saidGoodbye;
  private boolean clientIsDone;

  /**
   * @param requester sends a request and returns its reply; fails with what {@link BrokerFailure}
   *     understands. Cancelling it ends the wait
   * @param requests counts the requests of all connections that wait for their replies
   * @param underWay counts the requests of all connections whose answers are not written yet
   */
  RequestReplyConnection(
      RequestReplyEndpoint endpoint,
      Frames frames,
      Function<byte[], CompletableFuture<byte[]>> requester,
      MemoryBudget memory,
      Tally connections,
      Tally requests,
      Tally underWay,
      BiConsumer<String, Duration> measure) {
    this.endpoint = endpoint;
    this.frames = frames;
    this.requester = requester;
    this.memory = memory;
    this.connections = connections;
    this.requests = requests;
    this.answers = new Answers(frames, memory, underWay, measure);
    this.unfinished =
        new UnfinishedRequest(endpoint.maxMessageBytes(), endpoint.timeout(), memory, this);
  }

  /** Adds itself and the handlers that must precede it. */
  void addTo(ChannelPipeline pipeline) {
    long idle = endpoint.idleTimeoutMillis();
    pipeline
        .addLast(new IdleStateHandler(true, 0, idle, idle, TimeUnit.MILLISECONDS))
        .addLast(unfinished)
        .addLast(frames.decoder())
        .addLast(new FlowControlHandler())
        .addLast(this);
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    context = active;
    counted = connections.tryAdd(1, endpoint.maxConnections());
    if (!counted) {
      end(ErrorCode.OVERLOADED, "there are too many connections");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    if (counted) {
      connections.remove(1);
    }
    ended = true;
    answers.drop();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext read, ByteBuf request) {
    if (ending) {
      return;
    }
    ask(request, answers.add());
    if (frames.onlyOne()) {
      ending = true;
    }
    proceed();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext triggered, Object event) throws Exception {
    if (event instanceof ChannelInputShutdownEvent) {
      clientIsDone = true;
      ending = true;
      if (saidGoodbye) {
        triggered.close();
      }
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
      end(ErrorCode.TOO_LARGE, "the request is longer than " + mostBytes());
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
  public void noMemory() {
    end(ErrorCode.OVERLOADED, NO_MEMORY);
  }

  @Override
  public void tooSlow() {
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
      context.close();
    }
  }

  private void ask(ByteBuf request, Answer answer) {
    int size = request.readableBytes();
    if (!unfinished.whole(size)) {
      answers.refuse(answer, ErrorCode.OVERLOADED, NO_MEMORY);
      return;
    }
    if (!requests.tryAdd(1, endpoint.maxInFlight())) {
      memory.release(size);
      answers.refuse(answer, ErrorCode.OVERLOADED, "too many requests wait for their replies");
      return;
    }
    answer
        .await(requester.apply(ByteBufUtil.getBytes(request)))
        .whenComplete(
            (reply, failure) -> {
              requests.remove(1);
              memory.release(size);
              context.executor().execute(() -> answered(answer, reply, failure));
            });
  }

  private void answered(Answer answer, byte[] reply, Throwable failure) {
    if (ended) {
      return;
    }
    if (failure != null) {
      BrokerFailure known = BrokerFailure.of(failure);
      answers.refuse(answer, ErrorCode.of(known), known.getMessage());
    } else if (reply.length > endpoint.maxMessageBytes()) {
      answers.refuse(answer, ErrorCode.BAD_REPLY, "the reply is longer than " + mostBytes());
    } else if (!frames.canBeReply(reply)) {
      answers.refuse(answer, ErrorCode.BAD_REPLY, "the reply is more than a line");
    } else if (!answers.reply(answer, reply)) {
      answers.refuse(answer, ErrorCode.OVERLOADED, NO_MEMORY);
    }
    proceed();
  }

  private String mostBytes() {
    return endpoint.maxMessageBytes() + " bytes";
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
  private void proceed() {
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
      sayGoodbye();
    } else {
      boolean roomForMore = answers.size() < MOST_PIPELINED && context.channel().isWritable();
      context.channel().config().setAutoRead(ending || roomForMore);
    }
  }

  private void sayGoodbye() {
    context.channel().config().setAutoRead(true);
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            flushed -> {
              saidGoodbye = true;
              if (clientIsDone) {
                context.close();
              } else {
                ((DuplexChannel) context.channel()).shutdownOutput();
                context
                    .executor()
                    .schedule(() -> context.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
              }
            });
  }
}
