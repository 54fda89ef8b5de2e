package dev.warren.operator.reconcile;

import dev.warren.operator.broker.BrokerException;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.reconcile.NodeCommands.Result;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What RabbitMQ has neither a request nor a command for: a node is asked to evaluate Erlang, which
 * uses functions of RabbitMQ's own that another version may not have. They are those of 4.3.
 */
final class BrokerInternals {

  /** Also those that are being opened, which no list shows yet. */
  private static final String DISCONNECT =
      """
      Close = fun Again(0) ->
          error(clients_stay_connected);
        Again(N) ->
          case rabbit_networking:connections() ++ rabbit_networking:non_amqp_connections() of
            [] -> ok;
            Clients ->
              [rabbit_networking:close_connection(C, "a queue is made anew") || C <- Clients],
              timer:sleep(100),
              Again(N - 1)
          end
        end,
      Close(100).
      """;

  /**
   * All messages, as its leader or its process says: what is shown is some s older. That it still
   * leads, with all that was confirmed before, a leader shows by a command that a majority takes.
   * One whose deletion has begun takes no command, though the management API shows it as running.
   */
  private static final String COUNT_MESSAGES =
      """
      {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<%s>>)),
      case amqqueue:get_type(Q) of
        rabbit_quorum_queue ->
          {Name, Node} = Asked = amqqueue:get_pid(Q),
          case erpc:call(Node, ets, lookup, [ra_state, Name]) of
            [{_, terminating_leader, _}] -> deletion_has_begun;
            _ ->
              {ok, _, Leader} = ra:process_command(Asked, rabbit_fifo:make_garbage_collection()),
              {ok, {_, N}, Leader} = ra:leader_query(Leader, {rabbit_fifo, query_messages_total, []}),
              N
          end;
        rabbit_classic_queue ->
          proplists:get_value(messages, rabbit_amqqueue:info(Q, [messages]))
      end.
      """;

  /**
   * A member that was deleted is not registered any more; one that only does not run is. The one
   * that led the queue waits, terminating, for the others, which the same deletion has ended. With
   * either no message is left. A member that cannot be asked ends it all: the next pass asks again.
   */
  private static final String FINISH_DELETIONS =
      """
      IsDeleted = fun(Name, Node) ->
        erpc:call(Node, ra_directory, uid_of, [quorum_queues, Name]) =:= undefined orelse
          lists:any(fun({_, State, _}) -> lists:member(State, [terminating_leader, terminating_follower]) end,
            erpc:call(Node, ets, lookup, [ra_state, Name]))
        end,
      Queues = [Q || Name <- [%s],
        {ok, Q} <- [rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, Name))],
        amqqueue:get_type(Q) =:= rabbit_quorum_queue],
      [begin
         {ok, _} = rabbit_amqqueue:delete_with(amqqueue:get_name(Q), false, false, <<"warren">>),
         amqqueue:get_name(Q)
       end || Q <- Queues, {RaName, _} <- [amqqueue:get_pid(Q)],
         lists:all(fun(Node) -> IsDeleted(RaName, Node) end, rabbit_amqqueue:get_quorum_nodes(Q))].
      """;

  /** Nothing is done to one that the queue's record knows. */
  private static final String CLEAR_MEMBER =
      """
      {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<%s>>)),
      Node = '%s',
      case lists:member(Node, rabbit_amqqueue:get_quorum_nodes(Q)) of
        true -> is_member;
        false -> rabbit_quorum_queue:delete_member(Q, Node)
      end.
      """;

  /**
   * The turn is a name in Erlang's global registry. Nodes that connect to one another while it is
   * given back may make each other remember it; the one that is meant has long been idle, the
   * others ask it for ever. It looks itself whether it is, so it cannot be at work meanwhile.
   */
  private static final String FREE_TURN =
      """
      Name = {rabbit_ff_controller, global},
      Forget = fun({standing_by, none} = Idle) ->
          [erpc:call(N, global, unregister_name, [Name]) || N <- [node() | nodes()],
            erpc:call(N, global, whereis_name, [Name]) =:= self()],
          Idle;
        (Busy) -> Busy
        end,
      case global:whereis_name(Name) of
        undefined -> nobody_has_it;
        Pid -> {node(Pid), sys:replace_state(Pid, Forget)}
      end.
      """;

  private final NodeCommands commands;

  BrokerInternals(NodeCommands commands) {
    this.commands = commands;
  }

  /**
   * All messages of a queue, ready or not; empty if its deletion has begun and was not finished.
   *
   * @throws BrokerException when they cannot be counted
   */
  OptionalLong messages(Pod asked, String queue) {
    String answer = evaluate(asked, COUNT_MESSAGES.formatted(bytes(queue))).output();
    if (answer.equals("deletion_has_begun")) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(answer));
    } catch (NumberFormatException e) {
      throw new BrokerException(
          Kind.UNAVAILABLE,
          "the messages of queue '%s' cannot be counted: %s".formatted(queue, answer),
          e);
    }
  }

  /**
   * Closes all connections of clients.
   *
   * @throws BrokerException when some stay
   */
  void disconnectClients(Pod asked) {
    Result result = evaluate(asked, DISCONNECT);
    if (result.exitCode() != 0) {
      throw new BrokerException(
          Kind.UNAVAILABLE, "clients could not be disconnected: " + result.output());
    }
  }

  /**
   * Finishes the deletion of those queues of which every member was deleted, and says which.
   *
   * @throws BrokerException when their members cannot be asked
   */
  String finishDeletions(Pod asked, Set<String> queues) {
    String names =
        queues.stream().map(queue -> "<<" + bytes(queue) + ">>").collect(Collectors.joining(","));
    Result result = evaluate(asked, FINISH_DELETIONS.formatted(names));
    if (result.exitCode() != 0) {
      throw new BrokerException(
          Kind.UNAVAILABLE, "whether queues are deleted cannot be asked: " + result.output());
    }
    return result.output();
  }

  /** Removes what there is of a queue's member on a node, if the queue does not know it. */
  String clearMember(Pod asked, String queue, String node) {
    return evaluate(asked, CLEAR_MEMBER.formatted(bytes(queue), node)).output();
  }

  /** Gives back the turn at the feature flags, if a node that does nothing with it has it. */
  String freeTurnAtFeatureFlags(Pod asked) {
    return evaluate(asked, FREE_TURN, NodeCommands.QUERY_LIMIT).output();
  }

  private Result evaluate(Pod asked, String erlang) {
    return evaluate(asked, erlang, NodeCommands.COMMAND_LIMIT);
  }

  private Result evaluate(Pod asked, String erlang, Duration limit) {
    return commands.run(asked, limit, "rabbitmqctl", "eval", erlang);
  }

  /** As Erlang writes a binary, whatever the signs. */
  private static String bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> String.valueOf(bytes[i] & 0xFF))
        .collect(Collectors.joining(","));
  }
}
