package inkstone.text;

/**
 * SentencePiece's way with spaces: the mark becomes one, and the one that was put before a text is
 * taken away again.
 *
 * @param stripped whether a mark at the beginning of a text goes
 * @param all whether it goes from every piece until there is text, not only from the first
 */
record SpaceStep(boolean stripped, boolean all) implements DecoderStep {

  @Override
  public String inside(String token) {
    return token.replace(SentencePieceNormalizer.MARK, ' ');
  }

  @Override
  public Sink into(Sink next, boolean continuing) {
    return new Sink() {
      private boolean begun = continuing || !stripped;

      @Override
      public void accept(String token) {
        String text = token;
        if (!begun) {
          boolean marked = token.charAt(0) == SentencePieceNormalizer.MARK;
          text = marked ? token.substring(1) : token;
          begun = !text.isEmpty() || marked && !all;
        }
        next.accept(inside(text));
      }

      @Override
      public void end() {
        next.end();
      }
    };
  }
}
