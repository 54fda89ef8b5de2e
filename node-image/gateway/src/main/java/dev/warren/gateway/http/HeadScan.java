package dev.warren.gateway.http;

import io.netty.buffer.ByteBuf;

/** Finds the end of a request's head, which may arrive in several parts. */
final class HeadScan {

  private boolean hasBegun;
  private boolean lineIsEmpty = true;
  private int lines;

  /** The next part is the first of a head. */
  void reset() {
    hasBegun = false;
    lineIsEmpty = true;
  }

  /** How many of these bytes belong to the head: all, or those up to its end. */
  int lengthIn(ByteBuf bytes) {
    lines = 0;
    int length = 0;
    boolean isComplete = false;
    while (!isComplete && length < bytes.readableBytes()) {
      byte next = bytes.getByte(bytes.readerIndex() + length);
      length++;
      if (next == '\n') {
        lines++;
        isComplete = hasBegun && lineIsEmpty;
        lineIsEmpty = true;
      } else if (next != '\r') {
        hasBegun = true;
        lineIsEmpty = false;
      }
    }
    if (isComplete) {
      reset();
    }
    return length;
  }

  /** How many line ends the last part had. */
  int lines() {
    return lines;
  }
}
