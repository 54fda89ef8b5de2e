package dev.warren.gateway.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.warren.gateway.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Stands for a connection: keeps its requests and their memory. */
final class HeldRequests implements UnfinishedRequest.Connection {

  static final Duration TIMEOUT = Duration.ofSeconds(5);

  final Frames.Decoder decoder;
  final UnfinishedRequest unfinished;
  final List<String> texts = new ArrayList<>();
  final List<Boolean> afforded = new ArrayList<>();

  /** It pauses when it has so many requests. */
  int most = Integer.MAX_VALUE;

  boolean ending;
  boolean paused;
  String error = "";

  private final MemoryBudget memory;
  private int reserved;

  HeldRequests(Frames.Decoder decoder, int longest, MemoryBudget memory) {
    this.decoder = decoder;
    this.unfinished = new UnfinishedRequest(longest, TIMEOUT, decoder, this);
    this.memory = memory;
  }

  EmbeddedChannel connection() {
    EmbeddedChannel channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.pipeline().addLast(unfinished).addLast(decoder).addLast(new Requests());
    return channel;
  }

  /** The memory of all complete requests, in bytes. */
  int reserved() {
    return reserved;
  }

  @Override
  public boolean isEnding() {
    return ending;
  }

  @Override
  public boolean isPaused() {
    return paused;
  }

  @Override
  public void proceed() {
    unfinished.decodeMore();
  }

  @Override
  public MemoryBudget memory() {
    return memory;
  }

  @Override
  public void noMemory() {
    error = "no memory";
  }

  @Override
  public void tooSlow() {
    error = "too slow";
  }

  private final class Requests extends SimpleChannelInboundHandler<ByteBuf> {

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf request) {
      boolean isAfforded = unfinished.whole(request.readableBytes());
      texts.add(request.toString(ISO_8859_1));
      afforded.add(isAfforded);
      reserved += isAfforded ? request.readableBytes() : 0;
      paused = texts.size() == most;
    }
  }
}
