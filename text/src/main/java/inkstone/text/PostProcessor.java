package inkstone.text;

import java.util.List;

/**
 * What a tokenizer puts around a text, or around two that belong together: the {@code
 * post_processor} of a {@code tokenizer.json}. Encoding never does this by itself; who wants the
 * tokens asks for them, by {@link #single(int[])}, {@link #pair(int[], int[])} or {@link #begin()}.
 *
 * @param single the parts of one text in order
 * @param pair the parts of two texts in order
 */
public record PostProcessor(List<Part> single, List<Part> pair) {

  /** Nothing around a text, and two texts one after the other. */
  public static final PostProcessor NONE =
      new PostProcessor(
          List.of(new Part.Text(false, 0)),
          List.of(new Part.Text(false, 0), new Part.Text(true, 1)));

  /** Copies the lists. */
  public PostProcessor {
    single = List.copyOf(single);
    pair = List.copyOf(pair);
  }

  /** A token or a text, and the token type ({@code token_type_ids}) of its ids. */
  public sealed interface Part {

    /** The number that tells the first text of a pair from the second. */
    int type();

    /** A token of its own. */
    record Token(int id, int type) implements Part {}

    /** A whole text: the second one of a pair, or else the first. */
    record Text(boolean second, int type) implements Part {}
  }

  /**
   * Ids with the token type of each.
   *
   * @param ids what a network gets
   * @param types as long as {@code ids}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Processed(int[] ids, int[] types) {}

  /** One text's ids with the tokens around them. */
  public Processed single(int... ids) {
    return process(single, ids, new int[0]);
  }

  /** Two texts' ids with the tokens around and between them. */
  public Processed pair(int[] first, int[] second) {
    return process(pair, first, second);
  }

  /** The tokens before a single text, for example the one that begins a text; often none. */
  public int[] begin() {
    var ids = new IntList(2);
    for (Part part : single) {
      if (!(part instanceof Part.Token token)) {
        break;
      }
      ids.add(token.id());
    }
    return ids.toArray();
  }

  /** The tokens behind a single text; often none. */
  public int[] end() {
    var ids = new IntList(2);
    for (Part part : single) {
      switch (part) {
        case Part.Token token -> ids.add(token.id());
        case Part.Text text -> ids.clear();
      }
    }
    return ids.toArray();
  }

  private static Processed process(List<Part> parts, int[] first, int[] second) {
    var ids = new IntList(first.length + second.length + parts.size());
    var types = new IntList(first.length + second.length + parts.size());
    for (Part part : parts) {
      switch (part) {
        case Part.Token token -> ids.add(token.id());
        case Part.Text text -> ids.addAll(text.second() ? second : first);
      }
      while (types.size() < ids.size()) {
        types.add(part.type());
      }
    }
    return new Processed(ids.toArray(), types.toArray());
  }
}
