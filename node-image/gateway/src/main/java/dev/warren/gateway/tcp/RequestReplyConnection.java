package dev.warren.gateway.tcp;

import dev.warren.gateway.broker.BrokerFailure;
import dev.warren.gateway.broker.Requester;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.limits.MemoryBudget;
import dev.warren.gateway.limits.Tally;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.timeout.IdleStateEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jboss.logging.Logger;

/**
 * One client's connection: its requests, and its replies in the same order. Everything here happens
 * in the connection's event loop.
 *
 * <p>It ends in order: what is to be written is written, then the client is told that nothing more
 * comes (FIN), and what it still sends is read and let go for a while. A socket that is closed with
 * bytes unread would take its last reply back (RST).
 */
final class RequestReplyConnection extends SimpleChannelInboundHandler<ByteBuf>
    implements UnfinishedRequest.Connection {

  private static final Logger LOG = Logger.getLogger(RequestReplyConnection.class);

  /** With so many requests unanswered, nothing more is read from this client. */
  private static final int MOST_PIPELINED = 64;

  /** How long a client has to close its side. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private static final String NO_MEMORY = "the gateway has no memory left";

  private final RequestReplyEndpoint endpoint;
  private final Frames frames;
  private final Requester requester;
  private final MemoryBudget memory;
  private final Tally connections;
  private final Tally requests;
  private final BiConsumer<String, Duration> measure;

  private final UnfinishedRequest unfinished;
  private final Deque<Answer> answers = new ArrayDeque<>();
  private ChannelHandlerContext context;
  private boolean counted;
  private boolean ending;
  private boolean ended;
  private boolean clientIsDone;

  RequestReplyConnection(
      RequestReplyEndpoint endpoint,
      Frames frames,
      Requester requester,
      MemoryBudget memory,
      Tally connections,
      Tally requests,
      BiConsumer<String, Duration> measure) {
    this.endpoint = endpoint;
    this.frames = frames;
    this.requester = requester;
    this.memory = memory;
    this.connections = connections;
    this.requests = requests;
    this.measure = measure;
    this.unfinished =
        new UnfinishedRequest(endpoint.maxMessageBytes(), endpoint.timeout(), memory, this);
  }

  /** What must stand before the decoder. */
  UnfinishedRequest unfinished() {
    return unfinished;
  }

  /** A request's place in the order of answers. */
  private static final class Answer {
    /** Null if it was never sent. */
    private CompletableFuture<byte[]> reply;

    /** What is to be written; null until it is known. */
    private ByteBuf bytes;

    /** Of the memory, until it is written. */
    private int reserved;

    private final long since = System.nanoTime();

    Duration age() {
      return Duration.ofNanos(System.nanoTime() - since);
    }
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
    for (Answer answer : answers) {
      memory.release(answer.reserved);
      if (answer.reply != null) {
        answer.reply.cancel(false);
      }
    }
    answers.clear();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext read, ByteBuf request) {
    if (ending) {
      return;
    }
    Answer answer = new Answer();
    answers.add(answer);
    ask(request, answer);
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
      if (ended) {
        triggered.close();
      }
      proceed();
    } else if (event instanceof IdleStateEvent && answers.isEmpty()) {
      ending = true;
      proceed();
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

  /** No more requests are read; those that wait for replies get them. */
  void drain() {
    ending = true;
    proceed();
  }

  private void ask(ByteBuf request, Answer answer) {
    int size = request.readableBytes();
    if (!unfinished.whole(size)) {
      refuse(answer, ErrorCode.OVERLOADED, NO_MEMORY);
      return;
    }
    if (!requests.tryAdd(1, endpoint.maxInFlight())) {
      memory.release(size);
      refuse(answer, ErrorCode.OVERLOADED, "too many requests wait for their replies");
      return;
    }
    answer.reply =
        requester.request(endpoint.queue(), ByteBufUtil.getBytes(request), endpoint.timeout());
    answer.reply.whenComplete(
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
      refuse(answer, ErrorCode.of(known), known.getMessage());
    } else if (reply.length > endpoint.maxMessageBytes()) {
      refuse(answer, ErrorCode.BAD_REPLY, "the reply is longer than " + mostBytes());
    } else if (!frames.canBeReply(reply)) {
      refuse(answer, ErrorCode.BAD_REPLY, "the reply is more than a line");
    } else if (!memory.tryReserve(reply.length)) {
      refuse(answer, ErrorCode.OVERLOADED, NO_MEMORY);
    } else {
      answer.reserved = reply.length;
      answer.bytes = frames.reply(reply);
      measure.accept("replied", answer.age());
    }
    proceed();
  }

  private void refuse(Answer answer, ErrorCode code, String text) {
    answer.bytes = frames.error(code, text);
    measure.accept(code.toString(), answer.age());
  }

  private String mostBytes() {
    return endpoint.maxMessageBytes() + " bytes";
  }

  /** The client is told what is wrong, after what it asked before, and nothing more is read. */
  private void end(ErrorCode code, String text) {
    if (!ending) {
      ending = true;
      Answer last = new Answer();
      refuse(last, code, text);
      answers.add(last);
    }
    proceed();
  }

  /** Writes what can be written, and reads on or ends when it is time. */
  private void proceed() {
    if (ended || !context.channel().isActive()) {
      return;
    }
    boolean written = false;
    while (!answers.isEmpty() && answers.peek().bytes != null) {
      Answer next = answers.poll();
      context.write(next.bytes).addListener(done -> memory.release(next.reserved));
      written = true;
    }
    if (written) {
      context.flush();
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
    context
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            flushed -> {
              if (clientIsDone) {
                context.close();
              } else {
                ((DuplexChannel) context.channel()).shutdownOutput();
              }
            });
    context.channel().config().setAutoRead(true);
    context.executor().schedule(() -> context.close(), LINGER.toMillis(), TimeUnit.MILLISECONDS);
  }
}
