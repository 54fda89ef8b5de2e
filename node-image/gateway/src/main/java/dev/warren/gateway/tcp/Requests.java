package dev.warren.gateway.tcp;

import dev.warren.gateway.broker.BrokerFailure;
import dev.warren.gateway.config.RequestReplyEndpoint;
import dev.warren.gateway.limits.MemoryBudget;
import dev.warren.gateway.limits.Tally;
import dev.warren.gateway.tcp.Answers.Answer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Sends the requests of one client, and turns replies and failures into answers. To be used in the
 * connection's event loop only.
 */
final class Requests {

  private final RequestReplyEndpoint endpoint;
  private final Frames frames;
  private final Function<byte[], CompletableFuture<byte[]>> requester;
  private final Tally waiting;
  private final Answers answers;

  /**
   * @param requester sends a request and returns its reply; fails with what {@link BrokerFailure}
   *     understands. Cancelling it ends the wait
   * @param waiting counts the requests of all connections that wait for their replies
   */
  Requests(
      RequestReplyEndpoint endpoint,
      Frames frames,
      Function<byte[], CompletableFuture<byte[]>> requester,
      Tally waiting,
      Answers answers) {
    this.endpoint = endpoint;
    this.frames = frames;
    this.requester = requester;
    this.waiting = waiting;
    this.answers = answers;
  }

  /**
   * Sends a request for which memory is reserved.
   *
   * @param memory where it is reserved
   * @param events the connection's event loop
   * @param answered runs when the answer is known
   */
  void send(
      byte[] request, Answer answer, MemoryBudget memory, Executor events, Runnable answered) {
    if (!waiting.tryAdd(1, endpoint.maxInFlight())) {
      memory.release(request.length);
      answers.refuse(answer, ErrorCode.OVERLOADED, "too many requests wait for their replies");
      return;
    }
    answer
        .await(requester.apply(request))
        .whenComplete(
            (reply, failure) -> {
              waiting.remove(1);
              memory.release(request.length);
              events.execute(
                  () -> {
                    answer(answer, reply, failure);
                    answered.run();
                  });
            });
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
