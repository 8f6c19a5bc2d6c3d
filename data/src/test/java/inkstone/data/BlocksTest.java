package inkstone.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

class BlocksTest {

  private static List<Blocks.Block> cut(byte[] bytes, int size, LongPredicate wanted)
      throws IOException {
    var blocks = new Blocks(new ByteArrayInputStream(bytes), bytes.length, size, wanted);
    var list = new ArrayList<Blocks.Block>();
    for (var block = blocks.next(); block != null; block = blocks.next()) {
      list.add(block);
    }
    return list;
  }

  private static List<String> parts(String text, int size) throws IOException {
    return cut(text.getBytes(UTF_8), size, part -> true).stream()
        .map(block -> new String(block.bytes(), UTF_8))
        .toList();
  }

  @Test
  void cutsBehindTheFirstLineBreakFromEachMultipleOfTheSizeOn() throws IOException {
    assertEquals(List.of("012345678\n", "abcdef"), parts("012345678\nabcdef", 8));
    assertEquals(List.of("01234567\n", "abcdefg"), parts("01234567\nabcdefg", 8));
    // The break at byte 7 comes too soon for the cut; that at byte 10 is over a quarter beyond.
    assertEquals(List.of("0123456\n", "89\nabcde"), parts("0123456\n89\nabcde", 8));
    assertEquals(List.of("01234567"), parts("01234567", 8));
    assertEquals(List.of("01234567", "8"), parts("012345678", 8));
    assertEquals(List.of(), parts("", 8));
  }

  @Test
  void withoutLineBreaksNoCharacterIsCut() throws IOException {
    assertEquals(List.of("墨墨墨墨墨墨", "墨墨墨墨墨", "墨"), parts("墨".repeat(12), 16));
    assertEquals(List.of("😀😀😀😀", "😀"), parts("😀".repeat(5), 16));
  }

  @Test
  void aShortStreamIsWholeAndALongOneIsNot() throws IOException {
    var whole = cut(new byte[] {'a', 'b'}, 8, part -> true);
    assertEquals(1, whole.size());
    assertTrue(whole.getFirst().whole());
    assertEquals(0, whole.getFirst().index());
    assertEquals(0, whole.getFirst().offset());
    var parts = cut("01234567\nab".getBytes(UTF_8), 8, part -> true);
    assertEquals(List.of(false, false), parts.stream().map(Blocks.Block::whole).toList());
    assertEquals(List.of(0L, 1L), parts.stream().map(Blocks.Block::index).toList());
    assertEquals(List.of(0L, 9L), parts.stream().map(Blocks.Block::offset).toList());
  }

  @Test
  void partsMakeUpTheWholeAndDoNotDependOnEachOther() throws IOException {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      for (int i = random.nextInt(200); i > 0; i--) {
        text.append(List.of("a", "\n", "é", "墨", "😀", "bc ").get(random.nextInt(6)));
      }
      var bytes = text.toString().getBytes(UTF_8);
      var size = random.nextInt(16, 60);
      var all = cut(bytes, size, part -> true);
      var joined = new StringBuilder();
      for (var block : all) {
        var part = new String(block.bytes(), UTF_8);
        assertTrue(part.indexOf('\uFFFD') < 0, "seed " + seed);
        assertEquals(joined.toString().getBytes(UTF_8).length, block.offset(), "seed " + seed);
        joined.append(part);
      }
      assertEquals(text.toString(), joined.toString(), "seed " + seed);
      for (var one : all) {
        var alone = cut(bytes, size, part -> part == one.index());
        assertEquals(1, alone.size(), "seed " + seed);
        assertEquals(one.offset(), alone.getFirst().offset());
        assertArrayEquals(one.bytes(), alone.getFirst().bytes(), "seed " + seed);
      }
    }
  }
}
