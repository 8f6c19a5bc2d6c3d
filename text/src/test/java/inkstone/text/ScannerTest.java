package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The hand-written scanners cut where the regular expressions that they stand for cut. */
class ScannerTest {

  @ParameterizedTest
  @EnumSource(SplitPattern.class)
  void cutsLikeEverySpellingOfItsPattern(SplitPattern pattern) {
    long seed = RandomText.seed();
    for (String regex : pattern.regexes()) {
      assertSame(pattern.splitter(), RegexSplitter.of(regex));
      Splitter reference = RegexSplitter.compiled(regex);
      var random = new SplittableRandom(seed);
      for (int i = 0; i < 4000; i++) {
        String text = RandomText.next(random, 30);
        assertEquals(
            pieces(reference, text),
            pieces(pattern.splitter(), text),
            () -> "seed %d, pattern %s, text '%s'".formatted(seed, regex, text));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SplitPattern.class)
  void aCutAtALineChangesNothing(SplitPattern pattern) {
    long seed = RandomText.seed();
    var random = new SplittableRandom(seed);
    assertEquals(true, pattern.splitter().cutsAtLines());
    for (int i = 0; i < 4000; i++) {
      String head = RandomText.next(random, 12) + ".\n";
      String tail = "x" + RandomText.next(random, 12);
      var parts = new ArrayList<>(pieces(pattern.splitter(), head));
      parts.addAll(pieces(pattern.splitter(), tail));
      assertEquals(
          parts,
          pieces(pattern.splitter(), head + tail),
          () -> "seed " + seed + ": " + head + tail);
    }
  }

  @Test
  void gpt2Examples() {
    var scanner = SplitPattern.GPT2.splitter();
    assertEquals(List.of("Hello", ",", " world", "!"), pieces(scanner, "Hello, world!"));
    assertEquals(List.of("we", "'ve", " '", "ll", "'", "S"), pieces(scanner, "we've 'll'S"));
    assertEquals(List.of("a", "  ", " b", "\n", "c", "  "), pieces(scanner, "a   b\nc  "));
    assertEquals(List.of("12", " 345", "一二"), pieces(scanner, "12 345一二"));
  }

  @Test
  void cl100kExamples() {
    var scanner = SplitPattern.CL100K.splitter();
    assertEquals(
        List.of("we", "'VE", " ", "123", "4", "!\r\n", "x"), pieces(scanner, "we'VE 1234!\r\nx"));
    assertEquals(List.of("a", "'\u017F", "t"), pieces(scanner, "a'\u017Ft"));
    assertEquals(List.of("\t\n", " ", " b"), pieces(scanner, "\t\n  b"));
    assertEquals(List.of("(b", ",c"), pieces(scanner, "(b,c"));
    assertEquals(List.of("1", "2"), pieces(SplitPattern.QWEN.splitter(), "12"));
  }

  @Test
  void anUnknownPatternGoesThroughTheRegularExpression() {
    Splitter han = RegexSplitter.of("\\p{Han}+");
    assertNotSame(SplitPattern.GPT2.splitter(), han);
    assertEquals(false, han.cutsAtLines());
    assertEquals(List.of("a", "一二", "b"), pieces(han, "a一二b"));
    assertEquals(List.of("ab"), pieces(han, "ab"));
    assertEquals(List.of("a", "b", "c"), pieces(RegexSplitter.of("b|(?=x)"), "abc"));
    var error = assertThrows(TokenizerException.class, () -> RegexSplitter.of("(a"));
    assertEquals("the pattern (a cannot be used: Unclosed group", error.getMessage());
  }

  @Test
  void aChainCutsThePiecesOfTheOneBefore() {
    Splitter digits = RegexSplitter.of("\\p{N}");
    var chain = Splitter.chain(List.of(digits, SplitPattern.GPT2.splitter()));
    assertEquals(List.of("ab", " ", "1", "2", " c"), pieces(chain, "ab 12 c"));
    assertEquals(List.of("a b"), pieces(Splitter.chain(List.of()), "a b"));
    assertEquals(List.of(), pieces(Splitter.chain(List.of()), ""));
  }

  @Test
  void onlyTheGivenRangeIsCut() {
    for (SplitPattern pattern : SplitPattern.values()) {
      var ends = new IntList(4);
      pattern.splitter().split("xx  yy'll zz".toCharArray(), 2, 9, ends);
      assertArrayEquals(new int[] {3, 6, 9}, ends.toArray(), pattern.label());
    }
  }

  @Test
  void classesAreThoseOfUnicode() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String s = Character.toString(c);
      int expected = CharacterClass.OTHER;
      if (c < 0x3000 || c % 7 == 0) {
        if (s.matches("\\p{L}")) {
          expected = CharacterClass.LETTER;
        } else if (s.matches("\\p{N}")) {
          expected = CharacterClass.NUMBER;
        } else if (s.matches("(?U)\\s")) {
          expected = CharacterClass.SPACE;
        }
        assertEquals(expected, CharacterClass.of(c), "U+" + Integer.toHexString(c));
      }
    }
  }

  static List<String> pieces(Splitter splitter, String text) {
    var ends = new IntList(4);
    splitter.split(text.toCharArray(), 0, text.length(), ends);
    var pieces = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i < ends.size(); i++) {
      pieces.add(text.substring(start, ends.get(i)));
      start = ends.get(i);
    }
    return pieces;
  }
}
