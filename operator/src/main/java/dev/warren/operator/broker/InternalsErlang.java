package dev.warren.operator.broker;

/** The Erlang code that nodes evaluate for {@link BrokerInternals}. */
final class InternalsErlang {

  /**
   * A short Erlang that lets the node of its Pod evaluate its first argument, for as many
   * milliseconds as the second one says, and prints the value. RabbitMQ's own {@code rabbitmqctl
   * eval} does the same and takes four times the processor time, because it starts more. The node
   * gives this Erlang a name, so that it needs none of its own.
   */
  static final String ASK_NODE =
      """
      Node = list_to_atom(os:getenv("RABBITMQ_NODENAME")),
      [Code, Limit] = init:get_plain_arguments(),
      {ok, Tokens, _} = erl_scan:string(Code),
      {ok, Expressions} = erl_parse:parse_exprs(Tokens),
      Evaluate = fun() ->
          net_kernel:connect_node(Node) orelse throw(not_reachable),
          Arguments = [Expressions, erl_eval:new_bindings()],
          {value, Value, _} =
            erpc:call(Node, erl_eval, exprs, Arguments, list_to_integer(Limit)),
          Value
        end,
      try Evaluate() of
        Value -> io:format("~0p~n", [Value]), halt(0)
      catch
        _:Reason -> io:format("~0p~n", [Reason]), halt(1)
      end.
      """;

  /** Evaluates code only on nodes of one series. */
  static final String ONLY_IF_TRIED =
      """
      case application:get_key(rabbit, vsn) of
        {ok, "%s." ++ _} ->
      %s;
        {ok, Version} -> {untried, Version}
      end.
      """;

  /** Also closes connections that are still being opened, which no list shows yet. */
  static final String DISCONNECT =
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
   * A deleted member is no longer registered; a member that is only stopped still is. The former
   * leader stays in a terminating state while it waits for the others, which the same deletion has
   * ended. In both cases no message is left. If a member cannot be queried, the evaluation fails,
   * and the next pass tries again.
   */
  private static final String IS_DELETED =
      """
      IsDeleted = fun(Queue) ->
          {Name, _} = amqqueue:get_pid(Queue),
          lists:all(fun(Node) ->
              erpc:call(Node, ra_directory, uid_of, [quorum_queues, Name]) =:= undefined orelse
                lists:any(fun({_, State, _}) ->
                    lists:member(State, [terminating_leader, terminating_follower])
                  end, erpc:call(Node, ets, lookup, [ra_state, Name]))
            end, rabbit_amqqueue:get_quorum_nodes(Queue))
        end,
      """;

  /**
   * What is in a queue, according to its leader or its process. All other counts are some seconds
   * old. The leader first runs a command that a majority must accept: this proves that it still
   * leads and has everything that was confirmed before. A queue whose deletion has begun accepts no
   * command, although the management API shows it as running.
   */
  static final String CONTENTS =
      IS_DELETED
          + """
          case rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<%s>>)) of
            {error, not_found} -> absent;
            {ok, Q} ->
              case amqqueue:get_type(Q) of
                rabbit_quorum_queue ->
                  {Id, Host} = Asked = amqqueue:get_pid(Q),
                  case erpc:call(Host, ets, lookup, [ra_state, Id]) of
                    [{_, terminating_leader, _}] -> half_deleted;
                    Known ->
                      case Known =:= [] andalso IsDeleted(Q) of
                        true -> half_deleted;
                        false ->
                          {ok, _, Leader} =
                            ra:process_command(Asked, rabbit_fifo:make_garbage_collection()),
                          Ask = fun(Query) ->
                              {ok, {_, N}, Leader} =
                                ra:leader_query(Leader, {rabbit_fifo, Query, []}),
                              N
                            end,
                          {counted, Ask(query_messages_ready), Ask(query_messages_total),
                            Ask(query_consumer_count)}
                      end
                  end;
                rabbit_classic_queue ->
                  [{_, Ready}, {_, All}, {_, Consumers}] =
                    rabbit_amqqueue:info(Q, [messages_ready, messages, consumers]),
                  {counted, Ready, All, Consumers}
              end
          end
          """;

  private static final String QUEUES =
      """
      Queues = [{I, Q} || {I, Name} <- lists:enumerate([%s]),
        {ok, Q} <- [rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, Name))],
        amqqueue:get_type(Q) =:= rabbit_quorum_queue],
      """;

  /** A tuple, because Erlang prints a list of numbers as text. */
  static final String HALF_DELETED =
      IS_DELETED + QUEUES + "list_to_tuple([half_deleted | [I || {I, Q} <- Queues, IsDeleted(Q)]])";

  static final String FINISH_DELETIONS =
      IS_DELETED
          + QUEUES
          + """
          [begin
             {ok, _} = rabbit_amqqueue:delete_with(amqqueue:get_name(Q), false, false, <<"warren">>),
             amqqueue:get_name(Q)
           end || {_, Q} <- Queues, IsDeleted(Q)]
          """;

  /** Does nothing to a member that the queue's record knows. */
  static final String CLEAR_MEMBER =
      """
      {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<%s>>)),
      Node = '%s',
      case lists:member(Node, rabbit_amqqueue:get_quorum_nodes(Q)) of
        true -> is_member;
        false -> rabbit_quorum_queue:delete_member(Q, Node)
      end
      """;

  /**
   * The lock is a name in Erlang's global registry. Nodes that connect to each other while it is
   * released may remind each other of it. The holder has been idle for long, and the other nodes
   * query it forever. The holder itself checks that it is idle and releases the lock, so it cannot
   * start work in between.
   */
  static final String FREE_TURN =
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

  /** Credential validators do not check a hash. Permissions in other virtual hosts stay. */
  static final String RESTORE_ACCOUNT =
      """
      Name = <<%s>>,
      VirtualHost = <<"/">>,
      rabbit_vhost:exists(VirtualHost) orelse (ok = rabbit_vhost:add(VirtualHost, <<"warren">>)),
      _ = rabbit_auth_backend_internal:put_user(
        #{name => Name, password_hash => <<"%s">>, tags => <<"administrator">>,
          hashing_algorithm => rabbit_password_hashing_sha256}, <<"warren">>),
      ok = rabbit_auth_backend_internal:set_permissions(
        Name, VirtualHost, <<".*">>, <<".*">>, <<".*">>, <<"warren">>),
      restored
      """;

  private InternalsErlang() {}
}
