package inkstone.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inkstone chat}: a conversation, in a terminal or through a pipe. */
@Command(
    name = "chat",
    description = {
      "Talk with a model. In a terminal /help lists the commands.",
      "Through a pipe each line is a message, and standard output has the answers alone.",
    },
    mixinStandardHelpOptions = true)
final class ChatCommand implements Callable<Integer> {

  private static final int MAX_TOKENS = 1024;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|FILE|SOURCE",
      description = "A model's folder or a .gguf file with a chat template, or a pulled source.")
  private String model = "";

  @Option(names = "--system", paramLabel = "TEXT", description = "Rules for all answers.")
  private Optional<String> system = Optional.empty();

  @Mixin private GenerationOptions options = new GenerationOptions();

  @Override
  public Integer call() throws IOException {
    var asked = options.request("", MAX_TOKENS);
    var words = ChatWords.of(System.getenv());
    try (var opened = options.open(model)) {
      var session = new ChatSession(opened.main(), options.guessing(asked, opened), system);
      var console = System.console();
      var term = System.getenv().getOrDefault("TERM", "dumb");
      boolean person = console != null && console.isTerminal();
      var name = model.replaceAll("/+$", "");
      var welcome =
          words.say(
              "welcome",
              name.substring(name.lastIndexOf('/') + 1),
              opened.main().decoder().config().context());
      if (person && !term.equals("dumb")) {
        ChatTerminal.talk(session, words, welcome, ChatHistory.usual(System.getenv()));
      } else {
        plain(session, words, person, welcome);
      }
      return 0;
    }
  }

  /** Line by line, without an editor or an escape code. */
  private static void plain(ChatSession session, ChatWords words, boolean person, String welcome)
      throws IOException {
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    var screen = new ChatScreen(out, false);
    var loop = new ChatLoop(session, screen, words, person);
    if (person) {
      screen.aside(welcome);
    }
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var typed = new StringBuilder();
    boolean goesOn = true;
    while (goesOn && !screen.broken()) {
      if (person) {
        screen.part(typed.isEmpty() ? "> " : ". ");
      }
      var line = in.readLine();
      if (line == null) {
        loop.accept(ChatInput.message(typed.toString()));
        return;
      }
      typed.append(line);
      if (ChatInput.complete(typed.toString())) {
        goesOn = loop.accept(ChatInput.message(typed.toString()));
        typed.setLength(0);
      } else {
        typed.append('\n');
      }
    }
  }
}
