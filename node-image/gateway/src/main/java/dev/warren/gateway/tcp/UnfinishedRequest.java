package dev.warren.gateway.tcp;

import dev.warren.gateway.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Watches over the request of which a client has sent a part: the memory that it takes, and the
 * time. Stands before the decoder that holds the part, in the connection's event loop.
 */
final class UnfinishedRequest extends ChannelInboundHandlerAdapter {

  /** Who can do something about it. */
  interface Connection {
    /** Whether nothing more is taken: what still comes is let go. */
    boolean isEnding();

    /** Whether it lets the client wait, and what came may be a whole request that nobody took. */
    boolean isPaused();

    /** There is no memory for the rest of the request. */
    void noMemory();

    /** The rest of the request did not come in time. */
    void tooSlow();
  }

  /**
   * So much of a request is read before memory is reserved for it, in bytes; and so much is read at
   * a time. A thousand connections take 4 MiB of it.
   */
  static final int FREE_BYTES = 4096;

  private final int maxBytes;
  private final Duration timeout;
  private final MemoryBudget memory;
  private final Connection connection;

  private long bytes;
  private int reserved;
  private Future<?> limit;

  /**
   * @param maxBytes the longest request
   * @param timeout how long one may be under way
   */
  UnfinishedRequest(int maxBytes, Duration timeout, MemoryBudget memory, Connection connection) {
    this.maxBytes = maxBytes;
    this.timeout = timeout;
    this.memory = memory;
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (connection.isEnding() || !isAffordable((ByteBuf) message)) {
      ReferenceCountUtil.release(message);
      return;
    }
    context.fireChannelRead(message);
    if (bytes > 0 && limit == null) {
      watch(context);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    release();
    super.channelInactive(context);
  }

  /**
   * A request is whole, and what was reserved for it is its own now.
   *
   * @param size of the request, in bytes
   * @return whether memory is reserved for the request
   */
  boolean whole(int size) {
    boolean afforded = reserved > 0 || memory.tryReserve(size);
    if (reserved > 0) {
      reserved -= size;
    }
    release();
    return afforded;
  }

  private boolean isAffordable(ByteBuf more) {
    bytes += more.readableBytes();
    if (bytes > FREE_BYTES && reserved == 0) {
      if (!memory.tryReserve(maxBytes)) {
        connection.noMemory();
        return false;
      }
      reserved = maxBytes;
    }
    return true;
  }

  private void watch(ChannelHandlerContext context) {
    limit =
        context
            .executor()
            .schedule(
                () -> {
                  limit = null;
                  if (connection.isPaused()) {
                    watch(context);
                  } else {
                    connection.tooSlow();
                  }
                },
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void release() {
    bytes = 0;
    memory.release(reserved);
    reserved = 0;
    if (limit != null) {
      limit.cancel(false);
      limit = null;
    }
  }
}
