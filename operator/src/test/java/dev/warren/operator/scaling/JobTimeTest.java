package dev.warren.operator.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.warren.operator.scaling.QueueReading.Known;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class JobTimeTest {

  private static final Known NONE = new Known(0, 0, 0);

  private final JobTime jobTime = new JobTime();
  private Sample last = sample(0, NONE);

  JobTimeTest() {
    jobTime.restart(last.at(), NONE);
  }

  @Test
  void isFromDeliveryToAcknowledgement() {
    held(10, 1, 0);
    held(70, 1, 0);
    assertThat(jobTime.seconds()).isEmpty();

    held(75, 0, 1);

    assertThat(jobTime.seconds().getAsDouble()).isEqualTo(65);
  }

  @Test
  void isTheMeanInAnyOrder() {
    held(10, 1, 0);
    held(15, 2, 0);

    // The second was held for 30 s and the first for 65.
    held(45, 1, 1);
    held(75, 0, 2);

    assertThat(jobTime.seconds().getAsDouble()).isCloseTo((30 + 65) / 2.0, offset(0.01));
  }

  @Test
  void isMeasuredAlthoughTheAcknowledgementIsCountedLater() {
    held(10, 1, 0);
    held(70, 0, 0);
    held(75, 0, 1);

    assertThat(jobTime.seconds().getAsDouble()).isEqualTo(65);
  }

  @Test
  void isMeasuredAlthoughTheAcknowledgementIsCountedEarlier() {
    held(10, 1, 0);
    held(70, 1, 1);
    held(75, 0, 1);
    held(100, 0, 1);

    assertThat(jobTime.seconds().getAsDouble()).isEqualTo(60);
  }

  @Test
  void aMessageThatIsRejectedDoesNotCount() {
    held(10, 1, 0);
    held(20, 0, 0);
    held(25, 0, 0);
    held(40, 1, 0);
    held(110, 0, 1);

    assertThat(jobTime.seconds().getAsDouble()).isEqualTo(70);
  }

  @Test
  void messagesHeldAtTheFirstSampleAreNotMeasured() {
    jobTime.restart(last.at(), new Known(0, 3, 0));
    last = sample(0, new Known(0, 3, 0));

    held(60, 0, 3);

    assertThat(jobTime.seconds()).isEmpty();
  }

  @Test
  void messagesBetweenTwoSamplesAreShort() {
    held(5, 1, 20);
    held(10, 1, 45);

    assertThat(jobTime.seconds().getAsDouble()).isLessThan(1);
  }

  @Test
  void thereIsSilenceWhileMessagesAreHeldAndNoneIsAcknowledged() {
    held(10, 2, 0);
    held(100, 2, 0);
    assertThat(jobTime.silence()).isEqualTo(90);

    held(105, 1, 1);
    assertThat(jobTime.silence()).isZero();

    held(110, 0, 2);
    held(200, 0, 2);
    assertThat(jobTime.silence()).isZero();
  }

  /** What is read then; in between every 5 s what was read last. */
  private void held(int second, long unacknowledged, long acknowledged) {
    Known before = (Known) last.queue();
    for (int at = (int) last.at().getEpochSecond() + 5; at < second; at += 5) {
      observe(at, before);
    }
    observe(second, new Known(0, unacknowledged, acknowledged));
  }

  private void observe(int second, Known reading) {
    Sample sample = sample(second, reading);
    jobTime.observe(Interval.between(last, (Known) last.queue(), sample, reading));
    last = sample;
  }

  private static Sample sample(int second, Known reading) {
    return new Sample(Instant.EPOCH.plusSeconds(second), 2, 2, reading);
  }
}
