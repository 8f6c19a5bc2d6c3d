package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordPieceTrainerTest {

  /** "hug" 10, "pug" 5, "pun" 12, "bun" 4, "hugs" 5. */
  private static final List<String> WORDS =
      List.of(
          "hug ".repeat(10),
          "pug ".repeat(5),
          "pun ".repeat(12),
          "bun ".repeat(4),
          "hugs ".repeat(5));

  @Test
  void joinsTheMostFrequentPairFirst() {
    // ##u ##g occurs 20 times, ##u ##n 16, h ##ug 15, p ##un 12, hug ##s 5 and p ##ug 5.
    var tokenizer = WordPieceTrainer.of(5 + 7 + 4).train(WORDS);
    assertEquals(16, tokenizer.vocabularySize());
    assertEquals(List.of("hug", "pun"), decoded(tokenizer, "hug pun"));
    assertEquals(2, tokenizer.encode("pug").length);
    assertEquals(2, tokenizer.encode("hugs").length);
    assertEquals(2, tokenizer.encode("bun").length);
    var more = WordPieceTrainer.of(5 + 7 + 6).train(WORDS);
    assertEquals(1, more.encode("hugs").length);
    assertEquals(1, more.encode("pug").length);
  }

  private static List<String> decoded(Tokenizer tokenizer, String text) {
    return java.util.Arrays.stream(tokenizer.encode(text)).mapToObj(tokenizer::decode).toList();
  }

  @Test
  void anIdeographIsAWordAndCapitalsAreSmall() {
    var tokenizer = WordPieceTrainer.of(100).train(List.of("人工智能 人工智能 AI ai"));
    assertEquals(4, tokenizer.encode("人工智能").length);
    assertArrayEquals(tokenizer.encode("ai"), tokenizer.encode("AI"));
    assertEquals(tokenizer.special("[UNK]"), tokenizer.encode("龙")[0]);
    var around = tokenizer.postProcessor().single(tokenizer.encode("人"));
    assertEquals(tokenizer.special("[CLS]"), around.ids()[0]);
    assertEquals(tokenizer.special("[SEP]"), around.ids()[2]);
  }

  @Test
  void whatIsSavedIsTheSameTokenizer(@TempDir Path folder) {
    long seed = new Random().nextLong();
    var random = new Random(seed);
    var texts = new java.util.ArrayList<String>();
    for (int i = 0; i < 200; i++) {
      var text = new StringBuilder();
      random.ints(40, 0, 30).forEach(c -> text.append(c < 6 ? ' ' : (char) ('a' + c % 7)));
      texts.add(text.toString());
    }
    var tokenizer = WordPieceTrainer.of(60).train(texts);
    assertEquals(60, tokenizer.vocabularySize(), "seed " + seed);
    tokenizer.save(folder);
    var again = Tokenizer.open(folder);
    for (var text : texts) {
      assertArrayEquals(tokenizer.encode(text), again.encode(text), "seed " + seed);
      for (int id : tokenizer.encode(text)) {
        assertTrue(id != tokenizer.special("[UNK]"), "seed " + seed);
      }
    }
  }

  @Test
  void tooSmallAVocabularyIsRefused() {
    assertThrows(TokenizerException.class, () -> WordPieceTrainer.of(5));
    assertEquals(6, WordPieceTrainer.of(6).train(WORDS).vocabularySize());
  }
}
