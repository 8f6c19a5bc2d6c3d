package inkstone.words;

/**
 * Joins words that stand together more often than chance has it, such as {@code new_york} (Mikolov
 * et al., 2013, "Distributed Representations of Words and Phrases", formula 6):
 *
 * <pre>score(a, b) = (count(a b) - discount) / (count(a) count(b)) x words of the text</pre>
 *
 * A pair above the threshold becomes one word, from left to right; each pass may join what the last
 * one made.
 */
final class Phrases {

  /** Stands between the parts of a phrase. */
  static final char JOINT = '_';

  private Phrases() {}

  static RawText join(RawText text, double threshold, int discount) {
    var pairs = new PairCounts();
    var tokens = text.tokens();
    int before = Tokens.END;
    for (long at = 0; at < tokens.size(); at++) {
      int word = tokens.get(at);
      if (before != Tokens.END && word != Tokens.END) {
        pairs.add(before, word);
      }
      before = word;
    }
    long total = text.total();
    var joined = new RawText();
    for (long at = 0; at < tokens.size(); at++) {
      int word = tokens.get(at);
      if (word == Tokens.END) {
        joined.end();
        continue;
      }
      int next = at + 1 < tokens.size() ? tokens.get(at + 1) : Tokens.END;
      if (next != Tokens.END
          && score(pairs.get(word, next), text.count(word), text.count(next), total, discount)
              > threshold) {
        joined.add(text.word(word) + JOINT + text.word(next));
        at++;
      } else {
        joined.add(text.word(word));
      }
    }
    joined.end();
    return joined;
  }

  /** 0 where a word is rarer than the discount, as no pair of it could count. */
  static double score(long pair, long first, long second, long total, int discount) {
    return first < discount || second < discount
        ? 0
        : (double) (pair - discount) / first / second * total;
  }
}
