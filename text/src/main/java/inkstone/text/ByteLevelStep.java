package inkstone.text;

/** The characters of {@link ByteAlphabet} become the bytes that they stand for, and these text. */
record ByteLevelStep() implements DecoderStep {

  /** The bytes of a written token: of its characters where one is not of the alphabet. */
  static byte[] bytes(String token) {
    byte[] bytes = ByteAlphabet.read(token);
    return bytes.length > 0 ? bytes : Utf8.encode(token);
  }

  @Override
  public String inside(String token) {
    return token;
  }

  @Override
  public boolean fuses() {
    return true;
  }

  @Override
  public Sink into(Sink next, boolean continuing) {
    var characters = new Utf8Stream();
    return new Sink() {
      @Override
      public void accept(String token) {
        next.accept(characters.accept(bytes(token)));
      }

      @Override
      public void end() {
        next.accept(characters.finish());
        next.end();
      }
    };
  }
}
