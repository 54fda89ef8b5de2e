package dev.warren.gateway.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Set;

/**
 * Follows the requests and answers of a connection, between the decoder and the HTTP library. It
 * knows where the current request may end, so that the decoder never gets more than one.
 */
final class RequestProgress extends ChannelDuplexHandler {

  /** What follows from it. */
  interface Listener {
    /** What arrives is not a request of HTTP/1.1. The library gets nothing more. */
    void refuse(HttpProblem problem);

    /** The head is complete. */
    void requestBegins();

    /** The library has got a part of a body in chunks. */
    void chunkPassed();

    /** The body is complete too. */
    void requestIsComplete();

    /** The last part of the answer is being written. */
    void answerBegins();

    /** The request is complete, and its answer is written. */
    void nextMayCome();
  }

  private static final Set<HttpVersion> VERSIONS =
      Set.of(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);

  /** Room for a thousand small chunks. */
  private static final int MOST_FRAMING = 4096;

  private enum Phase {
    HEAD,
    BODY,
    CHUNKED_BODY,
    WHOLE
  }

  private final Listener listener;
  private final HeadScan scan = new HeadScan();
  private Phase phase = Phase.HEAD;
  private long bodyLeft;

  /** The bytes of a body in chunks so far that are not data: sizes, extensions, ends of lines. */
  private long framing;

  private long data;
  private boolean isUnreadable;
  private boolean answerHasBegun;
  private boolean answered;

  RequestProgress(Listener listener) {
    this.listener = listener;
  }

  /** Whether the current part belongs to a head. */
  boolean isHead() {
    return phase == Phase.HEAD;
  }

  /** Whether the current part belongs to a body with a length, which is passed on as it comes. */
  boolean isPlainBody() {
    return phase == Phase.BODY;
  }

  /** Whether the request is complete and its answer is not written yet. */
  boolean isWhole() {
    return phase == Phase.WHOLE;
  }

  /** Whether an answer can no longer be chosen. */
  boolean answerHasBegun() {
    return answerHasBegun;
  }

  /** How many of these bytes, at least one, can only belong to the current request. */
  int lengthIn(ByteBuf bytes) {
    return switch (phase) {
      case HEAD, WHOLE -> scan.lengthIn(bytes);
      case BODY -> (int) Math.min(bodyLeft, bytes.readableBytes());
      case CHUNKED_BODY -> {
        int length = lengthOfLine(bytes);
        framing += length;
        yield length;
      }
    };
  }

  /**
   * Whether a body in chunks, as far as it was passed on, has more around its data than data. Each
   * chunk costs time, however small it is, and a client that sends nothing but small ones may have
   * gone long before the last is read.
   */
  boolean isWasteful() {
    return framing > data + MOST_FRAMING;
  }

  /** How many lines the last part of a head had. */
  int lines() {
    return scan.lines();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (isUnreadable || !canBeRead((HttpObject) message)) {
      isUnreadable = true;
      ReferenceCountUtil.release(message);
      listener.refuse(RequestLimits.problem(((HttpObject) message).decoderResult().cause()));
      return;
    }
    boolean isWhole = message instanceof LastHttpContent;
    if (message instanceof HttpRequest request) {
      begin(request);
    } else if (message instanceof HttpContent content && phase == Phase.BODY) {
      bodyLeft -= content.content().readableBytes();
    } else if (phase == Phase.CHUNKED_BODY && !isWhole) {
      int bytes = ((HttpContent) message).content().readableBytes();
      framing -= bytes;
      data += bytes;
      listener.chunkPassed();
    }
    if (isWhole) {
      phase = Phase.WHOLE;
      listener.requestIsComplete();
    }
    context.fireChannelRead(message);
    if (isWhole) {
      nextIfOver();
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (!(message instanceof LastHttpContent) || isInterim(message)) {
      context.write(message, promise);
      return;
    }
    answerHasBegun = true;
    listener.answerBegins();
    context
        .write(message, promise.unvoid())
        .addListener(
            written -> {
              answered = true;
              nextIfOver();
            });
  }

  private void begin(HttpRequest request) {
    scan.reset();
    framing = 0;
    data = 0;
    if (HttpUtil.isTransferEncodingChunked(request)) {
      phase = Phase.CHUNKED_BODY;
    } else {
      phase = Phase.BODY;
      bodyLeft = HttpUtil.getContentLength(request, 0L);
    }
    listener.requestBegins();
  }

  private void nextIfOver() {
    if (phase == Phase.WHOLE && answered) {
      phase = Phase.HEAD;
      answerHasBegun = false;
      answered = false;
      listener.nextMayCome();
    }
  }

  /** The library would answer another version without a problem. */
  private static boolean canBeRead(HttpObject message) {
    boolean isOfKnownVersion =
        !(message instanceof HttpRequest request) || VERSIONS.contains(request.protocolVersion());
    return isOfKnownVersion && !message.decoderResult().isFailure();
  }

  private static boolean isInterim(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  private static int lengthOfLine(ByteBuf bytes) {
    int toItsEnd = bytes.bytesBefore((byte) '\n');
    return toItsEnd < 0 ? bytes.readableBytes() : toItsEnd + 1;
  }
}
