package inkstone.text;

/** Steps that the hand-written scanners share. */
final class Scans {

  private static final char LONG_S = '\u017F';

  private Scans() {}

  /** The class of the code point at {@code at}. */
  static int classAt(char[] text, int at, int to) {
    char c = text[at];
    return Character.isHighSurrogate(c)
        ? CharacterClass.of(Character.codePointAt(text, at, to))
        : CharacterClass.ofUnit(c);
  }

  /** The end of the run of code points of class {@code kind} that starts at {@code from}. */
  static int run(int kind, char[] text, int from, int to) {
    int at = from;
    while (at < to) {
      char c = text[at];
      if (!Character.isHighSurrogate(c)) {
        if (CharacterClass.ofUnit(c) != kind) {
          return at;
        }
        at++;
      } else {
        int codePoint = Character.codePointAt(text, at, to);
        if (CharacterClass.of(codePoint) != kind) {
          return at;
        }
        at += Character.charCount(codePoint);
      }
    }
    return at;
  }

  /**
   * The length of an English contraction ('s 't 're 've 'm 'll 'd) whose apostrophe stands at
   * {@code at}, 0 where there is none. Without case, the long s (U+017F) folds to s.
   */
  static int contraction(char[] text, int at, int to, boolean anyCase) {
    if (at + 1 >= to) {
      return 0;
    }
    char first = fold(text[at + 1], anyCase);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') {
      return 2;
    }
    if (at + 2 >= to) {
      return 0;
    }
    char second = fold(text[at + 2], anyCase);
    boolean two =
        switch (first) {
          case 'r', 'v' -> second == 'e';
          case 'l' -> second == 'l';
          default -> false;
        };
    return two ? 3 : 0;
  }

  private static char fold(char c, boolean anyCase) {
    if (!anyCase) {
      return c;
    }
    if (c >= 'A' && c <= 'Z') {
      return (char) (c + 32);
    }
    return c == LONG_S ? 's' : c;
  }
}
