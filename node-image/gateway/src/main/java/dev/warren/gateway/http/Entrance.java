package dev.warren.gateway.http;

import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.clients.ClientAddress;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.HeapBuffers;
import dev.warren.gateway.clients.ProxyHeader;
import dev.warren.gateway.clients.Refusals.Reason;
import dev.warren.gateway.tls.DoorTls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The first handler of a connection: it admits it, before anything is read. With TLS it also bounds
 * the handshake. To be used in the connection's event loop only.
 */
final class Entrance extends ChannelInboundHandlerAdapter implements ProxyHeader.Connection {

  /** What uses the connection. */
  interface Guest {
    /** The connection has a place or is refused. Again, if a proxy says whose connection it is. */
    void arrives(Admission admission);

    /** Another connection needs the place. */
    void makeRoom();
  }

  private final Door door;
  private final boolean isProxied;
  private Guest guest;
  private ChannelHandlerContext context;
  private Admission admission;

  /** A connection with TLS, whose handshake comes first. */
  Entrance(Door door, boolean isProxied) {
    this.door = door;
    this.isProxied = isProxied;
    this.guest = new Handshake();
  }

  /** A connection that is used at once. */
  Entrance(Door door, boolean isProxied, Guest guest) {
    this.door = door;
    this.isProxied = isProxied;
    this.guest = guest;
  }

  /** Adds itself before all other handlers. */
  void addTo(ChannelPipeline pipeline) {
    pipeline.addFirst(this);
    if (isProxied) {
      ProxyHeader.expect(pipeline, this);
    }
  }

  /** The handshake is complete. */
  void use(Guest next) {
    if (guest instanceof Handshake handshake) {
      handshake.end();
    }
    guest = next;
    next.arrives(admission);
  }

  Admission admission() {
    return admission;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    HeapBuffers.use(added.channel().config());
    admit(
        isProxied
            ? ClientAddress.NOT_KNOWN_YET
            : ClientAddress.of(added.channel().remoteAddress()));
  }

  @Override
  public void comesFrom(ClientAddress client) {
    admission.end();
    admit(client);
  }

  @Override
  public void hasNoHeader() {
    admission.refused(Reason.PROXY_HEADER);
  }

  @Override
  public void channelRead(ChannelHandlerContext read, Object message) {
    if (guest instanceof Handshake handshake) {
      handshake.hasBegun = true;
    }
    read.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext inactive) {
    if (guest instanceof Handshake handshake) {
      handshake.failed();
    }
    inactive.fireChannelInactive();
    admission.end();
  }

  private void admit(ClientAddress client) {
    admission = door.admit(client, () -> context.executor().execute(() -> guest.makeRoom()));
    guest.arrives(admission);
  }

  /** The time until the handshake is complete. A connection that is refused may have one too. */
  private final class Handshake implements Guest {

    private Future<?> deadline;
    private boolean hasBegun;
    private boolean isOver;

    @Override
    public void arrives(Admission arrived) {
      if (deadline != null) {
        deadline.cancel(false);
      }
      if (!arrived.isAdmitted() && !arrived.isAnswered()) {
        isOver = true;
        context.executor().execute(context::close);
      } else {
        deadline =
            context
                .executor()
                .schedule(this::isLate, DoorTls.HANDSHAKE_TIME.toMillis(), TimeUnit.MILLISECONDS);
      }
    }

    @Override
    public void makeRoom() {
      isOver = true;
      context.close();
    }

    private void isLate() {
      if (!isOver) {
        isOver = true;
        admission.refused(Reason.SLOW);
        context.close();
      }
    }

    private void end() {
      isOver = true;
      if (deadline != null) {
        deadline.cancel(false);
      }
    }

    private void failed() {
      boolean wasOver = isOver;
      end();
      // Probes of load balancers close a connection on which they have sent nothing.
      if (hasBegun && !wasOver) {
        admission.refused(Reason.HANDSHAKE);
      }
    }
  }
}
