package inkstone.train;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaterialTest {

  @TempDir Path folder;

  /** 200 documents of one line each. */
  private Recipe lines(String... overrides) throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      text.append("{\"text\": \"document 墨 %d\"}\n".formatted(i));
    }
    var file = Files.writeString(folder.resolve("lines.jsonl"), text);
    return TinyRun.recipe(file, overrides);
  }

  @Test
  void everyHeldOutByteIsThereOnceWithItsSeparators() throws IOException {
    var recipe = lines("data.split=document");
    var split = Material.split(recipe, Material.corpus(recipe), event -> {});
    try (var material = Material.prepare(recipe, split, folder.resolve("run"), event -> {})) {
      var text = new String(material.heldOut(), UTF_8);
      var documents = text.split("\n");
      assertTrue(documents.length >= 10 && documents.length <= 20, text);
      assertTrue(text.endsWith("\n"));
      assertTrue(Arrays.stream(documents).allMatch(d -> d.matches("document 墨 \\d+")), text);
      // Bytes are tokens here: a separator each, and one end of text before all.
      var ids = material.heldOutIds();
      assertEquals(material.heldOut().length + 1, ids.length);
      assertEquals(256, material.endOfText());
      assertEquals(256, ids[0]);
      for (int i = 0; i < material.heldOut().length; i++) {
        int expected = material.heldOut()[i] == '\n' ? 256 : material.heldOut()[i] & 0xFF;
        assertEquals(expected, ids[i + 1]);
      }
      var training = new String(Material.bytes(split.training(), 1 << 20), UTF_8);
      assertEquals(200, training.split("\n").length + documents.length);
      assertEquals(training.getBytes(UTF_8).length, material.tokens().size());
      for (var document : documents) {
        assertTrue(("\n" + training).indexOf("\n" + document + "\n") < 0, document);
      }
    }
  }

  @Test
  void heldOutTextHasABound() throws IOException {
    var recipe = lines("data={split: document, held_out_bytes: 30}");
    var split = Material.split(recipe, Material.corpus(recipe), event -> {});
    try (var material = Material.prepare(recipe, split, folder.resolve("run"), event -> {})) {
      assertEquals(2, new String(material.heldOut(), UTF_8).lines().count());
    }
    var some = new String(Material.bytes(split.training(), 20), UTF_8);
    assertEquals(2, some.lines().count());
  }

  @Test
  void aBudgetTakesAShareBySeed() throws IOException {
    assertEquals(1.0, Material.corpus(lines()).share());
    var some = Material.corpus(lines().budget(1000));
    assertTrue(some.share() < 0.5);
    var again = Material.corpus(lines().budget(1000));
    assertArrayEquals(Material.bytes(some, 1 << 20), Material.bytes(again, 1 << 20));
  }
}
