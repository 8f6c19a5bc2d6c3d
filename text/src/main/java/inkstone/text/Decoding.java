package inkstone.text;

/** The way from ids back to text. */
sealed interface Decoding permits ByteDecoding, ChainDecoding {

  String decode(int[] ids);

  /** The bytes that an id adds in the middle of a text; empty for a special token. */
  byte[] bytes(int id);

  /**
   * @param continuing the ids go on with a text, so that what would be dropped at the beginning of
   *     one, as a space, is kept
   */
  TextStream stream(boolean continuing);

  /** The number of ids. */
  int size();

  /** Throws where {@code id} is not one of a vocabulary of {@code size}. */
  static void check(int id, int size) {
    if (id < 0 || id >= size) {
      throw new TokenizerException(
          "token id %d is outside the vocabulary, [0, %d)".formatted(id, size));
    }
  }
}
