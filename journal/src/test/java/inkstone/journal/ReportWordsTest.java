package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReportWordsTest {

  private static String resource(String name) throws IOException {
    try (var in = ReportWordsTest.class.getResourceAsStream(name)) {
      assertTrue(in != null, name);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Set<String> found(String text, String pattern) {
    var found = new TreeSet<String>();
    Pattern.compile(pattern).matcher(text).results().forEach(m -> found.add(m.group(1)));
    return found;
  }

  /** Keys of the object, with the texts taken out first. */
  private static Set<String> keys(String words) {
    return found(words.replaceAll("\"[^\"]*\"", "\"\""), "(\\w+):");
  }

  @Test
  void bothLanguagesHaveEveryWordAndNoOther() throws IOException {
    var words = resource("report.words.js");
    var split = words.indexOf("\n  zh: {");
    var english = keys(words.substring(words.indexOf("en: {") + 5, split));
    var chinese = keys(words.substring(split + 8));
    assertEquals(english, chinese);
    var used = found(resource("report.js"), "\\bW\\.(\\w+)");
    var missing = new TreeSet<>(used);
    missing.removeAll(english);
    assertEquals(Set.of(), missing);
    var idle = new TreeSet<>(english);
    idle.removeAll(used);
    // Looked up by a value of the data: the reasons of an end, the levels of a note.
    idle.removeAll(Set.of("done", "finished", "interrupted", "warning", "info"));
    assertEquals(Set.of(), idle);
  }

  @Test
  void chineseIsWhereItShouldBe() throws IOException {
    var words = resource("report.words.js");
    var split = words.indexOf("\n  zh: {");
    var han = Pattern.compile("\\p{IsHan}");
    assertFalse(han.matcher(words.substring(0, split)).find());
    assertTrue(han.matcher(words.substring(split)).results().count() > 300);
    assertFalse(han.matcher(resource("report.js")).find(), "words live in their own file");
  }
}
