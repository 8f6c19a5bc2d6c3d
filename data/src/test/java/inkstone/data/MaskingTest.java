package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.text.Tokenizer;
import inkstone.text.WordPieceTrainer;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class MaskingTest {

  /** Characters and no more: the longer words are of many pieces. */
  private static final Tokenizer TOKENIZER =
      WordPieceTrainer.of(36)
          .train(List.of("the quick brown fox jumps over lazy dogs 人工智能 ".repeat(3)));

  private static final int MASK = TOKENIZER.special("[MASK]");

  private static int[] sequence(String text) {
    return TOKENIZER.postProcessor().single(TOKENIZER.encode(text)).ids();
  }

  @Test
  void hidesAboutItsShareInTheUsualThreeWays() {
    var masking = new Masking(TOKENIZER, 0.15, false);
    var ids = sequence("the quick brown fox jumps over the lazy dogs");
    int tokens = ids.length - 2;
    int masked = 0;
    int kept = 0;
    int all = 0;
    for (int seed = 0; seed < 2000; seed++) {
      var hidden = masking.mask(ids, seed);
      assertEquals(Math.round(0.15 * tokens), hidden.places().size());
      for (int i = 0; i < hidden.targets().length; i++) {
        int place = hidden.places().get(i);
        assertEquals(ids[place], hidden.targets()[i]);
        masked += hidden.ids()[place] == MASK ? 1 : 0;
        kept += hidden.ids()[place] == ids[place] ? 1 : 0;
        all++;
      }
      for (int place = 0; place < ids.length; place++) {
        if (!hidden.places().contains(place)) {
          assertEquals(ids[place], hidden.ids()[place]);
        }
      }
    }
    // One in ten becomes any token, the mask and itself among them.
    double any = 0.1 / TOKENIZER.vocabularySize();
    assertEquals(0.8 + any, (double) masked / all, 0.02);
    assertEquals(0.1 + any, (double) kept / all, 0.02);
  }

  @Test
  void theSameSeedHidesTheSameAndAnotherNot() {
    var masking = new Masking(TOKENIZER, 0.3, false);
    var ids = sequence("the quick brown fox");
    assertArrayEquals(masking.mask(ids, 5).ids(), masking.mask(ids, 5).ids());
    var seen = new HashSet<List<Integer>>();
    for (int seed = 0; seed < 50; seed++) {
      seen.add(masking.mask(ids, seed).places());
    }
    assertTrue(seen.size() > 25, "only " + seen.size() + " ways in 50");
  }

  @Test
  void wholeWordsAreHiddenWhole() {
    var masking = new Masking(TOKENIZER, 0.3, true);
    // [CLS] qqqq 人 fox [SEP]: the pieces of a word stand together, an ideograph is a word.
    var ids = sequence("quick人fox");
    var words = List.of(List.of(1, 2, 3, 4, 5), List.of(6), List.of(7, 8, 9));
    assertEquals(11, ids.length);
    for (int seed = 0; seed < 200; seed++) {
      var places = new HashSet<>(masking.mask(ids, seed).places());
      assertTrue(!places.isEmpty());
      for (var word : words) {
        assertTrue(
            places.containsAll(word) || word.stream().noneMatch(places::contains),
            "seed " + seed + ": " + places);
      }
    }
  }

  @Test
  void nothingIsHiddenWhereThereIsNoText() {
    var masking = new Masking(TOKENIZER, 0.15, false);
    assertTrue(masking.mask(sequence(""), 1).places().isEmpty());
    assertEquals(1, masking.mask(sequence("t"), 1).places().size());
  }

  @Test
  void aTokenizerWithoutAMaskIsRefused() {
    var bytes = Tokenizer.ofBytes(List.of("<|endoftext|>"));
    var e = assertThrows(CorpusException.class, () -> new Masking(bytes, 0.15, false));
    assertTrue(String.valueOf(e.getMessage()).contains("neither [MASK] nor <mask>"));
  }

  @Test
  void everyEpochGivesEachOnceInAnotherOrder() {
    var epochs = new Epochs(7, 3);
    var first = new HashSet<Integer>();
    var orders = new HashSet<List<Integer>>();
    for (int epoch = 0; epoch < 5; epoch++) {
      var order = new java.util.ArrayList<Integer>();
      for (int i = 0; i < 7; i++) {
        order.add(epochs.at(7L * epoch + i));
      }
      first.addAll(order);
      assertEquals(7, new HashSet<>(order).size());
      orders.add(order);
    }
    assertEquals(7, first.size());
    assertTrue(orders.size() >= 4);
    assertThrows(CorpusException.class, () -> new Epochs(0, 1));
  }
}
