package inkstone.data;

/**
 * Text to learn from and text to be judged by; no byte belongs to both.
 *
 * @param training the part to learn from
 * @param heldOut the part that learning never sees: at most a tenth, and at most {@link #MOST}
 * @param kind how they were parted
 * @param survey what the whole held before
 */
public record Split(Documents training, Documents heldOut, Kind kind, Survey survey) {

  /** The most bytes that are ever held out. */
  public static final int MOST = 2 << 20;

  /** Where the border runs. */
  public enum Kind {
    /** Between documents: each is on one side, and copies of a document are on the same side. */
    DOCUMENT,
    /** Inside each source: its end is held out, from a line break on. */
    TAIL
  }

  /**
   * Parts documents.
   *
   * <p>{@link Kind#DOCUMENT} gives way to {@link Kind#TAIL} below 100 documents, where one holds
   * over a tenth of the bytes, and where most text stands in documents of more than half of what
   * may be held out.
   *
   * @throws CorpusException if there is no text, or too little to hold some of it out
   */
  public static Split of(Documents all, Kind wanted, long seed) {
    var survey = Survey.of(all);
    var most = Math.min(MOST, survey.bytes() / 10);
    if (wanted == Kind.DOCUMENT
        && survey.documents() >= 100
        && survey.largest() <= survey.bytes() / 10) {
      var choice = HeldOut.choose(all, seed, most);
      if (choice.eligible() >= survey.bytes() / 2) {
        return new Split(
            skips -> new HeldOut(all.open(skips), seed, choice, false),
            skips -> new HeldOut(all.open(skips), seed, choice, true),
            Kind.DOCUMENT,
            survey);
      }
    }
    var share = (double) most / survey.bytes();
    if (survey.sources().stream().allMatch(bytes -> Tail.length(bytes, share) < Tail.LEAST)) {
      throw new CorpusException(
          "the corpus holds %d bytes in %d documents, too few to hold some of them out; give it more text"
              .formatted(survey.bytes(), survey.documents()));
    }
    return new Split(
        skips -> new Tail(all.open(skips), survey.sources(), share, false),
        skips -> new Tail(all.open(skips), survey.sources(), share, true),
        Kind.TAIL,
        survey);
  }

  /** The held-out text, one document behind the other in UTF-8. */
  public byte[] heldOutBytes() {
    return heldOut.bytes(MOST);
  }
}
