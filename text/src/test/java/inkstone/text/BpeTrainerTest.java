package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {

  @Test
  void theExampleOfThePaper() {
    // Sennrich et al. 2016, figure 1, with the words' counts of CS336: ties go to the greater pair.
    var documents =
        List.of(
            "low low low low low lower lower widest widest widest",
            " newest newest newest newest newest newest");
    Tokenizer tokenizer = BpeTrainer.of(256 + 6 + 1).train(documents);
    var learnt = new ArrayList<String>();
    for (int id = 256; id < 262; id++) {
      learnt.add(tokenizer.decode(id));
    }
    assertEquals(List.of("st", "est"), learnt.subList(0, 2));
    assertEquals(naive(documents, 6), learnt);
    assertEquals(262, tokenizer.special(BpeTrainer.END_OF_TEXT));
    assertEquals(263, tokenizer.vocabularySize());
  }

  @Test
  void tiesGoToTheGreatestPairOfByteStrings() {
    assertEquals("yz", BpeTrainer.of(258).train(List.of("ab", "yz", "mn")).decode(256));
    // The left token decides before the right one does.
    assertEquals("ba", BpeTrainer.of(258).train(List.of("az", "ba")).decode(256));
    assertEquals("az", BpeTrainer.of(258).train(List.of("ay", "az")).decode(256));
    // Bytes are unsigned: 0xC3 is greater than z.
    assertEquals("\u00E9", BpeTrainer.of(258).train(List.of("zz", "\u00E9")).decode(256));
  }

  @Test
  void agreesWithTheNaiveTrainer() {
    long seed = RandomText.seed();
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 60; round++) {
      var documents = new ArrayList<String>();
      for (int i = 0; i < 8; i++) {
        var text = new StringBuilder();
        int length = random.nextInt(60);
        for (int c = 0; c < length; c++) {
          text.append("aaab \u58A8".charAt(random.nextInt(6)));
        }
        documents.add(text.toString());
      }
      Tokenizer tokenizer = BpeTrainer.of(256 + 30).special(List.of()).train(documents);
      var learnt = new ArrayList<String>();
      for (int id = 256; id < tokenizer.vocabularySize(); id++) {
        learnt.add(latin(tokenizer.bytes(id)));
      }
      assertEquals(naive(documents, 30), learnt, () -> "seed %d: %s".formatted(seed, documents));
    }
  }

  /** The definition: count all pairs, join the best, start again. Tokens as Latin-1 strings. */
  private static List<String> naive(List<String> documents, int count) {
    var words = new ArrayList<List<String>>();
    for (String document : documents) {
      for (String piece : ScannerTest.pieces(SplitPattern.GPT2.splitter(), document)) {
        words.add(
            new ArrayList<>(
                Arrays.asList(latin(piece.getBytes(StandardCharsets.UTF_8)).split(""))));
      }
    }
    var learnt = new ArrayList<String>();
    while (learnt.size() < count) {
      Map<List<String>, Integer> pairs = new HashMap<>();
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          pairs.merge(List.of(word.get(i), word.get(i + 1)), 1, Integer::sum);
        }
      }
      if (pairs.isEmpty()) {
        return learnt;
      }
      int most = Collections.max(pairs.values());
      List<String> best =
          pairs.entrySet().stream()
              .filter(e -> e.getValue() == most)
              .map(Map.Entry::getKey)
              .max(
                  (a, b) ->
                      a.get(0).equals(b.get(0))
                          ? a.get(1).compareTo(b.get(1))
                          : a.get(0).compareTo(b.get(0)))
              .orElseThrow();
      String joined = best.get(0) + best.get(1);
      for (List<String> word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          if (word.get(i).equals(best.get(0)) && word.get(i + 1).equals(best.get(1))) {
            word.set(i, joined);
            word.remove(i + 1);
          }
        }
      }
      if (!learnt.contains(joined)) {
        learnt.add(joined);
      }
    }
    return learnt;
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void theVocabularyStopsWhereNoPairIsLeft() {
    Tokenizer tokenizer = BpeTrainer.of(1000).train(List.of("abc"));
    assertEquals(256 + 2 + 1, tokenizer.vocabularySize());
    assertArrayEquals(new int[] {257}, tokenizer.encode("abc"));
    assertEquals(257, BpeTrainer.of(1000).train(List.of()).vocabularySize());
  }

  @Test
  void namesOfSpecialTokensInTheCorpusAreNotLearnt() {
    var trainer = BpeTrainer.of(400).special(List.of("<s>", "<s>x"));
    Tokenizer tokenizer = trainer.train(List.of("<s>", "ab<s>ab<s>x<s>"));
    assertEquals(256 + 1 + 2, tokenizer.vocabularySize());
    assertEquals("ab", tokenizer.decode(256));
  }

  @Test
  void theSameCorpusGivesTheSameFileInAnyOrder() {
    var documents = new ArrayList<String>();
    for (int i = 0; i < 3000; i++) {
      documents.add("word" + i % 37 + " text" + i % 11 + " and more of it ".repeat(20));
    }
    String first = BpeTrainer.of(320).train(documents).sha256();
    Collections.reverse(documents);
    assertEquals(first, BpeTrainer.of(320).train(documents).sha256());
    assertEquals(64, first.length());
  }

  @Test
  void tooSmallAVocabularyIsRefused() {
    var error = assertThrows(TokenizerException.class, () -> BpeTrainer.of(256));
    assertEquals(
        "a vocabulary of 256 is too small: 256 bytes and 1 special tokens need at least 257",
        error.getMessage());
    assertEquals(257, BpeTrainer.of(257).train(List.of("aa")).vocabularySize());
    assertThrows(TokenizerException.class, () -> BpeTrainer.of(300).special(List.of("<s>", "<s>")));
    assertThrows(TokenizerException.class, () -> BpeTrainer.of(300).special(List.of("")));
  }

  @Test
  void manyDistinctWordsAreCountedOnce() {
    var counts = new WordCounts();
    var other = new WordCounts();
    for (int i = 0; i < 5000; i++) {
      char[] text = ("<" + i + ">").toCharArray();
      counts.add(text, 1, text.length - 1, 2);
      other.add(text, 1, text.length - 1, i);
    }
    counts.addAll(other);
    assertEquals(5000, counts.size());
    for (int i = 0; i < 5000; i++) {
      assertEquals(i + 2, counts.count(i));
      assertEquals(
          Integer.toString(i),
          new String(counts.characters(), counts.start(i), counts.end(i) - counts.start(i)));
    }
  }

  @Test
  void pairTablesGrow() {
    var table = new PairTable(1);
    for (int i = 0; i < 10_000; i++) {
      assertEquals(PairTable.ABSENT, table.get(i, i * 7));
      assertEquals(i, table.putIfAbsent(i, i * 7, i));
      assertEquals(i, table.putIfAbsent(i, i * 7, -5));
    }
    assertEquals(10_000, table.size());
    for (int i = 0; i < 10_000; i++) {
      assertEquals(i, table.get(i, i * 7));
    }
  }
}
