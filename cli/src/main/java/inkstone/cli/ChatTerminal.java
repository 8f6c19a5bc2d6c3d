package inkstone.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A chat with a person: a line editor with history, and Ctrl-C that stops an answer. */
final class ChatTerminal {

  private ChatTerminal() {}

  /** Talks until the person leaves. */
  static void talk(ChatSession session, ChatWords words, String welcome, Path history)
      throws IOException {
    boolean styled = System.getenv("NO_COLOR") == null || System.getenv("NO_COLOR").isEmpty();
    // Of a terminal that says nothing of UTF-8, most speak it all the same.
    try (var terminal =
        TerminalBuilder.builder()
            .name("inkstone")
            .system(true)
            .encoding(StandardCharsets.UTF_8)
            .stdinEncoding(StandardCharsets.UTF_8)
            .stdoutEncoding(StandardCharsets.UTF_8)
            .build()) {
      var screen = new ChatScreen(terminal.writer(), styled);
      var loop = new ChatLoop(session, screen, words, true);
      terminal.handle(Terminal.Signal.INT, signal -> session.stop());
      screen.aside(welcome);
      var reader = reader(terminal, history, screen, words);
      boolean leaving = false;
      while (true) {
        try {
          var typed = reader.readLine("> ");
          leaving = false;
          boolean goesOn = silently(terminal, () -> loop.accept(ChatInput.message(typed)));
          if (!goesOn) {
            return;
          }
        } catch (UserInterruptException e) {
          if (leaving) {
            return;
          }
          leaving = e.getPartialLine().isBlank();
          if (leaving) {
            screen.aside(words.say("leave"));
          }
        } catch (EndOfFileException e) {
          return;
        }
      }
    }
  }

  /** Without showing what is typed meanwhile, such as ^C in the middle of an answer. */
  private static boolean silently(Terminal terminal, BooleanSupplier work) {
    var usual = terminal.getAttributes();
    var silent = new Attributes(usual);
    silent.setLocalFlag(Attributes.LocalFlag.ECHO, false);
    terminal.setAttributes(silent);
    try {
      return work.getAsBoolean();
    } finally {
      terminal.setAttributes(usual);
    }
  }

  private static LineReader reader(
      Terminal terminal, Path history, ChatScreen screen, ChatWords words) {
    var reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("inkstone")
            .parser(new Lines())
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, ". ")
            .variable(LineReader.HISTORY_SIZE, 1000)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .build();
    if (ChatHistory.prepare(history)) {
      reader.setVariable(LineReader.HISTORY_FILE, history);
    } else {
      screen.aside(words.say("history", history));
    }
    return reader;
  }

  /** Asks for a further line where a message is not complete; a line is one word otherwise. */
  private static final class Lines implements Parser {

    private final DefaultParser words = new DefaultParser().quoteChars(new char[0]);

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      if (context == ParseContext.ACCEPT_LINE && !ChatInput.complete(line)) {
        throw new EOFError(-1, cursor, "more lines");
      }
      return words.parse(line, cursor, ParseContext.COMPLETE);
    }

    @Override
    public boolean isEscapeChar(char ch) {
      return false;
    }
  }
}
