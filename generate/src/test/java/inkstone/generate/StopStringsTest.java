package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StopStringsTest {

  @Test
  void withoutStopStringsAllPassesAtOnce() {
    var stops = new StopStrings(List.of());
    assertEquals("abc", stops.accept("abc"));
    assertEquals("", stops.finish());
    assertFalse(stops.stopped());
  }

  @Test
  void aPossibleBeginningIsHeldBack() {
    var stops = new StopStrings(List.of("END"));
    assertEquals("say ", stops.accept("say E"));
    assertEquals("", stops.accept("N"));
    assertEquals("ENE", stops.accept("EEN"));
    assertEquals("", stops.accept("D after"));
    assertTrue(stops.stopped());
    assertEquals("", stops.accept("more"));
    assertEquals("", stops.finish());
  }

  @Test
  void whatWasHeldComesAtTheEnd() {
    var stops = new StopStrings(List.of("END", "\n\n"));
    assertEquals("a", stops.accept("a\n"));
    assertEquals("\n", stops.finish());
    assertEquals("", stops.finish());
  }

  @Test
  void aWholeStopStringInOnePiece() {
    var stops = new StopStrings(List.of("x", "END"));
    assertEquals("one ", stops.accept("one END x"));
    assertTrue(stops.stopped());
  }

  @Test
  void theFirstToBeCompleteCounts() {
    var stops = new StopStrings(List.of("abcde", "bcd"));
    assertEquals("a", stops.accept("abcde"));
    var together = new StopStrings(List.of("cd", "bcd", "d"));
    assertEquals("a", together.accept("abcd"));
  }

  @Test
  void theLongestBeginningIsHeld() {
    var stops = new StopStrings(List.of("b!", "aab?"));
    assertEquals("x", stops.accept("xaab"));
    assertEquals("aab.", stops.accept("."));
  }

  @Test
  void noPartingChangesTheText() {
    for (int seed = 0; seed < 3_000; seed++) {
      var random = new SplittableRandom(seed);
      var all = letters(random, random.nextInt(14));
      var stops = new ArrayList<String>();
      for (int n = random.nextInt(4); n > 0; n--) {
        stops.add(letters(random, 1 + random.nextInt(4)));
      }
      var filter = new StopStrings(stops);
      var text = new StringBuilder();
      for (int at = 0; at < all.length(); ) {
        int next = Math.min(all.length(), at + random.nextInt(4));
        text.append(filter.accept(all.substring(at, next)));
        at = next;
      }
      text.append(filter.finish());
      assertEquals(reference(all, stops), text.toString(), "seed " + seed);
    }
  }

  /** Letter by letter: where a stop string ends the text so far, the longest such is cut off. */
  private static String reference(String all, List<String> stops) {
    for (int end = 1; end <= all.length(); end++) {
      var soFar = all.substring(0, end);
      int cut = stops.stream().filter(soFar::endsWith).mapToInt(String::length).max().orElse(0);
      if (cut > 0) {
        return soFar.substring(0, end - cut);
      }
    }
    return all;
  }

  private static String letters(SplittableRandom random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("ab".charAt(random.nextInt(2)));
    }
    return text.toString();
  }
}
