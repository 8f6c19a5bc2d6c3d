package inkstone.text;

/** What turns one piece of text, as a {@link PreTokenizer} cut it, to ids. */
interface SubwordModel {

  /** Adds the ids of {@code piece}, which is not empty, to {@code ids}. */
  void encode(String piece, IntList ids);
}
