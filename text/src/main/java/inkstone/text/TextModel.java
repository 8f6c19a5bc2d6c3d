package inkstone.text;

/** What turns a stretch of normalised text, free of added tokens, to ids. */
sealed interface TextModel permits ByteLevelBpe, Characters, Pipeline {

  /**
   * Adds the ids of {@code text[from, to)} to {@code ids}.
   *
   * @param first whether the stretch begins where the whole text does
   */
  void encode(char[] text, int from, int to, boolean first, IntList ids);

  /** Whether a text may be cut at lines (see {@link Splitter#cutsAtLines}) without a change. */
  boolean cutsAtLines();
}
