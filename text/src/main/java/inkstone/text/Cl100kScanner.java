package inkstone.text;

import static inkstone.text.CharacterClass.LETTER;
import static inkstone.text.CharacterClass.NUMBER;
import static inkstone.text.CharacterClass.OTHER;
import static inkstone.text.CharacterClass.SPACE;

/**
 * {@link SplitPattern#CL100K} by hand, and its variants, which differ in how many digits stand
 * together.
 */
final class Cl100kScanner implements Splitter {

  private final int digits;

  /** At most {@code digits} digits make a piece. */
  Cl100kScanner(int digits) {
    this.digits = digits;
  }

  @Override
  public boolean cutsAtLines() {
    return true;
  }

  @Override
  public void split(char[] text, int from, int to, IntList ends) {
    int at = from;
    while (at < to) {
      at = next(text, at, to);
      ends.add(at);
    }
  }

  private int next(char[] text, int from, int to) {
    char c = text[from];
    if (c == '\'') {
      int length = Scans.contraction(text, from, to, true);
      if (length > 0) {
        return from + length;
      }
    }
    int kind = Scans.classAt(text, from, to);
    if (kind == LETTER) {
      return Scans.run(LETTER, text, from, to);
    }
    if (kind == NUMBER) {
      return number(text, from, to);
    }
    int second = from + width(text, from, to);
    int secondKind = second < to ? Scans.classAt(text, second, to) : SPACE;
    if (secondKind == LETTER && c != '\r' && c != '\n') {
      return Scans.run(LETTER, text, second, to);
    }
    if (kind == OTHER || c == ' ' && secondKind == OTHER) {
      int end = Scans.run(OTHER, text, kind == OTHER ? from : second, to);
      while (end < to && isLineBreak(text[end])) {
        end++;
      }
      return end;
    }
    return space(text, from, to);
  }

  private int number(char[] text, int from, int to) {
    int end = from;
    for (int i = 0; i < digits && end < to && Scans.classAt(text, end, to) == NUMBER; i++) {
      end += width(text, end, to);
    }
    return end;
  }

  /** Up to the last line break of the run, else all but its last space, else all of it. */
  private static int space(char[] text, int from, int to) {
    int end = Scans.run(SPACE, text, from, to);
    for (int at = end; at > from; at--) {
      if (isLineBreak(text[at - 1])) {
        return at;
      }
    }
    return end < to && end - from > 1 ? end - 1 : end;
  }

  private static int width(char[] text, int at, int to) {
    return Character.charCount(Character.codePointAt(text, at, to));
  }

  private static boolean isLineBreak(char c) {
    return c == '\n' || c == '\r';
  }
}
