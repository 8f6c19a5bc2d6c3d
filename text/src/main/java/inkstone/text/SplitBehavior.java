package inkstone.text;

/** What becomes of a delimiter that text is split at, by Hugging Face's names. */
enum SplitBehavior {
  /** It is dropped. */
  REMOVED("Removed"),
  /** It is a piece of its own. */
  ISOLATED("Isolated"),
  /** It ends the piece before it. */
  MERGED_WITH_PREVIOUS("MergedWithPrevious"),
  /** It begins the piece after it. */
  MERGED_WITH_NEXT("MergedWithNext"),
  /** Neighbouring delimiters are one piece. */
  CONTIGUOUS("Contiguous");

  /** The names, for messages. */
  static final String KNOWN = "Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous";

  private final String label;

  SplitBehavior(String label) {
    this.label = label;
  }

  /** The one that a file names, for example {@code MergedWithNext}. */
  static SplitBehavior read(String label, Source source, String key) {
    for (SplitBehavior behavior : values()) {
      if (behavior.label.equals(label)) {
        return behavior;
      }
    }
    throw source.unsupported(key, label, KNOWN);
  }

  /** Whether stretch {@code index}, not the first, belongs to the piece of the one before it. */
  private boolean joins(Stretches stretches, int index) {
    boolean before = stretches.isDelimiter(index - 1);
    boolean here = stretches.isDelimiter(index);
    return switch (this) {
      case REMOVED, ISOLATED -> false;
      case CONTIGUOUS -> before == here;
      case MERGED_WITH_PREVIOUS -> here && !before;
      case MERGED_WITH_NEXT -> before && !here;
    };
  }

  /** Hands the pieces of {@code text} on. */
  void cut(String text, boolean first, Stretches stretches, PreTokenizer.Sink out) {
    for (int i = 0; i < stretches.size(); ) {
      int next = i + 1;
      while (next < stretches.size() && joins(stretches, next)) {
        next++;
      }
      if (this != REMOVED || !stretches.isDelimiter(i)) {
        int start = stretches.start(i);
        out.piece(text.substring(start, stretches.end(next - 1)), first && start == 0);
      }
      i = next;
    }
  }
}
