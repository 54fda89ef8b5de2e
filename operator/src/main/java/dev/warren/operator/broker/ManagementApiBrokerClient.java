package dev.warren.operator.broker;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import dev.warren.operator.broker.BrokerException.Kind;
import dev.warren.operator.model.BrokerDefinitions;
import dev.warren.operator.model.BrokerDefinitions.Binding;
import dev.warren.operator.plan.BrokerAction;
import dev.warren.operator.plan.BrokerObservation;
import dev.warren.operator.plan.BrokerObservation.QueueState;
import dev.warren.operator.plan.BrokerObservation.Reachable;
import dev.warren.operator.plan.BrokerObservation.Unreachable;
import dev.warren.operator.plan.QueueLoad;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Talks to the management API of the first of a broker's nodes that answers, and over AMQP where
 * that API does not know enough.
 */
public final class ManagementApiBrokerClient implements BrokerClient {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private static final ManagementApiRequest DEFINITIONS =
      ManagementApiRequest.get("/api/definitions");
  private static final ManagementApiRequest NODES =
      ManagementApiRequest.get("/api/nodes?columns=name,running,enabled_plugins");
  private static final ManagementApiRequest QUEUE_TOTALS =
      ManagementApiRequest.get(
          "/api/queues/%2F?disable_stats=true&enable_queue_totals=true&columns="
              + "name,type,state,node,leader,members,online,"
              + "messages,messages_ready,messages_unacknowledged");
  private static final ManagementApiRequest QUEUE_COPIES =
      ManagementApiRequest.get(
          "/api/queues/%2F?disable_stats=true&columns=name,leader,members,online");

  /** These need no statistics, which are some seconds older. */
  private static final String LOAD_COLUMNS =
      "disable_stats=true&enable_queue_totals=true&columns="
          + "name,type,state,node,leader,online,messages_ready,messages_unacknowledged";

  private static final String STATISTICS_COLUMNS =
      "columns=name,message_stats.ack,message_stats.deliver_no_ack,message_stats.get_no_ack";

  private static final ManagementApiRequest ALARMS =
      ManagementApiRequest.get("/api/health/checks/alarms");
  private static final ManagementApiRequest CHANNELS =
      ManagementApiRequest.get(
          "/api/vhosts/%2F/channels?columns=connection_details.peer_host,messages_unacknowledged");

  /** So many nodes that do not answer are enough to know nothing of the load. */
  private static final int ASKED_FOR_LOAD = 2;

  private final HttpClient http;
  private final List<URI> endpoints;
  private final String username;
  private final String password;

  /**
   * @param endpoints management URLs of the broker's nodes, such as http://10.1.2.3:15672, in the
   *     order in which they are tried
   */
  public ManagementApiBrokerClient(
      HttpClient http, List<URI> endpoints, String username, String password) {
    this.http = http;
    this.endpoints = List.copyOf(endpoints);
    this.username = username;
    this.password = password;
  }

  @Override
  public BrokerObservation observe() {
    try {
      return askInTurn(
          endpoints, EnumSet.of(Kind.UNAVAILABLE, Kind.FAILED, Kind.REFUSED), this::observeAt);
    } catch (BrokerException e) {
      return new Unreachable(e.getMessage());
    }
  }

  @Override
  public void apply(BrokerAction action) {
    askInTurn(
        endpoints,
        EnumSet.of(Kind.UNAVAILABLE, Kind.FAILED),
        endpoint -> applyAt(endpoint, action));
  }

  private Void applyAt(URI endpoint, BrokerAction action) {
    switch (action) {
      case BrokerAction.Unbind unbind -> unbindAt(endpoint, unbind.binding());
      case BrokerAction.RemoveQueue remove -> removeQueueAt(endpoint, remove);
      case BrokerAction.RemovePolicy remove -> removeAt(endpoint, remove);
      case BrokerAction.RemoveExchange remove -> removeExchangeAt(endpoint, remove);
      case BrokerAction.RemoveMember remove -> removeMemberAt(endpoint, remove);
      case BrokerAction.EndMove end -> removeAt(endpoint, end);
      case BrokerAction.LetClientsIn let -> removeAt(endpoint, let);
      default -> ManagementApiRequest.of(action).forEach(request -> send(endpoint, request));
    }
    return null;
  }

  /**
   * A new member gets its messages by and by and has no vote until it has all of them. Without one
   * that has, the others may not hold what was confirmed, and RabbitMQ does not look.
   */
  private void removeMemberAt(URI endpoint, BrokerAction.RemoveMember remove) {
    String members = send(endpoint, ManagementApiRequest.members(remove.queue()));
    ManagementApiJson.withoutVote(members).stream()
        .filter(node -> !node.equals(remove.node()))
        .findFirst()
        .ifPresent(
            node -> {
              throw new BrokerException(
                  Kind.REFUSED, "its member on " + node + " does not have all messages yet");
            });
    ManagementApiRequest.of(remove).forEach(request -> send(endpoint, request));
  }

