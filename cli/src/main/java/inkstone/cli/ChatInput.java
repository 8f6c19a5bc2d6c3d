package inkstone.cli;

/** How several lines are typed as one message: a backslash at a line's end, or a block of """. */
final class ChatInput {

  private static final String BLOCK = "\"\"\"";

  private ChatInput() {}

  /** Whether a message that was typed so far needs no further line. */
  static boolean complete(String typed) {
    var text = typed.strip();
    if (text.startsWith(BLOCK)) {
      return text.length() >= 2 * BLOCK.length() && text.endsWith(BLOCK);
    }
    return !typed.endsWith("\\");
  }

  /** The message that was typed. */
  static String message(String typed) {
    var text = typed.strip();
    if (text.startsWith(BLOCK)) {
      int end = complete(typed) ? text.length() - BLOCK.length() : text.length();
      return text.substring(BLOCK.length(), end).strip();
    }
    return typed.replace("\\\n", "\n").strip();
  }
}
