package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands for the HTTP library: gets requests, and answers when the test says so. Like the library,
 * it sends answers at the end of a read.
 */
final class TestLibrary extends ChannelInboundHandlerAdapter {

  /** The path and the body of each request that is complete. */
  final List<String> requests = new ArrayList<>();

  /** How many have begun and are not answered. */
  int pending;

  private StringBuilder current = new StringBuilder();
  private boolean isComplete;
  private boolean isReading;
  private ChannelHandlerContext context;

  /** A connection that this library has set up. */
  EmbeddedChannel connection() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel
        .pipeline()
        .addLast(new HttpRequestDecoder())
        .addLast(new HttpResponseEncoder())
        .addLast("handler", this);
    return channel;
  }

  /** Whether the current request has arrived in full. */
  boolean isComplete() {
    return isComplete;
  }

  /** Answers the current request. */
  void answer() {
    pending--;
    DefaultFullHttpResponse answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.ACCEPTED, Unpooled.EMPTY_BUFFER);
    answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
    context.write(answer);
    if (!isReading) {
      context.flush();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext read, Object message) {
    isReading = true;
    if (message instanceof HttpRequest request) {
      pending++;
      isComplete = false;
      current = new StringBuilder(request.uri()).append(' ');
    }
    if (message instanceof HttpContent content) {
      current.append(content.content().toString(ISO_8859_1));
    }
    if (message instanceof LastHttpContent) {
      isComplete = true;
      requests.add(current.toString());
    }
    ReferenceCountUtil.release(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext read) {
    isReading = false;
    read.flush();
  }
}