  @Override
  public QueueLoad load(Set<String> queues) {
    return askSome(
        endpoint ->
            ManagementApiJson.load(
                alarmsAt(endpoint),
                send(endpoint, ManagementApiRequest.getQueues(queues, LOAD_COLUMNS)),
                send(endpoint, ManagementApiRequest.getQueues(queues, STATISTICS_COLUMNS))));
  }

  @Override
  public Map<String, Long> unacknowledgedByAddress() {
    return askSome(endpoint -> ManagementApiJson.unacknowledgedByAddress(send(endpoint, CHANNELS)));
  }

  private <T> T askSome(Function<URI, T> question) {
    return askInTurn(
        endpoints.subList(0, Math.min(ASKED_FOR_LOAD, endpoints.size())),
        EnumSet.of(Kind.UNAVAILABLE, Kind.FAILED, Kind.REFUSED),
        question);
  }

  private Map<String, List<String>> alarmsAt(URI endpoint) {
    HttpResponse<String> response = exchange(endpoint, httpRequest(endpoint, ALARMS));
    if (response.statusCode() == HttpURLConnection.HTTP_UNAVAILABLE) {
      return ManagementApiJson.alarms(response.body());
    }
    requireSuccess(endpoint, response);
    return Map.of();
  }

  private BrokerObservation observeAt(URI endpoint) {
    JsonNode all = ManagementApiJson.tree(send(endpoint, DEFINITIONS));
    BrokerDefinitions definitions = ManagementApiJson.definitions(all);
    return new Reachable(
        definitions,
        ManagementApiJson.nodes(send(endpoint, NODES), alarmsAt(endpoint)),
        queuesAt(endpoint, definitions),
        ManagementApiJson.declared(all),
        ManagementApiJson.moves(all),
        ManagementApiJson.closed(all));
  }

  private Map<String, QueueState> queuesAt(URI endpoint, BrokerDefinitions definitions) {
    String totals = send(endpoint, QUEUE_TOTALS);
    boolean streams =
        definitions.queues().values().stream().anyMatch(q -> q.type().equals("stream"));
    return streams
        ? ManagementApiJson.queues(totals, send(endpoint, QUEUE_COPIES))
        : ManagementApiJson.queues(totals);
  }

  private void unbindAt(URI endpoint, Binding binding) {
    String between =
        sendIfThere(endpoint, ManagementApiRequest.bindingsBetween(binding)).orElse("[]");
    ManagementApiJson.propertiesKey(between, binding)
        .ifPresent(key -> sendIfThere(endpoint, ManagementApiRequest.unbind(binding, key)));
  }

  /**
   * Only classic queues can be told to go if they are empty; so it is looked at last, and at what
   * is true now.
   */
  private void removeQueueAt(URI endpoint, BrokerAction.RemoveQueue remove) {
    Optional<String> there = sendIfThere(endpoint, ManagementApiRequest.queue(remove.queue()));
    if (there.isPresent() && remove.onlyIfEmpty()) {
      obstacle(endpoint, remove.queue(), there.get())
          .ifPresent(
              because -> {
                throw new BrokerException(
                    Kind.IN_USE, because + ", and its onDelete is DeleteIfEmpty");
              });
    }
    removeAt(endpoint, remove);
  }

  private Optional<String> obstacle(URI endpoint, String queue, String counts) {
    if (ManagementApiJson.unacknowledged(counts) > 0) {
      return Optional.of("It has unacknowledged messages");
    }
    Optional<AmqpQueue> now = AmqpQueue.read(endpoint.getHost(), username, password, queue);
    if (now.isEmpty()) {
      return Optional.of("Whether it is empty is not known");
    }
    if (!now.get().empty()) {
      return Optional.of("It has messages");
    }
    return now.get().consumers() > 0 ? Optional.of("It has consumers") : Optional.empty();
  }

  /**
   * Looked at first: RabbitMQ also refuses by itself to delete one in use, but with an error
   * without words when the name is not in Latin letters.
   */
  private void removeExchangeAt(URI endpoint, BrokerAction.RemoveExchange remove) {
    String bindings =
        sendIfThere(endpoint, ManagementApiRequest.bindingsFrom(remove.exchange())).orElse("[]");
    if (!ManagementApiJson.isEmptyList(bindings)) {
      throw new BrokerException(Kind.IN_USE, "It has bindings that this resource did not declare");
    }
    removeAt(endpoint, remove);
  }

  private void removeAt(URI endpoint, BrokerAction removal) {
    ManagementApiRequest.of(removal).forEach(request -> sendIfThere(endpoint, request));
  }

