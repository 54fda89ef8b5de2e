package dev.warren.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class HeapBuffersTest {

  @Test
  void aConnectionReadsIntoTheHeap() {
    ChannelConfig connection = new EmbeddedChannel().config();
    HeapBuffers.use(connection);

    ByteBuf read =
        connection.getRecvByteBufAllocator().newHandle().allocate(connection.getAllocator());

    assertThat(read.isDirect()).isFalse();
    assertThat(read.capacity()).isEqualTo(HeapBuffers.READ_BYTES);
    read.release();
  }
}
