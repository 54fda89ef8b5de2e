package dev.warren.gateway.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.gateway.clients.Clients;
import dev.warren.gateway.clients.Door;
import dev.warren.gateway.clients.Refusals;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Requests reach the library unchanged and one at a time, in whatever pieces the bytes arrive. */
class ConnectionIntakePropertyTest {

  private record Request(String body, boolean isChunked) {

    String head(int number) {
      String path = "POST /" + number + " HTTP/1.1\r\n";
      return isChunked
          ? path + "Transfer-Encoding: chunked\r\n\r\n"
          : path + "Content-Length: " + body.length() + "\r\n\r\n";
    }

    String text(int number) {
      if (!isChunked) {
        return head(number) + body;
      }
      String chunk =
          body.isEmpty() ? "" : Integer.toHexString(body.length()) + ";a=b\r\n" + body + "\r\n";
      return head(number) + chunk + "0\r\nt: u\r\n\r\n";
    }
  }

  @Property
  void requestsAreUnchanged(
      @ForAll("requests") List<Request> requests,
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 60) Integer> cuts,
      @ForAll boolean answersLate) {
    Door door =
        new Door(new Clients(1 << 20, 1 << 20), new Refusals("p", new SimpleMeterRegistry()), 1024);
    door.limit(1, 1);
    TestLibrary library = new TestLibrary();
    EmbeddedChannel channel = library.connection();
    new ConnectionIntake(door, false, Duration.ofMinutes(1), outcome -> {}).addTo(channel);
    StringBuilder all = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      all.append(requests.get(i).text(i));
      expected.add("/" + i + " " + requests.get(i).body());
    }

    int sent = 0;
    for (int i = 0; sent < all.length(); i++) {
      int end = Math.min(all.length(), sent + cuts.get(i % cuts.size()));
      channel.writeInbound(Unpooled.copiedBuffer(all.substring(sent, end), ISO_8859_1));
      sent = end;
      if (!answersLate) {
        answerAll(library, channel);
      }
    }
    answerAll(library, channel);

    assertThat(library.requests).isEqualTo(expected);
    channel.close();
    channel.releaseOutbound();
  }

  private static void answerAll(TestLibrary library, EmbeddedChannel channel) {
    int complete;
    do {
      assertThat(library.pending).isBetween(0, 1);
      complete = library.requests.size();
      if (library.pending == 1 && library.isComplete()) {
        library.answer();
      }
      channel.runPendingTasks();
    } while (library.requests.size() > complete);
    if (library.pending == 1 && library.isComplete()) {
      library.answer();
      channel.runPendingTasks();
    }
  }

  @Provide
  Arbitrary<List<Request>> requests() {
    Arbitrary<String> bodies =
        Arbitraries.strings()
            .withChars('a', 'b', '\r', '\n', '0', ':', ' ')
            .ofMinLength(0)
            .ofMaxLength(30);
    return Combinators.combine(bodies, Arbitraries.of(true, false))
        .as(Request::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }
}