  /** The first endpoint's result that is not a failure of the kinds that another may not have. */
  private static <T> T askInTurn(
      List<URI> endpoints, Set<Kind> tryNextAfter, Function<URI, T> question) {
    List<BrokerException> failures = new ArrayList<>();
    for (URI endpoint : endpoints) {
      try {
        return question.apply(endpoint);
      } catch (BrokerException e) {
        if (!tryNextAfter.contains(e.kind()) || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        failures.add(e);
      }
    }
    throw new BrokerException(
        kindOf(failures),
        failures.isEmpty()
            ? "The broker has no node to ask"
            : failures.stream().map(BrokerException::getMessage).collect(joining("; ")));
  }

  /** One that did not answer in time may still be at it. */
  private static Kind kindOf(List<BrokerException> failures) {
    boolean tried = failures.stream().anyMatch(failure -> failure.kind() == Kind.FAILED);
    boolean stillTries =
        failures.stream().anyMatch(failure -> failure.getCause() instanceof TimeoutException);
    return tried && !stillTries ? Kind.FAILED : Kind.UNAVAILABLE;
  }

  private String send(URI endpoint, ManagementApiRequest request) {
    return successful(endpoint, exchange(endpoint, httpRequest(endpoint, request)));
  }

  /** The answer; empty when what the request is about is not there. */
  private Optional<String> sendIfThere(URI endpoint, ManagementApiRequest request) {
    HttpResponse<String> response = exchange(endpoint, httpRequest(endpoint, request));
    return response.statusCode() == HttpURLConnection.HTTP_NOT_FOUND
        ? Optional.empty()
        : Optional.of(successful(endpoint, response));
  }

  private static String successful(URI endpoint, HttpResponse<String> response) {
    requireSuccess(endpoint, response);
    return response.body();
  }

  private static void requireSuccess(URI endpoint, HttpResponse<String> response) {
    if (response.statusCode() / 100 != 2) {
      throw failure(endpoint, response);
    }
  }

  private HttpResponse<String> exchange(URI endpoint, HttpRequest request) {
    CompletableFuture<HttpResponse<String>> response =
        http.sendAsync(request, BodyHandlers.ofString());
    try {
      // HttpRequest's own timeout ends with the headers: a node that stalls later would block us.
      return response.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unavailable(endpoint, e);
    } catch (ExecutionException e) {
      throw unavailable(endpoint, e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException(Kind.UNAVAILABLE, "Interrupted while asking " + name(endpoint), e);
    } finally {
      response.cancel(true);
    }
  }

  private HttpRequest httpRequest(URI endpoint, ManagementApiRequest request) {
    return HttpRequest.newBuilder(endpoint.resolve(request.path()))
        // Without TLS, HTTP/2 would start with an upgrade that no part of this needs.
        .version(HttpClient.Version.HTTP_1_1)
        .header("Authorization", basic(username, password))
        .header("Content-Type", "application/json")
        .method(request.method(), body(request))
        .build();
  }

  private static BodyPublisher body(ManagementApiRequest request) {
    return request.body().isEmpty()
        ? BodyPublishers.noBody()
        : BodyPublishers.ofString(ManagementApiJson.write(request.body()));
  }

  private static BrokerException failure(URI endpoint, HttpResponse<String> response) {
    int status = response.statusCode();
    ManagementApiJson.ErrorBody body = ManagementApiJson.error(response.body());
    String answer = name(endpoint) + " answered with HTTP status " + status;
    if (status == 401 && !isRefusal(body)) {
      return new BrokerException(
          Kind.UNAUTHORIZED, name(endpoint) + " does not accept the operator's credentials");
    }
    if (status / 100 == 4) {
      return new BrokerException(Kind.REFUSED, body.reason().isEmpty() ? answer : body.reason());
    }
    return new BrokerException(
        status == HttpURLConnection.HTTP_INTERNAL_ERROR ? Kind.FAILED : Kind.UNAVAILABLE,
        body.reason().isEmpty() ? answer : answer + ": " + body.reason());
  }

  /** RabbitMQ tells a forbidden thing from a wrong password by one letter. */
  private static boolean isRefusal(ManagementApiJson.ErrorBody body) {
    return body.error().equals("not_authorised") || body.reason().equals("Access refused.");
  }

  private static BrokerException unavailable(URI endpoint, Throwable cause) {
    String what =
        switch (cause) {
          case TimeoutException e -> " did not answer within " + TIMEOUT.toSeconds() + " s";
          case HttpTimeoutException e -> " could not be connected to in time";
          case ConnectException e -> " could not be connected to";
          default -> " broke off the connection";
        };
    return new BrokerException(Kind.UNAVAILABLE, name(endpoint) + what, cause);
  }

  private static String name(URI endpoint) {
    return endpoint.getHost() + ":" + endpoint.getPort();
  }

  private static String basic(String username, String password) {
    byte[] credentials = (username + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }
}
