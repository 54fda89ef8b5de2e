package dev.warren.gateway.http;

import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.Refusals.Reason;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Bounds a connection with HTTP/2: reserves memory for the heads of its requests, ends what takes
 * too long, and reads nothing while its client reads nothing. The library bounds the size of heads
 * and the numbers of streams and of resets. Everything here happens in the connection's event loop.
 */
final class Http2Intake extends ChannelInboundHandlerAdapter implements Entrance.Guest {

  /** What such a connection takes in the heap beside its TLS, in bytes. */
  static final int CONNECTION_BYTES = 32 * 1024;

  /** How many requests a connection may have at a time. */
  private static final int MOST_STREAMS = 32;

  /** What is received of one body, and of all of them, before it is looked at: in bytes. */
  private static final int WINDOW = 64 * 1024;

  /** For names and values that clients repeat, in bytes. */
  private static final int HEADER_TABLE = 1024;

  /** Above that, the library itself refuses a head. It counts 32 bytes more for each header. */
  private static final int MOST_READ_HEADER_BYTES = 2 * RequestLimits.MOST_HEADER_BYTES;

  /** Frames that wait until the client reads them; above the second, nothing more is read. */
  private static final WriteBufferWaterMark WAITING = new WriteBufferWaterMark(4096, 16 * 1024);

  /** So many requests may find no memory before the connection is closed. */
  private static final int MOST_REFUSED = 100;

  /** How long a client that is refused may go on sending. */
  private static final Duration LINGER = Duration.ofSeconds(2);

  private final Duration idleTime;
  private final Duration requestTime;
  private final Map<Integer, Request> requests = new HashMap<>();
  private ChannelHandlerContext context;
  private Admission admission;
  private Future<?> idle;
  private Future<?> unread;

  /** How many requests have arrived in full and are not answered. */
  private int whole;

  /** How many requests found no memory. */
  private int refused;

  private static final class Request {
    private final Future<?> deadline;
    private long bytes;
    private boolean isWhole;

    Request(Future<?> deadline) {
      this.deadline = deadline;
    }
  }

  /**
   * @param idleTime how long a connection may wait for a request
   * @param longestRequest how long a request may take, from its head to the end of its answer
   */
  Http2Intake(Duration idleTime, Duration longestRequest) {
    this.idleTime = idleTime;
    this.requestTime = longestRequest;
  }

  /** What clients are told at first. */
  static Http2Settings settings() {
    return new Http2Settings()
        .setMaxConcurrentStreams(MOST_STREAMS)
        .setInitialWindowSize(WINDOW)
        .setMaxFrameSize(16 * 1024)
        .setHeaderTableSize(HEADER_TABLE)
        .setMaxHeaderListSize(MOST_READ_HEADER_BYTES)
        .setPushEnabled(false);
  }

  /** Adds itself to a connection that the library has just set up. */
  void addTo(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    channel.config().setWriteBufferWaterMark(WAITING);
    pipeline.addAfter(pipeline.context(SslHandler.class).name(), null, this);
    pipeline.get(Http2ConnectionHandler.class).connection().addListener(new Streams());
    pipeline.get(Entrance.class).use(this);
  }

  /** What bounds this connection. */
  static Http2Intake of(Channel channel) {
    return channel.pipeline().get(Http2Intake.class);
  }

  /**
   * Reserves memory for a head.
   *
   * @throws HttpProblem if there is none, the connection is refused, or the head is too large
   */
  void begin(HttpServerRequest request) throws HttpProblem {
    if (!admission.isAdmitted()) {
      throw HttpProblem.overloaded("there are too many connections");
    }
    Request begun = requests.get(request.streamId());
    if (request.uri().length() > RequestLimits.LONGEST_FIRST_LINE) {
      throw HttpProblem.uriTooLong(RequestLimits.LONGEST_FIRST_LINE);
    }
    long lines = (request.headers().size() + 1L) * KeptBytes.LINE_BYTES;
    long bytes = bytes(request);
    if (bytes > RequestLimits.MOST_HEADER_BYTES) {
      throw HttpProblem.headersTooLarge(RequestLimits.MOST_HEADER_BYTES);
    }
    if (begun == null) {
      return;
    }
    if (!admission.memory().tryReserve(bytes + lines)) {
      refuse();
      throw HttpProblem.overloaded("the gateway has no memory left");
    }
    begun.bytes += bytes + lines;
  }

  /** A client that goes on although it has no memory is cut off, with all that it has sent. */
  private void refuse() {
    admission.refused(Reason.MEMORY);
    refused++;
    if (refused > MOST_REFUSED) {
      context.close();
    }
  }

  private static long bytes(HttpServerRequest request) {
    long bytes = request.uri().length();
    for (Map.Entry<String, String> header : request.headers()) {
      bytes += header.getKey().length() + header.getValue().length();
    }
    return bytes;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void arrives(Admission arrived) {
    admission = arrived;
    if (!arrived.isAdmitted() && !arrived.isAnswered()) {
      context.executor().execute(context::close);
    } else {
      expect(arrived.isAdmitted() ? idleTime : LINGER);
    }
  }

  @Override
  public void makeRoom() {
    if (whole == 0) {
      context.close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    boolean isRead = changed.channel().isWritable();
    changed.channel().config().setAutoRead(isRead);
    cancel(unread);
    if (!isRead) {
      unread = schedule(ConnectionIntake.ANSWER_TIME, () -> close(Reason.UNREAD));
    }
    changed.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    inactive.fireChannelInactive();
    cancel(idle);
    cancel(unread);
    requests.values().forEach(this::release);
    requests.clear();
  }

  private void release(Request request) {
    request.deadline.cancel(false);
    admission.memory().release(request.bytes);
    request.bytes = 0;
  }

  private void close(Reason reason) {
    admission.refused(reason);
    context.close();
  }

  private void expect(Duration longest) {
    cancel(idle);
    idle = schedule(longest, context::close);
  }

  private Future<?> schedule(Duration longest, Runnable late) {
    return context.executor().schedule(late, longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void cancel(Future<?> deadline) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private final class Streams extends Http2ConnectionAdapter {

    @Override
    public void onStreamActive(Http2Stream stream) {
      requests.put(stream.id(), new Request(schedule(requestTime, () -> close(Reason.UNREAD))));
      if (admission.isAdmitted()) {
        cancel(idle);
      }
      if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE) {
        onStreamHalfClosed(stream);
      }
    }

    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
      Request request = requests.get(stream.id());
      boolean isComplete = stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
      if (isComplete && request != null && !request.isWhole) {
        request.isWhole = true;
        whole++;
        admission.isBusy();
      }
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
      Request request = requests.remove(stream.id());
      if (request == null) {
        return;
      }
      release(request);
      if (request.isWhole) {
        whole--;
        if (whole == 0) {
          admission.waits();
        }
      }
      if (requests.isEmpty() && admission.isAdmitted()) {
        expect(idleTime);
      } else if (whole == 0 && !admission.isAdmitted() && !admission.isAnswered()) {
        context.close();
      }
    }
  }
}
