package inkstone.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContenderTest {

  private static final String READY = "{\"ready\":true,\"parameters\":5}";

  @TempDir Path folder;

  private static Contender start(Path script) throws IOException {
    return Contender.start("the peer", List.of(script.toString()), variables -> {});
  }

  private static String complaint(Contender contender) {
    return assertThrows(BenchException.class, () -> contender.round(1)).getMessage();
  }

  @Test
  void aGoodOneIsUnderstood() throws IOException {
    try (var peer = start(Script.worker(folder.resolve("good"), READY, Script.LAP))) {
      assertEquals(5, peer.ready().path("parameters").asLong());
      var lap = peer.round(0.5);
      assertEquals(new Lap(20, 2.0, 4.5, OptionalLong.of(7)), lap);
      assertEquals(10, lap.tokensPerSecond());
    }
  }

  @Test
  void memoryMayBeUnknown() throws IOException {
    var answer = "echo '{\"tokens\":1,\"seconds\":0.5,\"loss\":1,\"resident_bytes\":null}'";
    try (var peer = start(Script.worker(folder.resolve("p"), READY, answer))) {
      peer.ready();
      assertEquals(OptionalLong.empty(), peer.round(1).residentBytes());
    }
  }

  @Test
  void oneThatDiesIsToldWithItsLastWords() throws IOException {
    var dies = "echo first >&2; echo 'out of memory' >&2; exit 3";
    try (var peer = start(Script.worker(folder.resolve("p"), READY, dies))) {
      peer.ready();
      assertEquals(
          "the peer, asked 'round 1.0', ended with exit code 3; its last words:\n"
              + "  first\n  out of memory",
          complaint(peer));
    }
  }

  @Test
  void onlyTheLastLinesAreTold() throws IOException {
    var script = Script.write(folder.resolve("p"), "seq 1 500 >&2", "exit 1");
    try (var peer = start(script)) {
      var told = assertThrows(BenchException.class, peer::ready).getMessage();
      assertTrue(told.startsWith("the peer, at its start, ended with exit code 1"), told);
      assertTrue(told.endsWith("\n  499\n  500"), told);
      assertFalse(told.contains("\n  400\n"), told);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "[1]",
        "{}",
        "{\"tokens\":0,\"seconds\":1}",
        "{\"tokens\":5,\"seconds\":0}",
        "{\"tokens\":\"5\",\"seconds\":1}"
      })
  void garbageIsShown(String answer) throws IOException {
    var script = Script.worker(folder.resolve("p"), READY, "echo '" + answer + "'");
    try (var peer = start(script)) {
      peer.ready();
      var told = complaint(peer);
      assertTrue(
          told.startsWith("the peer, asked 'round 1.0', gave an answer that is none: "), told);
      assertTrue(told.contains(answer), told);
      assertTrue(told.endsWith(" (it wrote no errors)"), told);
    }
  }

  @Test
  void theSidesTakeTurnsAndEveryOtherRoundThePeerBegins() throws IOException {
    var log = folder.resolve("log");
    var us = Script.worker(folder.resolve("us"), READY, "echo us >> '" + log + "'; " + Script.LAP);
    var slow = Script.LAP.replace("2.0", "4.0").replace(":7", ":21");
    var them = Script.worker(folder.resolve("them"), READY, "echo them >> '" + log + "'; " + slow);
    try (var ours = start(us);
        var theirs = start(them)) {
      ours.ready();
      theirs.ready();
      var told = new java.util.ArrayList<String>();
      var duel =
          Duel.fight(
              PairedRounds.Better.HIGHER, ours, Optional.of(theirs), new Rounds(3, 0.5), told::add);
      assertEquals(List.of("us", "them", "them", "us", "us", "them"), Files.readAllLines(log));
      assertEquals(List.of(2.0, 2.0, 2.0), duel.figures().ratios());
      assertEquals(OptionalDouble.of(3), duel.memoryRatio());
      assertEquals("round 1 of 3: ours 10.00 tokens/s, theirs 5.00, ratio 2.000", told.getFirst());
      assertEquals(3, told.size());
    }
  }
}
