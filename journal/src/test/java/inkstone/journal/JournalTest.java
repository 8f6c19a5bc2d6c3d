package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T10:00:00.123456Z"), ZoneOffset.UTC);

  @TempDir Path folder;

  private Journal open() {
    return Journal.open(folder, CLOCK, List.of());
  }

  private String text() throws IOException {
    return Files.readString(folder.resolve("run.jsonl"));
  }

  private static String decay(long step) {
    return "{\"type\":\"decay_started\",\"time\":\"2026-03-01T10:00:00.123Z\",\"step\":"
        + step
        + "}\n";
  }

  private static String note(int bytes, Path folder) {
    return "{\"type\":\"noted\",\"time\":\"2026-03-01T10:00:00.123Z\",\"level\":\"warning\","
        + "\"message\":\"removed a cut last line of "
        + bytes
        + " bytes from "
        + folder.resolve("run.jsonl")
        + "\"}\n";
  }

  @Test
  void appendsLinesAndMakesTheFolder() throws IOException {
    var deep = folder.resolve("a/b");
    try (var journal = Journal.open(deep, CLOCK, List.of())) {
      journal.emit(new DecayStarted(1));
      assertEquals(decay(1), Files.readString(deep.resolve("run.jsonl")), "readable at once");
    }
    try (var journal = Journal.open(deep, CLOCK, List.of())) {
      journal.emit(new DecayStarted(2));
    }
    assertEquals(decay(1) + decay(2), Files.readString(deep.resolve("run.jsonl")));
  }

  @Test
  void tellsListenersInOrderWhatWasWritten() {
    var told = new ArrayList<Recorded>();
    try (var journal = Journal.open(folder, told::add, r -> told.add(r))) {
      journal.emit(new DecayStarted(1));
    }
    assertEquals(2, told.size());
    assertEquals(RunLog.read(folder).events(), List.of(told.getFirst()));
    assertEquals(told.getFirst(), told.getLast());
  }

  @Test
  void mendsALineCutAtEveryByte() throws IOException {
    var whole = decay(1);
    var cut = decay(2);
    for (var n = 1; n < cut.length() - 1; n++) {
      Files.writeString(folder.resolve("run.jsonl"), whole + cut.substring(0, n));
      assertEquals(List.of(new DecayStarted(1)), RunLog.read(folder).all(Event.class));
      assertEquals(
          List.of("line 2, the last, is cut and was left out"), RunLog.read(folder).notes());
      try (var journal = open()) {
        journal.emit(new DecayStarted(3));
      }
      assertEquals(whole + note(n, folder) + decay(3), text(), "cut after " + n);
    }
  }

  @Test
  void aLineThatLacksOnlyItsLineFeedIsKept() throws IOException {
    Files.writeString(folder.resolve("run.jsonl"), decay(1) + decay(2).strip());
    assertEquals(2, RunLog.read(folder).events().size());
    try (var journal = open()) {
      journal.emit(new DecayStarted(3));
    }
    assertEquals(decay(1) + decay(2) + decay(3), text());
  }

  @Test
  void mendsAFileThatIsNothingButACutLine() throws IOException {
    Files.writeString(folder.resolve("run.jsonl"), "{\"ty");
    open().close();
    assertEquals(note(4, folder), text());
  }

  @Test
  void mendsCutsLongerThanABlock() throws IOException {
    for (var n : List.of(8191, 8192, 8193, 20000)) {
      Files.writeString(folder.resolve("run.jsonl"), decay(1) + "x".repeat(n));
      open().close();
      assertEquals(decay(1) + note(n, folder), text());
    }
  }

  @Test
  void aSecondWriterIsRefused() {
    try (var first = open()) {
      first.emit(new DecayStarted(1));
      var error = assertThrows(JournalException.class, this::open);
      assertTrue(
          String.valueOf(error.getMessage()).contains("another run is writing"),
          error.getMessage());
    }
    open().close();
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    var file = Files.writeString(folder.resolve("plain"), "");
    var error = assertThrows(JournalException.class, () -> Journal.open(file));
    assertTrue(String.valueOf(error.getMessage()).contains("plain"), error.getMessage());
  }

  @Test
  void emitAfterCloseIsAnErrorAndCloseTwiceIsNot() {
    var journal = open();
    journal.close();
    journal.close();
    assertThrows(JournalException.class, () -> journal.emit(new DecayStarted(1)));
  }

  @Test
  void aFullDiskIsToldAndTheListenersAreNot() throws IOException {
    var full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full), "no /dev/full here");
    Files.createSymbolicLink(folder.resolve("run.jsonl"), full);
    var told = new ArrayList<Recorded>();
    try (var channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
      assertThrows(IOException.class, () -> channel.write(ByteBuffer.allocate(1)));
    }
    var journal = Journal.open(folder, told::add);
    var error = assertThrows(JournalException.class, () -> journal.emit(new DecayStarted(1)));
    assertTrue(String.valueOf(error.getMessage()).contains("No space left"), error.toString());
    assertEquals(List.of(), told);
    Files.delete(folder.resolve("run.jsonl"));
  }

  @Test
  void linesOfSeveralThreadsNeverMix() throws Exception {
    try (var journal = open()) {
      var threads =
          IntStream.range(0, 4)
              .mapToObj(
                  t ->
                      Thread.ofPlatform()
                          .start(
                              () ->
                                  IntStream.range(0, 100)
                                      .forEach(i -> journal.emit(new DecayStarted(t * 100 + i)))))
              .toList();
      for (var thread : threads) {
        thread.join();
      }
    }
    var log = RunLog.read(folder);
    assertEquals(List.of(), log.notes());
    assertEquals(
        IntStream.range(0, 400).mapToObj(Long::valueOf).toList(),
        log.all(DecayStarted.class).stream().map(e -> e.step() + 0L).sorted().toList());
  }

  @Test
  void aKilledWriterLeavesWholeLinesButTheLast() throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                Writer.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    var file = folder.resolve("run.jsonl");
    for (var i = 0; i < 1000 && (!Files.exists(file) || Files.size(file) < 20_000); i++) {
      Thread.sleep(10);
    }
    process.destroyForcibly().waitFor();
    var steps = RunLog.read(folder).all(DecayStarted.class);
    assertTrue(steps.size() > 100, "wrote " + steps.size());
    assertEquals(steps.size(), steps.getLast().step());
    open().close();
    assertEquals(
        steps.size(), Arrays.stream(text().split("\n")).filter(l -> l.contains("decay")).count());
  }

  /** Writes for ever. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) {
      try (var journal = Journal.open(Path.of(args[0]))) {
        for (var i = 1L; ; i++) {
          journal.emit(new DecayStarted(i));
        }
      }
    }
  }
}
