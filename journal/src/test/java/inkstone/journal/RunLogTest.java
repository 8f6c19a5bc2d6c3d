package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {

  private static String lines(Event... events) {
    return Arrays.stream(events)
        .map(e -> Lines.write(new Recorded(Instant.EPOCH, e)) + "\n")
        .collect(Collectors.joining());
  }

  private static List<Event> read(Event... events) {
    return RunLog.parse(lines(events), EventTypes.standard()).all(Event.class);
  }

  private static Event moon(long step) {
    return new Unknown("moon", Lines.MAPPER.createObjectNode().put("step", step));
  }

  @Test
  void resumeCancelsWhatIsDoneAgain() {
    assertEquals(
        List.of(
            new DecayStarted(1),
            new Sampled(2, "", "b"),
            Noted.info("no step"),
            new Resumed(2),
            new Sampled(3, "", "again")),
        read(
            new DecayStarted(1),
            new Sampled(2, "", "b"),
            Noted.info("no step"),
            new Sampled(3, "", "c"),
            moon(3),
            new Resumed(2),
            new Sampled(3, "", "again")));
  }

  @Test
  void unknownEventsUpToTheResumedStepStay() {
    assertEquals(
        List.of(moon(1), moon(2), new Resumed(2), moon(3)).toString(),
        read(moon(1), moon(2), moon(3), new Resumed(2), moon(3)).toString());
  }

  @Test
  void anEarlierResumeCancelsALaterOne() {
    assertEquals(
        List.of(new DecayStarted(1), new Resumed(1), new DecayStarted(2)),
        read(
            new DecayStarted(1),
            new DecayStarted(5),
            new Resumed(4),
            new DecayStarted(6),
            new Resumed(1),
            new DecayStarted(2)));
  }

  @Test
  void afterAnyResumesTheStepsAreThoseOfAnUninterruptedRun() {
    var seed = System.nanoTime();
    var random = new Random(seed);
    for (var round = 0; round < 200; round++) {
      var events = new ArrayList<Event>();
      var step = 0L;
      while (step < 20) {
        if (random.nextInt(5) == 0) {
          step = random.nextLong(step + 1);
          events.add(new Resumed(step));
        } else {
          events.add(new DecayStarted(++step));
        }
      }
      var steps =
          RunLog.parse(lines(events.toArray(Event[]::new)), EventTypes.standard())
              .all(DecayStarted.class)
              .stream()
              .map(DecayStarted::step)
              .toList();
      var expected = new ArrayList<Long>();
      for (var s = 1L; s <= 20; s++) {
        expected.add(s);
      }
      assertEquals(expected, steps, "seed " + seed);
    }
  }

  @Test
  void lastFindAndAll() {
    var log =
        RunLog.parse(
            lines(
                new Evaluated(1, "held_out", 3, 2.5, 10, 1),
                new Evaluated(2, "held_out", 3, 2.25, 10, 1),
                new DecayStarted(2)),
            EventTypes.standard());
    assertEquals(2.25, log.last(Evaluated.class).bitsPerByte());
    assertEquals(2, log.all(Evaluated.class).size());
    assertTrue(log.find(Finished.class).isEmpty());
    var error = assertThrows(JournalException.class, () -> log.last(BaselineMeasured.class));
    assertEquals("the run has no event \"baseline_measured\" so far", error.getMessage());
  }

  @Test
  void badLinesAreLeftOutWithANote() {
    var text = lines(new DecayStarted(1)) + "oops\n\n" + lines(new DecayStarted(2)) + "{\"type";
    var log = RunLog.parse(text, EventTypes.standard());
    assertEquals(List.of(new DecayStarted(1), new DecayStarted(2)), log.all(Event.class));
    assertEquals(
        List.of(
            "line 2 is not an event and was left out", "line 5, the last, is cut and was left out"),
        log.notes());
  }

  @Test
  void everyPrefixCanBeRead(@TempDir Path folder) throws IOException {
    var bytes =
        lines(new Sampled(1, "论语", "学而时习之"), new DecayStarted(2)).getBytes(StandardCharsets.UTF_8);
    var file = folder.resolve("other.jsonl");
    for (var n = 0; n <= bytes.length; n++) {
      Files.write(file, Arrays.copyOf(bytes, n));
      var log = RunLog.read(file);
      assertTrue(log.events().size() <= 2);
    }
    assertEquals(2, RunLog.read(file).events().size());
  }

  @Test
  void aMissingJournalIsNamed(@TempDir Path folder) {
    var error = assertThrows(JournalException.class, () -> RunLog.read(folder));
    assertTrue(String.valueOf(error.getMessage()).contains("run.jsonl"), error.getMessage());
    assertThrows(JournalException.class, () -> RunLog.read(folder.resolve("none")));
  }

  @Test
  void theLogCannotBeChanged() {
    var log = RunLog.parse(lines(new DecayStarted(1)), EventTypes.standard());
    assertThrows(UnsupportedOperationException.class, () -> log.events().clear());
  }
}
