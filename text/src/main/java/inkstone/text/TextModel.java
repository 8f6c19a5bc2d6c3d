package inkstone.text;

/** What turns a stretch of normalised text, free of added tokens, to ids. */
sealed interface TextModel permits ByteLevelBpe, Characters {

  /** Adds the ids of {@code text[from, to)} to {@code ids}. */
  void encode(char[] text, int from, int to, IntList ids);

  /** Whether a text may be cut at lines (see {@link Splitter#cutsAtLines}) without a change. */
  boolean cutsAtLines();
}
