package inkstone.cli;

import java.io.PrintWriter;

/** Writes a chat. Without style no escape code is written at all. */
final class ChatScreen {

  private static final String DIM = "\u001B[2m";
  private static final String PLAIN = "\u001B[0m";

  private final PrintWriter out;
  private final boolean styled;

  ChatScreen(PrintWriter out, boolean styled) {
    this.out = out;
    this.styled = styled;
  }

  /** A part of an answer, at once; what a terminal would take for a command is left out. */
  void part(String text) {
    out.print(visible(text));
    out.flush();
  }

  /** The text without control characters, but for line ends and tabs. */
  static String visible(String text) {
    var kept = new StringBuilder();
    text.codePoints()
        .filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
        .forEach(kept::appendCodePoint);
    return kept.toString();
  }

  /** A line of its own. */
  void line(String text) {
    out.println(visible(text));
    out.flush();
  }

  /** A line of what the chat itself says. */
  void aside(String text) {
    out.println(styled ? DIM + visible(text) + PLAIN : visible(text));
    out.flush();
  }

  /** Whether nobody reads any more. */
  boolean broken() {
    return out.checkError();
  }
}
