package inkstone.generate.constraint;

/**
 * A constraint at one point of a text: which tokens may come, and the point behind one of them. It
 * never changes, so that tokens can be tried and taken back; what it finds out is kept for all
 * guides of the same start. Safe for use by many threads.
 */
public final class Guide {

  private final Automaton automaton;
  private final TokenBytes tokens;
  private final State state;
  private final boolean begins;
  private final boolean ended;

  private Guide(
      Automaton automaton, TokenBytes tokens, State state, boolean begins, boolean ended) {
    this.automaton = automaton;
    this.tokens = tokens;
    this.state = state;
    this.begins = begins;
    this.ended = ended;
  }

  /**
   * Before the first token.
   *
   * @param continuing whether the text goes on with another, so that a space keeps that a tokenizer
   *     would drop at the beginning of one
   * @throws ConstraintException if the constraint is too large, or accepts no text that these
   *     tokens can write
   */
  static Guide of(Grammar grammar, TokenBytes tokens, boolean continuing) {
    var automaton = Automaton.of(grammar, tokens.trie(false).alphabet());
    return new Guide(automaton, tokens, automaton.start(), !continuing, false);
  }

  /**
   * The tokens that keep the text the beginning of one that the constraint accepts, and those that
   * end it where it is complete.
   *
   * @throws ConstraintException if there is none, which happens only where a vocabulary lacks
   *     tokens of single bytes; or if finding them would take too long
   */
  public TokenMask allowed() {
    if (ended) {
      return new TokenMask(new long[0]);
    }
    synchronized (automaton) {
      var known = state.mask;
      if (known == null || begins) {
        known = compute();
      }
      if (!begins) {
        state.mask = known;
      }
      return known;
    }
  }

  private TokenMask compute() {
    var bits = tokens.trie(begins).mask(automaton, state);
    if (state.complete()) {
      for (int id : tokens.end()) {
        bits[id >> 6] |= 1L << (id & 63);
      }
    }
    var mask = new TokenMask(bits);
    if (mask.count() == 0 && !state.complete()) {
      throw new ConstraintException(
          "no token of this vocabulary can go on with what the constraint asks for here; allow"
              + " other characters");
    }
    automaton.keep(bits.length);
    return mask;
  }

  /**
   * The point behind one more token.
   *
   * @throws ConstraintException if the token is not {@link #allowed}
   */
  public Guide accept(int id) {
    synchronized (automaton) {
      if (!ended && state.complete() && tokens.end().contains(id)) {
        return new Guide(automaton, tokens, state, false, true);
      }
      var bytes = tokens.bytes(id, begins);
      var after = state;
      automaton.begin();
      for (byte value : bytes) {
        after = automaton.after(after, value & 0xFF);
      }
      if (ended || bytes.length == 0 || after.dead()) {
        throw new ConstraintException("token " + id + " must not come here");
      }
      return new Guide(automaton, tokens, after, false, false);
    }
  }

  /** Whether the text may end here. */
  public boolean complete() {
    return state.complete();
  }

  /** Whether the text has ended, or nothing but its end may come. */
  public boolean finished() {
    if (ended || !complete()) {
      return ended;
    }
    var mask = allowed();
    return tokens.end().stream().filter(mask::allows).distinct().count() == mask.count();
  }
}
