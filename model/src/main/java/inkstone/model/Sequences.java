package inkstone.model;

import inkstone.text.PostProcessor;
import inkstone.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Texts to what an encoder reads: {@code [CLS] text [SEP]}, or {@code [CLS] text [SEP] pair [SEP]},
 * with whatever the tokenizer puts there. What is too long is cut at its end; of a pair, the longer
 * text first.
 *
 * @param tokenizer of the encoder
 * @param longest tokens of a sequence, those around the text among them
 */
public record Sequences(Tokenizer tokenizer, int longest) {

  /** Checks that there is room for a token. */
  public Sequences {
    int around = tokenizer.postProcessor().pair(new int[0], new int[0]).ids().length;
    if (longest <= around) {
      throw new ModelException(
          "a context of %d has no room for text beside the %d tokens around it"
              .formatted(longest, around));
    }
  }

  /** A text by itself. */
  public Sequence of(String text) {
    var around = tokenizer.postProcessor();
    int room = longest - around.single(new int[0]).ids().length;
    return sequence(around.single(cut(tokenizer.encode(text), room)));
  }

  /** A text of any length, in as many sequences as it needs. */
  public List<Sequence> all(String text) {
    var around = tokenizer.postProcessor();
    int room = longest - around.single(new int[0]).ids().length;
    var ids = tokenizer.encode(text);
    var all = new ArrayList<Sequence>();
    for (int at = 0; at < ids.length; at += room) {
      var part = Arrays.copyOfRange(ids, at, Math.min(ids.length, at + room));
      all.add(sequence(around.single(part)));
    }
    return all;
  }

  /** Two texts that belong together. */
  public Sequence of(String text, String pair) {
    var around = tokenizer.postProcessor();
    var first = tokenizer.encode(text);
    var second = tokenizer.encode(pair);
    int room = longest - around.pair(new int[0], new int[0]).ids().length;
    int over = Math.max(0, first.length + second.length - room);
    // The longer one gives until both are of one length; then both give.
    int difference = Math.min(over, Math.abs(first.length - second.length));
    int less = (over - difference) / 2;
    int more = over - less;
    boolean firstLonger = first.length >= second.length;
    return sequence(
        around.pair(
            cut(first, first.length - (firstLonger ? more : less)),
            cut(second, second.length - (firstLonger ? less : more))));
  }

  /**
   * Words and where they are.
   *
   * @param firsts the place of the first token of each word; of those that do not fit, none
   */
  public record Words(Sequence sequence, List<Integer> firsts) {}

  /** A sentence that is in words already; one that gives no token counts as an unknown one. */
  public Words ofWords(List<String> words) {
    var around = tokenizer.postProcessor();
    int before = around.begin().length;
    int room = longest - around.single(new int[0]).ids().length;
    var ids = new ArrayList<Integer>();
    var firsts = new ArrayList<Integer>();
    for (int i = 0; i < words.size(); i++) {
      // Where a space is part of a word, all but the first have one.
      var word = i == 0 ? words.get(i) : " " + words.get(i);
      var some = Arrays.stream(tokenizer.encode(word)).boxed().toList();
      var known = some.isEmpty() ? List.of(unknown()) : some;
      if (ids.size() + known.size() > room) {
        break;
      }
      firsts.add(before + ids.size());
      ids.addAll(known);
    }
    var plain = ids.stream().mapToInt(Integer::intValue).toArray();
    return new Words(sequence(around.single(plain)), firsts);
  }

  private int unknown() {
    var special = tokenizer.special();
    for (var name : List.of("[UNK]", "<unk>", "[MASK]", "<mask>")) {
      Integer id = special.get(name);
      if (id != null) {
        return id;
      }
    }
    throw new ModelException(
        "a word gives no token, and the tokenizer has none for unknown words; it has "
            + special.keySet());
  }

  private static int[] cut(int[] ids, int most) {
    return ids.length <= most ? ids : Arrays.copyOf(ids, most);
  }

  private static Sequence sequence(PostProcessor.Processed processed) {
    if (processed.ids().length == 0) {
      throw new ModelException(
          "a text is empty, and its tokenizer puts no token around it; leave such texts out");
    }
    return new Sequence(processed.ids(), processed.types());
  }
}
