package dev.warren.operator.plan.certificates;

import static dev.warren.operator.plan.certificates.CertificateWorld.NAMES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.api.v1alpha1.TlsSpec.Clients;
import dev.warren.operator.certificates.ForeignCertificates;
import dev.warren.operator.observation.GivenSecret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Certificates and CAs are renewed for days, by operators that are killed anywhere, with nodes that
 * read their files late, are away or are replaced. At no moment there are two that must trust each
 * other and do not.
 */
class RotationPropertyTest {

  private static final Duration STEP = Duration.ofSeconds(30);

  @Property(tries = 6)
  void nobodyEverRefusesAnother(@ForAll Random random, @ForAll Clients clients) {
    CertificateWorld world = world(clients);
    Set<String> authorities = new HashSet<>();
    int next = 3;
    int away = -1;
    for (int step = 0; step < 2500; step++) {
      world.advance(STEP);
      world.assertTrust();
      Duration delay = Duration.ofSeconds(random.nextInt(240));
      int limit = random.nextInt(4) == 0 ? random.nextInt(8) : Integer.MAX_VALUE;
      if (random.nextInt(10) > 0) {
        world.pass(limit, delay);
      }
      world.assertTrust();
      authorities.add(world.texts(NAMES.nodesAuthoritySecret()).get("tls.crt"));
      List<Integer> numbers = new ArrayList<>(world.numbers());
      switch (random.nextInt(60)) {
        case 0 -> world.restart(numbers.get(random.nextInt(numbers.size())));
        case 1 -> {
          if (away < 0) {
            away = numbers.get(random.nextInt(numbers.size()));
            world.setReachable(away, false);
          }
        }
        case 2, 3, 4, 5, 6, 7, 8 -> {
          if (away >= 0 && world.numbers().contains(away)) {
            world.setReachable(away, true);
          }
          away = -1;
        }
        case 9 -> {
          int gone = numbers.getFirst();
          world.remove(gone);
          away = away == gone ? -1 : away;
          world.pass(Integer.MAX_VALUE, delay, next);
          world.start(next++);
        }
        case 10 -> world.request = java.util.Optional.of("leaves");
        case 11 -> world.request = java.util.Optional.empty();
        default -> {
          // Nothing happens.
        }
      }
      world.assertTrust();
    }
    assertThat(authorities).as("the CAs of 21 hours").hasSizeBetween(3, 5);
  }

  @Property(tries = 6)
  void aLostAuthorityIsReplacedWithoutABreak(@ForAll Random random, @ForAll Clients clients) {
    CertificateWorld world = world(clients);
    String before = world.texts(NAMES.nodesAuthoritySecret()).get("tls.crt");
    world.deleteSecret(NAMES.nodesAuthoritySecret());
    world.deleteSecret(NAMES.clientsAuthoritySecret());
    for (int step = 0; step < 100; step++) {
      world.pass(random.nextInt(3) == 0 ? random.nextInt(5) : 99, Duration.ofSeconds(20));
      world.assertTrust();
      world.advance(STEP);
      world.assertTrust();
    }
    assertThat(world.files(0).get("ca.crt"))
        .isEqualTo(world.texts(NAMES.nodesAuthoritySecret()).get("ca.crt"))
        .isEqualTo(world.texts(NAMES.nodesAuthoritySecret()).get("tls.crt"))
        .isNotEqualTo(before);
    assertThat(world.plan(List.of()).actions()).isEmpty();
  }

  @Example
  void anOperatorThatWasAwayForTooLongRepairsEverything() {
    for (Duration away : List.of(Duration.ofHours(2), Duration.ofHours(11))) {
      CertificateWorld world = world(Clients.Optional);
      world.advance(away);
      for (int step = 0; step < 40; step++) {
        world.pass();
        world.advance(STEP);
      }
      world.assertTrust();
      assertThat(world.plan(List.of()).actions()).as("after %s", away).isEmpty();
    }
  }

  static CertificateWorld world(Clients clients) {
    CertificateWorld world = new CertificateWorld(CertificateWorld.shortLives(clients));
    world.given.put(
        "ca",
        new GivenSecret.Found(
            Map.of(
                "ca.crt",
                Base64.getEncoder()
                    .encodeToString(
                        ForeignCertificates.root(world.now, "clients")
                            .certificate()
                            .getBytes(StandardCharsets.UTF_8)))));
    world.pass(Integer.MAX_VALUE, Duration.ZERO, 0, 1, 2);
    List.of(0, 1, 2).forEach(world::start);
    world.assertTrust();
    return world;
  }
}
