package inkstone.text;

/**
 * Drops up to {@code start} characters {@code content} at the beginning of each string, and up to
 * {@code stop} at its end.
 */
record StripStep(char content, int start, int stop) implements DecoderStep.Each {

  @Override
  public String inside(String token) {
    int from = 0;
    while (from < start && from < token.length() && token.charAt(from) == content) {
      from++;
    }
    int to = token.length();
    while (token.length() - to < stop && to > from && token.charAt(to - 1) == content) {
      to--;
    }
    return token.substring(from, to);
  }

  /** The one string begins with the first part and ends with the last. */
  @Override
  public DecoderStep.Sink intoFused(DecoderStep.Sink next, boolean continuing) {
    return new DecoderStep.Sink() {
      private int toDrop = continuing ? 0 : start;
      private final StringBuilder held = new StringBuilder();

      @Override
      public void accept(String token) {
        int from = 0;
        while (toDrop > 0 && from < token.length()) {
          if (token.charAt(from) != content) {
            toDrop = 0;
          } else {
            toDrop--;
            from++;
          }
        }
        held.append(token, from, token.length());
        int sure = held.length();
        while (held.length() - sure < stop && sure > 0 && held.charAt(sure - 1) == content) {
          sure--;
        }
        next.accept(held.substring(0, sure));
        held.delete(0, sure);
      }

      @Override
      public void end() {
        next.end(); // what is held is what is dropped
      }
    };
  }
}
