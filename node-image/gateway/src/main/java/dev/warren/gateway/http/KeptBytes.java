package dev.warren.gateway.http;

import dev.warren.gateway.limits.MemoryBudget;

/**
 * The memory for what the HTTP library keeps of a request besides its body. Used by the
 * connection's event loop only.
 */
final class KeptBytes {

  /** What the library takes for a line, apart from its text. */
  static final int LINE_BYTES = 200;

  private long ofHead;
  private long ofChunk;

  /** A part of a head is kept until the request is answered. */
  boolean tryKeepHead(MemoryBudget memory, int bytes, int lines) {
    long cost = bytes + (long) lines * LINE_BYTES;
    boolean isKept = memory.tryReserve(cost);
    ofHead += isKept ? cost : 0;
    return isKept;
  }

  /**
   * A part of a chunk's size or extensions, or of trailers, is kept until the chunk is passed on.
   */
  boolean tryKeepChunk(MemoryBudget memory, int bytes) {
    long cost = bytes + (long) LINE_BYTES;
    boolean isKept = memory.tryReserve(cost);
    ofChunk += isKept ? cost : 0;
    return isKept;
  }

  void chunkPassed(MemoryBudget memory) {
    memory.release(ofChunk);
    ofChunk = 0;
  }

  void release(MemoryBudget memory) {
    memory.release(ofHead + ofChunk);
    ofHead = 0;
    ofChunk = 0;
  }
}
