package inkstone.data;

import inkstone.text.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Hides tokens for an encoder to guess (Devlin et al., 2019, section 3.1): of those chosen 80 %
 * become {@code [MASK]}, 10 % any token and 10 % stay. Whole words: all pieces of a chosen word are
 * chosen (Cui et al., 2021, section 3).
 */
public final class Masking {

  private final double share;
  private final boolean wholeWords;
  private final int mask;
  private final boolean[] special;
  private final boolean[] continues;

  /**
   * What was hidden where.
   *
   * @param ids as the network sees them
   * @param places of the chosen tokens, in order
   * @param targets what stood there
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Masked(int[] ids, List<Integer> places, int[] targets) {}

  /**
   * Masks for a tokenizer.
   *
   * @param share of the tokens that is chosen, at least one of a sequence that has one
   * @throws CorpusException if the tokenizer has no mask token
   */
  public Masking(Tokenizer tokenizer, double share, boolean wholeWords) {
    this.share = share;
    this.wholeWords = wholeWords;
    var names = tokenizer.special();
    var known = names.containsKey("[MASK]") ? names.get("[MASK]") : names.get("<mask>");
    if (known == null) {
      throw new CorpusException(
          "the tokenizer has neither [MASK] nor <mask>, but %s; take that of an encoder"
              .formatted(names.keySet()));
    }
    mask = known;
    special = new boolean[tokenizer.vocabularySize()];
    names.values().forEach(id -> special[id] = true);
    continues = new boolean[special.length];
    for (int id = 0; id < special.length; id++) {
      var bytes = tokenizer.bytes(id);
      // In the middle of a text what begins a word brings a space along.
      continues[id] = bytes.length > 0 && bytes[0] != ' ';
    }
  }

  /** Hides some tokens of one sequence; the same seed hides the same. */
  public Masked mask(int[] ids, long seed) {
    var random = new Random(seed);
    var words = words(ids);
    Collections.shuffle(words, random);
    int tokens = words.stream().mapToInt(List::size).sum();
    int wanted = (int) Math.max(Math.min(1, tokens), Math.round(share * tokens));
    var places = new ArrayList<Integer>();
    for (var word : words) {
      if (places.isEmpty() || places.size() + word.size() <= wanted) {
        places.addAll(word);
      }
    }
    Collections.sort(places);
    var seen = ids.clone();
    for (int place : places) {
      double draw = random.nextDouble();
      if (draw < 0.8) {
        seen[place] = mask;
      } else if (draw < 0.9) {
        seen[place] = random.nextInt(special.length);
      }
    }
    return new Masked(
        seen, List.copyOf(places), places.stream().mapToInt(place -> ids[place]).toArray());
  }

  /** What is chosen as one: a token, or a word. */
  private List<List<Integer>> words(int[] ids) {
    var words = new ArrayList<List<Integer>>();
    boolean open = false;
    for (int i = 0; i < ids.length; i++) {
      if (special[ids[i]]) {
        open = false;
        continue;
      }
      if (wholeWords && open && continues[ids[i]]) {
        words.getLast().add(i);
      } else {
        words.add(new ArrayList<>(List.of(i)));
      }
      open = true;
    }
    return words;
  }
}
