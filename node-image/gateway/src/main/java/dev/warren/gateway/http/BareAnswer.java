package dev.warren.gateway.http;

import dev.warren.gateway.tls.DoorTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** An answer in the bytes of HTTP/1.1, for requests that the HTTP library does not get. */
final class BareAnswer {

  private BareAnswer() {}

  /** Answers with a problem, and tells the client that nothing more follows. */
  static void send(HttpProblem problem, ChannelHandlerContext context) {
    context
        .writeAndFlush(of(problem))
        .addListener(written -> DoorTls.shutdownOutput(context.channel()));
  }

  private static ByteBuf of(HttpProblem problem) {
    byte[] body = problem.json().toBuffer().getBytes();
    String head =
        "HTTP/1.1 "
            + HttpResponseStatus.valueOf(problem.status())
            + "\r\ncontent-type: application/problem+json\r\ncontent-length: "
            + body.length
            + "\r\nconnection: close\r\n"
            + retryAfter(problem)
            + "\r\n";
    return Unpooled.wrappedBuffer(head.getBytes(StandardCharsets.US_ASCII), body);
  }

  private static String retryAfter(HttpProblem problem) {
    return problem.retryAfterSeconds() > 0
        ? "retry-after: " + problem.retryAfterSeconds() + "\r\n"
        : "";
  }
}
