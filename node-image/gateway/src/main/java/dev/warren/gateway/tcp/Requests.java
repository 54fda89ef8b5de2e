package dev.warren.gateway.tcp;

import dev.warren.gateway.broker.BrokerFailure;
import dev.warren.gateway.clients.Admission;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.tcp.Answers.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Sends the requests of one client, and turns replies and failures into answers. To be used in the
 * connection's event loop only.
 */
final class Requests {

  private final RequestReplyEndpoint endpoint;
  private final Frames frames;
  private final Sender sender;
  private final Answers answers;

  /** Sends requests to the queue. */
  interface Sender {
    /**
     * Sends a request.
     *
     * @param first whether it should be served before the requests of others
     * @return the reply; fails with what {@link BrokerFailure} understands. Cancelling it ends the
     *     wait
     */
    CompletableFuture<byte[]> send(byte[] request, boolean first);
  }

  Requests(RequestReplyEndpoint endpoint, Frames frames, Sender sender, Answers answers) {
    this.endpoint = endpoint;
    this.frames = frames;
    this.sender = sender;
    this.answers = answers;
  }

  /**
   * Sends a request for which memory of the client is reserved. A client with few requests is
   * served before one with many, so that the many do not delay the few.
   *
   * @param events the connection's event loop
   * @param answered runs when the answer is known
   * @return false if too many requests are under way, which is the answer then
   */
  boolean send(
      byte[] request, Answer answer, Admission client, Executor events, Runnable answered) {
    if (!client.tryBegin(1, endpoint.maxInFlight())) {
      client.memory().release(request.length);
      answers.refuse(answer, ErrorCode.OVERLOADED, "too many requests wait for their replies");
      return false;
    }
    answer
        .await(sender.send(request, client.hasFewRequests()))
        .whenComplete(
            (reply, failure) -> {
              client.finish(1);
              client.memory().release(request.length);
              events.execute(
                  () -> {
                    answer(answer, reply, failure);
                    answered.run();
                  });
            });
    return true;
  }

  private void answer(Answer answer, byte[] reply, Throwable failure) {
    if (answer.isDropped()) {
      return;
    }
    if (failure != null) {
      BrokerFailure known = BrokerFailure.of(failure);
      answers.refuse(answer, ErrorCode.of(known), known.getMessage());
    } else if (reply.length > endpoint.maxMessageBytes()) {
      answers.refuse(
          answer,
          ErrorCode.BAD_REPLY,
          "the reply is longer than " + endpoint.maxMessageBytes() + " bytes");
    } else if (!frames.canBeReply(reply)) {
      answers.refuse(answer, ErrorCode.BAD_REPLY, "the reply is more than a line");
    } else if (!answers.reply(answer, reply)) {
      answers.refuse(answer, ErrorCode.OVERLOADED, Answers.NO_MEMORY);
    }
  }
}
