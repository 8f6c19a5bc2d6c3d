package inkstone.text;

/**
 * A token that is matched in the text before anything else, as {@code added_tokens} lists it.
 *
 * @param special a control token, which only a template may yield
 * @param singleWord matches only where no word character touches it
 * @param stripLeft takes the white space before it along
 * @param stripRight takes the white space after it along
 * @param normalized is looked for in the normalised text, not in the raw one
 */
record AddedToken(
    int id,
    String content,
    boolean special,
    boolean singleWord,
    boolean stripLeft,
    boolean stripRight,
    boolean normalized) {

  /** The content as text has it by the time that this token is looked for. */
  String inNormalized(TextNormalizer normalizer) {
    return normalized ? normalizer.normalize(content) : content;
  }

  AddedToken withContent(String other) {
    return new AddedToken(id, other, special, singleWord, stripLeft, stripRight, normalized);
  }

  /** A control token without any of the options. */
  static AddedToken special(int id, String content) {
    return new AddedToken(id, content, true, false, false, false, false);
  }
}
