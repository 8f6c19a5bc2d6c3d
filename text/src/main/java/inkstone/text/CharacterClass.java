package inkstone.text;

/**
 * The four kinds of characters that the split patterns tell apart: {@code \p{L}}, {@code \p{N}},
 * {@code \s} (Unicode White_Space) and all else.
 */
final class CharacterClass {

  static final int OTHER = 0;
  static final int LETTER = 1;
  static final int NUMBER = 2;
  static final int SPACE = 3;

  private static final byte[] BASIC_PLANE = basicPlane();

  private CharacterClass() {}

  /** The class of a UTF-16 unit; a surrogate is {@link #OTHER}. */
  static int ofUnit(char unit) {
    return BASIC_PLANE[unit];
  }

  /** The class of any code point. */
  static int of(int codePoint) {
    return codePoint < 0x10000 ? BASIC_PLANE[codePoint] : compute(codePoint);
  }

  private static byte[] basicPlane() {
    var classes = new byte[0x10000];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = (byte) compute(c);
    }
    return classes;
  }

  private static int compute(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      default -> codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85 ? SPACE : OTHER;
    };
  }
}
