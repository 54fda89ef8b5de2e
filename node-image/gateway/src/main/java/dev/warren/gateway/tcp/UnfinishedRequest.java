package dev.warren.gateway.tcp;

import dev.warren.gateway.clients.HeapBuffers;
import dev.warren.gateway.limits.MemoryBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Limits the memory and the time of a request that has arrived only in part, and lets requests that
 * arrived together be decoded one by one, as the connection accepts them. It precedes the decoder
 * that holds the part, in the connection's event loop.
 */
final class UnfinishedRequest extends ChannelInboundHandlerAdapter {

  /** Acts when a limit is exceeded. */
  interface Connection {
    /** Whether further bytes are dropped. */
    boolean isEnding();

    /**
     * Whether the client is kept waiting, so that whole requests may have been received that are
     * not decoded.
     */
    boolean isPaused();

    /** Writes what can be written, and then reads on, unless requests wait for their turn. */
    void proceed();

    /** The memory for the client's messages. */
    MemoryBudget memory();

    /** There is no memory for the rest of the request. */
    void noMemory();

    /** The rest of the request did not arrive in time. */
    void tooSlow();
  }

  /**
   * How many bytes of a request are held before memory is reserved for it. They are a part of what
   * a connection takes by itself.
   */
  static final int FREE_BYTES = HeapBuffers.READ_BYTES;

  /** So many requests are decoded in one turn, so that many small ones do not delay others. */
  static final int MOST_IN_A_TURN = 8;

  private final int maxBytes;
  private final Duration timeout;
  private final Frames.Decoder decoder;
  private final Connection connection;

  private ChannelHandlerContext context;
  private int requests;
  private int reserved;
  private boolean isDecoding;
  private boolean waitsForTurn;
  private Future<?> limit;

  /**
   * @param maxBytes the longest request
   * @param timeout how long one may take to arrive, from its first byte
   * @param decoder the next handler
   */
  UnfinishedRequest(int maxBytes, Duration timeout, Frames.Decoder decoder, Connection connection) {
    this.maxBytes = maxBytes;
    this.timeout = timeout;
    this.decoder = decoder;
    this.connection = connection;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext read, Object message) {
    if (connection.isEnding() || !isAffordable((ByteBuf) message)) {
      ReferenceCountUtil.release(message);
      return;
    }
    decode((ByteBuf) message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) throws Exception {
    release();
    super.channelInactive(inactive);
  }

  /**
   * The request is complete and owns the memory that was reserved for it.
   *
   * @param size of the request, in bytes
   * @return whether memory is reserved for the request
   */
  boolean whole(int size) {
    requests++;
    boolean afforded = reserved > 0 || connection.memory().tryReserve(size);
    if (reserved > 0) {
      reserved -= size;
    }
    release();
    return afforded;
  }

  /** Decodes requests that have arrived already, if the connection accepts more now. */
  void decodeMore() {
    if (!isDecoding && !waitsForTurn && decoder.held() > 0) {
      decode(Unpooled.EMPTY_BUFFER);
    }
  }

  /** Whether requests that have arrived are decoded later. Until then nothing may be read. */
  boolean waitsForTurn() {
    return waitsForTurn;
  }

  /** Requests are decoded one at a time, because many small ones may arrive in one read. */
  private void decode(ByteBuf bytes) {
    int last = requests + MOST_IN_A_TURN;
    isDecoding = true;
    try {
      int before = requests;
      context.fireChannelRead(bytes);
      while (requests != before && requests < last && mayDecode()) {
        before = requests;
        context.fireChannelRead(Unpooled.EMPTY_BUFFER);
      }
    } finally {
      isDecoding = false;
    }
    if (decoder.held() > 0 && limit == null && !connection.isEnding()) {
      watch();
    }
    if (decoder.held() > 0 && requests == last && mayDecode()) {
      waitsForTurn = true;
      connection.proceed();
      context.executor().execute(this::takeTurn);
    }
  }

  private boolean mayDecode() {
    return !connection.isPaused() && !connection.isEnding();
  }

  private void takeTurn() {
    waitsForTurn = false;
    connection.proceed();
  }

  private boolean isAffordable(ByteBuf more) {
    if (decoder.held() + more.readableBytes() > FREE_BYTES && reserved == 0) {
      if (!connection.memory().tryReserve(maxBytes)) {
        connection.noMemory();
        return false;
      }
      reserved = maxBytes;
    }
    return true;
  }

  private void watch() {
    limit =
        context
            .executor()
            .schedule(
                () -> {
                  limit = null;
                  if (connection.isPaused()) {
                    watch();
                  } else {
                    connection.tooSlow();
                  }
                },
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void release() {
    connection.memory().release(reserved);
    reserved = 0;
    if (limit != null) {
      limit.cancel(false);
      limit = null;
    }
  }
}
