package dev.warren.gateway.clients;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Buffers in the heap only, which the memory budget counts. Memory outside the heap has a limit of
 * its own: when it is used up, the thread that asks for more stands still, with all its clients.
 */
public final class HeapBuffers {

  /** How many bytes are read at a time: what a connection holds without asking for memory. */
  public static final int READ_BYTES = 4096;

  private static final ByteBufAllocator HEAP = new UnpooledByteBufAllocator(false);

  private HeapBuffers() {}

  /** Uses them for a connection that has not read anything yet. */
  public static void use(ChannelConfig connection) {
    connection.setAllocator(HEAP);
    connection.setRecvByteBufAllocator(new HeapReads());
  }

  /** Netty would read into memory outside the heap, whatever the allocator prefers. */
  private static final class HeapReads extends DefaultMaxMessagesRecvByteBufAllocator {

    /** Once per turn, so that a connection whose reading pauses has at most one buffer. */
    private static final int READS_PER_TURN = 1;

    HeapReads() {
      super(READS_PER_TURN);
    }

    @Override
    public MaxMessageHandle newHandle() {
      return new MaxMessageHandle() {
        @Override
        public int guess() {
          return READ_BYTES;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
          return allocator.heapBuffer(READ_BYTES);
        }
      };
    }
  }
}
