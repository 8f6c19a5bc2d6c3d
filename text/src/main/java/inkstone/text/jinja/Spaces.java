package inkstone.text.jinja;

/** White space as Python's {@code str.isspace} has it, and its line breaks. */
final class Spaces {

  private Spaces() {}

  static boolean is(int c) {
    return (c >= 9 && c <= 13)
        || (c >= 0x1C && c <= 0x20)
        || c == 0x85
        || c == 0xA0
        || (c > 0xFF && (Character.isSpaceChar(c) && c != 0x200B));
  }

  /** Where {@code str.splitlines} breaks. */
  static boolean isLineBreak(int c) {
    return (c >= 10 && c <= 13)
        || (c >= 0x1C && c <= 0x1E)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** Whether all of {@code text} from {@code start} is white space. */
  static boolean only(String text, int start) {
    return skip(text, start) == text.length();
  }

  /** The first place from {@code start} on that is no white space. */
  static int skip(String text, int start) {
    int at = start;
    while (at < text.length() && is(text.charAt(at))) {
      at++;
    }
    return at;
  }

  static String stripRight(String text) {
    int end = text.length();
    while (end > 0 && is(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
