package dev.warren.operator.broker;

import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.broker.NodeShell.Result;
import dev.warren.operator.broker.QueueContents.Absent;
import dev.warren.operator.broker.QueueContents.Counted;
import dev.warren.operator.broker.QueueContents.HalfDeleted;
import dev.warren.operator.plan.BrokerAction.AddMember;
import dev.warren.operator.plan.BrokerAction.FinishDeletion;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What RabbitMQ has neither a request nor a command for: a node is asked to evaluate Erlang, which
 * uses functions of RabbitMQ's own that another series may not have, or with another meaning. So a
 * node of a series with which this was not tried is not asked, and the action fails.
 */
final class BrokerInternals {

  /** The series with which all of this was tried, the last time with 4.3.6. */
  private static final String TRIED = "4.3";

  private static final String ONLY_IF_TRIED =
      """
      case application:get_key(rabbit, vsn) of
        {ok, "%s." ++ _} ->
      %s;
        {ok, Version} -> {untried, Version}
      end.
      """;

  private static final Pattern UNTRIED = Pattern.compile("\\{untried,\\s*\"([^\"]*)\"}");

  private static final Pattern COUNTED =
      Pattern.compile("\\{counted,\\s*(\\d+),\\s*(\\d+),\\s*(\\d+)}");

  /** A leader answers its commands within 5 s, or not at all. */
  private static final Duration COUNT_LIMIT = Duration.ofSeconds(15);

  /** Also those that are being opened, which no list shows yet. */
  private static final String DISCONNECT =
      """
      Close = fun Again(0) ->
          error(clients_stay_connected);
        Again(N) ->
          case rabbit_networking:connections() ++ rabbit_networking:non_amqp_connections() of
            [] -> ok;
            Clients ->
              [rabbit_networking:close_connection(C, "a queue is recreated") || C <- Clients],
              timer:sleep(100),
              Again(N - 1)
          end
        end,
      Close(100)
      """;

  /**
   * What is in a queue, as its leader or its process says: what is shown is some s older. That it
   * still leads, with all that was confirmed before, a leader shows by a command that a majority
   * takes.
   *
   * <p>One that is terminating takes no command: it waits for ever for members which the same
   * deletion has ended, for whoever deleted the queue ended in between.
   */
  private static final String CONTENTS =
      """
      case rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<%s>>)) of
        {error, not_found} -> absent;
        {ok, Q} ->
          case amqqueue:get_type(Q) of
            rabbit_quorum_queue ->
              {Name, Node} = Asked = amqqueue:get_pid(Q),
              case erpc:call(Node, ets, lookup, [ra_state, Name]) of
                [{_, terminating_leader, _}] -> half_deleted;
                _ ->
                  {ok, _, Leader} = ra:process_command(Asked, rabbit_fifo:make_garbage_collection()),
                  Ask = fun(Query) ->
                      {ok, {_, N}, Leader} = ra:leader_query(Leader, {rabbit_fifo, Query, []}),
                      N
                    end,
                  {counted, Ask(query_messages_ready), Ask(query_messages_total), Ask(query_consumer_count)}
              end;
            rabbit_classic_queue ->
              [{_, Ready}, {_, All}, {_, Consumers}] =
                rabbit_amqqueue:info(Q, [messages_ready, messages, consumers]),
              {counted, Ready, All, Consumers}
          end
      end
      """;

  /** Nothing but a deletion that was begun is gone on with. */
  private static final String FINISH_DELETION =
      """
      case rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<%s>>)) of
        {error, not_found} -> absent;
        {ok, Q} ->
          rabbit_quorum_queue = amqqueue:get_type(Q),
          {Name, Node} = amqqueue:get_pid(Q),
          case erpc:call(Node, ets, lookup, [ra_state, Name]) of
            [{_, terminating_leader, _}] ->
              {ok, _} = rabbit_amqqueue:delete_with(amqqueue:get_name(Q), false, false, <<"warren">>),
              deleted;
            _ -> not_half_deleted
          end
      end
      """;

  /** Nothing is done to one that the queue's record knows. */
  private static final String CLEAR_MEMBER =
      """
      {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<%s>>)),
      Node = '%s',
      case lists:member(Node, rabbit_amqqueue:get_quorum_nodes(Q)) of
        true -> is_member;
        false -> rabbit_quorum_queue:delete_member(Q, Node)
      end
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
      end
      """;

  private final NodeShell shell;

  BrokerInternals(NodeShell shell) {
    this.shell = shell;
  }

  /**
   * What is in a queue at this moment.
   *
   * @throws BrokerException when that cannot be found out
   */
  QueueContents contents(Pod asked, String queue) {
    String answer = evaluate(asked, CONTENTS.formatted(bytes(queue)), COUNT_LIMIT).output();
    Matcher counted = COUNTED.matcher(answer);
    if (counted.find()) {
      return new Counted(
          Long.parseLong(counted.group(1)),
          Long.parseLong(counted.group(2)),
          Long.parseLong(counted.group(3)));
    }
    return switch (answer) {
      case "absent" -> new Absent();
      case "half_deleted" -> new HalfDeleted();
      default ->
          throw new BrokerException(
              Kind.UNAVAILABLE,
              "the messages of queue '%s' cannot be counted: %s".formatted(queue, answer));
    };
  }

  /**
   * Finishes the deletion of a quorum queue, if its leader waits for members that are gone.
   *
   * @throws BrokerException when it is not finished
   */
  void finishDeletion(Pod asked, FinishDeletion finish) {
    Result result =
        evaluate(asked, FINISH_DELETION.formatted(bytes(finish.queue())), finish.deadline());
    if (result.exitCode() != 0) {
      throw new BrokerException(
          Kind.UNAVAILABLE,
          "the deletion of queue '%s' cannot be finished: %s"
              .formatted(finish.queue(), result.output()));
    }
  }

  /**
   * Closes all connections of clients.
   *
   * @throws BrokerException when some stay
   */
  void disconnectClients(Pod asked, Duration limit) {
    Result result = evaluate(asked, DISCONNECT, limit);
    if (result.exitCode() != 0) {
      throw new BrokerException(
          Kind.UNAVAILABLE, "clients could not be disconnected: " + result.output());
    }
  }

  /** Removes what there is of a queue's member on a node, if the queue does not know it. */
  String clearMember(Pod asked, AddMember failed) {
    return evaluate(
            asked, CLEAR_MEMBER.formatted(bytes(failed.queue()), failed.node()), failed.deadline())
        .output();
  }

  /** Gives back the turn at the feature flags, if a node that does nothing with it has it. */
  String freeTurnAtFeatureFlags(Pod asked, Duration limit) {
    return evaluate(asked, FREE_TURN, limit).output();
  }

  private Result evaluate(Pod asked, String erlang, Duration limit) {
    Result result =
        shell.run(
            asked, limit, "rabbitmqctl", "eval", ONLY_IF_TRIED.formatted(TRIED, erlang.strip()));
    Matcher untried = UNTRIED.matcher(result.output());
    if (untried.find()) {
      throw new BrokerException(
          Kind.UNTRIED,
          ("RabbitMQ %s runs, and this uses functions of RabbitMQ's own that were tried with %s only:"
                  + " use a queue node image of that series")
              .formatted(untried.group(1), TRIED));
    }
    return result;
  }

  /** As Erlang writes a binary, whatever the signs. */
  private static String bytes(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, bytes.length)
        .mapToObj(i -> String.valueOf(bytes[i] & 0xFF))
        .collect(Collectors.joining(","));
  }
}
