package inkstone.bench;

/** Who learns word vectors beside us. */
public enum WordsPeer {
  /** Nobody. */
  NONE,
  /** gensim, from a file. */
  GENSIM,
  /** The first word2vec, in C. */
  C;

  @Override
  public String toString() {
    return Words.of(this);
  }
}
