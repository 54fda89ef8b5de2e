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
 * Limits the memory and the time of a request that has arrived only in part. It precedes the
 * decoder that holds the part, in the connection's event loop.
 */
final class UnfinishedRequest extends ChannelInboundHandlerAdapter {

  /** Acts when a limit is exceeded. */
  interface Connection {
    /** Whether further bytes are dropped. */
    boolean isEnding();

    /**
     * Whether the client is kept waiting, so that a whole request may have been received unread.
     */
    boolean isPaused();

    /** There is no memory for the rest of the request. */
    void noMemory();

    /** The rest of the request did not arrive in time. */
    void tooSlow();
  }

  /**
   * How many bytes of a request are read before memory is reserved for it, and how many are
   * reserved at a time. A thousand connections take 4 MiB.
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
   * @param timeout how long one may take to arrive
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
   * The request is complete and owns the memory that was reserved for it.
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
