package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActualTest {

  private static final RunStarted STARTED =
      new RunStarted("c", "1", 1, new Machine("", "", "", 1, 1, "", "", ""), "");

  /** Events, one after as many seconds as is said before it. */
  private static Actual of(Object... secondsAndEvents) {
    var events = new ArrayList<Recorded>();
    var time = SampleRun.START;
    for (var i = 0; i < secondsAndEvents.length; i += 2) {
      time = time.plusSeconds((int) secondsAndEvents[i]);
      events.add(new Recorded(time, (Event) secondsAndEvents[i + 1]));
    }
    return Actual.of(new RunLog(events, List.of()));
  }

  private static Step step(long step, double speed) {
    return new Step(step, step * 10, 1, 1, 1, speed, speed / 100);
  }

  @Test
  void nothingIsKnownOfNothing() {
    assertEquals(new Actual(null, null, null, null, null, null, null, 1), of());
  }

  @Test
  void tellsWhatWasDone() {
    assertEquals(
        new Actual(99L, 30L, 3L, 2.0, 20.0, 0.2, "done", 1),
        of(
            0,
            STARTED,
            1,
            new NetworkBuilt("llama", 99),
            9,
            step(1, 30),
            10,
            step(2, 20),
            10,
            step(3, 10),
            1,
            new Finished(3, "done", 120)));
  }

  @Test
  void theLongerOfFinishAndJournalCounts() {
    assertEquals(2.0, of(0, STARTED, 120, new Finished(0, "done", 60)).minutes());
  }

  @Test
  void timeBetweenProcessesDoesNotCount() {
    var actual = of(0, STARTED, 60, step(1, 1), 600, STARTED, 0, new Resumed(1), 120, step(2, 1));
    assertEquals(3.0, actual.minutes());
    assertEquals(2, actual.processes());
    assertNull(actual.reason());
    var interrupted =
        of(0, STARTED, 60, new Finished(0, "interrupted", 90), 600, STARTED, 30, step(1, 1));
    assertEquals(2.0, interrupted.minutes());
    assertNull(interrupted.reason(), "it goes on");
  }

  @Test
  void theReasonStaysWhenMoreIsSaidAfterTheEnd() {
    assertEquals("done", of(0, new Finished(1, "done", 1), 1, Noted.info("bye")).reason());
  }

  @Test
  void speedsThatAreNoNumbersAreLeftOutOfTheMedian() {
    assertEquals(5.0, of(0, step(1, Double.NaN), 1, step(2, 5)).tokensPerSecond());
    assertNull(of(0, step(1, Double.NaN)).tokensPerSecond());
  }
}
