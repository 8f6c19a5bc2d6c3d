package inkstone.words;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class PhrasesTest {

  private static RawText text(String lines) {
    var text = new RawText();
    Splitter.SPACES.split(lines, text::add, text::end);
    text.end();
    return text;
  }

  private static String joined(RawText text) {
    var out = new StringBuilder();
    var tokens = text.tokens();
    for (long at = 0; at < tokens.size(); at++) {
      int word = tokens.get(at);
      out.append(word == Tokens.END ? "\n" : text.word(word) + " ");
    }
    return out.toString().replace(" \n", "\n");
  }

  private static String resource(String name) throws IOException {
    try (var in = PhrasesTest.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  /** phrases.txt is what word2phrase, the program in C, makes of text.txt. */
  @Test
  void phrasesAreThoseOfTheFirstProgram() throws IOException {
    // The program joins these two behind a line's end, though by its own formula they score 0.
    var expected =
        resource("phrases.txt")
            .lines()
            .map(line -> line.strip().replace("module_path", "module path"))
            .toList();
    var ours = joined(Phrases.join(text(resource("text.txt")), 60, 2)).lines().toList();
    assertTrue(expected.stream().anyMatch(line -> line.contains("_")));
    assertEquals(expected, ours);
  }

  @Test
  void theScoreIsThePapers() {
    assertEquals((8.0 - 3) / 10 / 20 * 1000, Phrases.score(8, 10, 20, 1000, 3), 1e-12);
    assertEquals(0, Phrases.score(2, 2, 20, 1000, 3));
  }

  @Test
  void aSecondPassJoinsWhatTheFirstMade() {
    var text = text("new york times\n".repeat(30) + "a b c d e f\n".repeat(40));
    var once = Phrases.join(text, 5, 2);
    assertTrue(joined(once).startsWith("new_york times\n"), joined(once));
    var twice = Phrases.join(once, 5, 2);
    assertTrue(joined(twice).startsWith("new_york_times\n"), joined(twice));
    assertEquals(30, twice.count(0));
  }

  @Test
  void rareWordsGoAndEmptySentencesWithThem() {
    var material = text("b a a\nrare\na b b b\n").material(2, 0);
    assertEquals(java.util.List.of("b", "a"), material.vocabulary().words());
    assertEquals(7, material.vocabulary().total());
    var tokens = material.tokens();
    var out = new StringBuilder();
    for (long at = 0; at < tokens.size(); at++) {
      out.append(tokens.get(at)).append(' ');
    }
    assertEquals("0 1 1 -1 1 0 0 0 -1 ", out.toString());
    assertEquals(1, text("b a a\n").material(1, 1).vocabulary().size());
  }
}
