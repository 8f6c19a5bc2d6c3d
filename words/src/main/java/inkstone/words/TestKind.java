package inkstone.words;

import java.util.Locale;

/** What a test asks of vectors. */
public enum TestKind {
  /** How near two words are, in the opinion of people. */
  SIMILARITY,
  /** The fourth word of a proportion. */
  ANALOGY;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
