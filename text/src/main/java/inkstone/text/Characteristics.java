package inkstone.text;

import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;

/**
 * What normalisers and pre-tokenizers ask about characters and do to them, as Hugging Face
 * tokenizers does: ids must be those of training, so that its older tables count ({@link
 * LaterUnicode}).
 */
final class Characteristics {

  private Characteristics() {}

  /** Unicode's White_Space. */
  static boolean isWhiteSpace(int c) {
    return CharacterClass.of(c) == CharacterClass.SPACE;
  }

  /** A decimal digit, a letter used as a number or another number. */
  static boolean isNumeric(int c) {
    return CharacterClass.of(c) == CharacterClass.NUMBER;
  }

  /** Punctuation, and every printable ASCII character that is no letter or digit. */
  static boolean isPunctuation(int c) {
    if (c < 0x80) {
      return c > ' ' && c < 0x7F && !Character.isLetterOrDigit(c);
    }
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          !LaterUnicode.PUNCTUATION.get(c);
      default -> LaterUnicode.FORMER_PUNCTUATION.get(c);
    };
  }

  /** Control, format and private use; what is not assigned is not among them. */
  static boolean isOther(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.PRIVATE_USE -> true;
      case Character.FORMAT -> !LaterUnicode.FORMATS.get(c);
      default -> false;
    };
  }

  static boolean isNonspacingMark(int c) {
    return Character.getType(c) == Character.NON_SPACING_MARK
        ? !LaterUnicode.NONSPACING.get(c)
        : LaterUnicode.FORMER_NONSPACING.get(c);
  }

  static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          !LaterUnicode.MARKS.get(c);
      default -> LaterUnicode.FORMER_MARKS.get(c);
    };
  }

  /** The characters that {@code kept} holds for. */
  static String filter(String text, IntPredicate kept) {
    var out = new StringBuilder(text.length());
    text.codePoints().filter(kept).forEach(out::appendCodePoint);
    return out.toString();
  }

  /** Each character on its own, so that a final sigma is as any other. */
  static String lowercase(String text) {
    var out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c == 0x130) {
        out.append("i\u0307"); // the one letter whose lower case is two characters
      } else {
        out.appendCodePoint(Character.toLowerCase(c));
      }
    }
    return out.toString();
  }

  /** Without white space at the ends that are asked for. */
  static String strip(String text, boolean left, boolean right) {
    int from = 0;
    int to = text.length();
    while (left && from < to && isWhiteSpace(text.charAt(from))) {
      from++;
    }
    while (right && to > from && isWhiteSpace(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  /**
   * The cleaning of SentencePiece's {@code nmt_nfkc} rule: control characters go, all kinds of
   * spaces and breaks become a space.
   */
  static String nmt(String text) {
    IntPredicate kept =
        c ->
            !(c >= 0x01 && c <= 0x08
                || c == 0x0B
                || c >= 0x0E && c <= 0x1F
                || c == 0x7F
                || c == 0x8F
                || c == 0x9F);
    IntUnaryOperator spaced =
        c ->
            switch (c) {
              case 0x09,
                  0x0A,
                  0x0C,
                  0x0D,
                  0x1680,
                  0x200B,
                  0x200C,
                  0x200D,
                  0x200E,
                  0x200F,
                  0x2028,
                  0x2029,
                  0x2581,
                  0xFEFF,
                  0xFFFD ->
                  ' ';
              default -> c;
            };
    var out = new StringBuilder(text.length());
    text.codePoints().filter(kept).map(spaced).forEach(out::appendCodePoint);
    return out.toString();
  }
}
