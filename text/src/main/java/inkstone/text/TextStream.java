package inkstone.text;

/**
 * Decodes ids that come one by one. The strings joined are what {@link Tokenizer#decode} gives of
 * all ids at once; what the next ids may still change, such as a character of which only the first
 * bytes have come, is held back. Used by one thread, once.
 */
public interface TextStream {

  /** What is certain of the text, now that {@code id} has come; often empty. */
  String accept(int id);

  /** What was held back, now that nothing more comes. */
  String finish();

  /** One that only joins the bytes of each id. */
  static TextStream ofBytes(Tokenizer tokenizer) {
    var characters = new Utf8Stream();
    return new TextStream() {
      @Override
      public String accept(int id) {
        return characters.accept(tokenizer.bytes(id));
      }

      @Override
      public String finish() {
        return characters.finish();
      }
    };
  }
}
