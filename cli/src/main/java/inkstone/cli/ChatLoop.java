package inkstone.cli;

import inkstone.cli.ChatSession.Answer;
import inkstone.generate.FinishReason;
import inkstone.generate.GenerationRequest;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/** Takes one message or command after another and shows what comes of it. */
final class ChatLoop {

  private final ChatSession session;
  private final ChatScreen screen;
  private final ChatWords words;
  private final boolean figures;
  private final ChatFiles files = new ChatFiles();

  /**
   * A loop over a session.
   *
   * @param figures whether a line after each answer tells how fast it came
   */
  ChatLoop(ChatSession session, ChatScreen screen, ChatWords words, boolean figures) {
    this.session = session;
    this.screen = screen;
    this.words = words;
    this.figures = figures;
  }

  /** Does what one message or command asks for; false where it asks to leave. */
  boolean accept(String message) {
    if (message.isEmpty()) {
      return true;
    }
    try {
      if (message.startsWith("//")) {
        answer(heard -> session.say(message.substring(1), heard));
      } else if (message.startsWith("/")) {
        return command(message);
      } else {
        answer(heard -> session.say(message, heard));
      }
    } catch (RuntimeException e) {
      if (!Main.isMistake(e)) {
        throw e;
      }
      screen.line(String.valueOf(e.getMessage()));
    }
    return true;
  }

  private boolean command(String message) {
    var parts = message.split("\\s+", 2);
    var rest = parts.length > 1 ? parts[1].strip() : "";
    switch (parts[0]) {
      case "/help" -> screen.aside(words.say("help", String.join(", ", ChatSettings.NAMES)));
      case "/system" -> system(rest);
      case "/regenerate" -> answer(session::regenerate);
      case "/save" -> screen.aside(words.say("saved", files.save(session.conversation(), rest)));
      case "/load" -> {
        session.load(files.load(rest));
        screen.aside(words.say("loaded", session.stats().messages()));
      }
      case "/clear" -> {
        session.clear();
        screen.aside(words.say("cleared"));
      }
      case "/set" -> {
        session.request(ChatSettings.set(session.request(), rest));
        screen.aside(words.say("set", settings()));
      }
      case "/stats" -> stats();
      case "/quit", "/exit" -> {
        return false;
      }
      default -> screen.line(words.say("unknown", parts[0], message.substring(1)));
    }
    return true;
  }

  private void system(String text) {
    if (text.isEmpty()) {
      screen.aside(session.system().orElse(words.say("system.none")));
    } else {
      session.system(text.equals("-") ? "" : text);
      screen.aside(words.say(text.equals("-") ? "system.removed" : "system.set"));
    }
  }

  private void answer(Function<Consumer<String>, Answer> ask) {
    var shown = new StringBuilder();
    Answer answer;
    try {
      answer =
          ask.apply(
              part -> {
                screen.part(part);
                shown.append(part);
                if (screen.broken()) {
                  session.stop();
                }
              });
    } finally {
      if (!shown.isEmpty()) {
        screen.line("");
      }
    }
    var completion = answer.completion();
    if (answer.newlyDropped() > 0) {
      screen.aside(words.say("dropped", session.stats().dropped()));
    }
    if (completion.finishReason() == FinishReason.CANCELLED) {
      screen.aside(words.say(completion.text().isBlank() ? "noanswer" : "stopped"));
    } else if (answer.full()) {
      screen.aside(words.say("full", session.stats().context()));
    } else if (completion.finishReason() == FinishReason.LENGTH) {
      screen.aside(words.say("limit", completion.completionTokens()));
    }
    if (figures) {
      var timings = completion.timings();
      screen.aside(
          words.say(
              "figures",
              completion.completionTokens(),
              timings.tokensPerSecond(),
              timings.promptSeconds()));
    }
  }

  private void stats() {
    var stats = session.stats();
    screen.aside(
        words.say(
            "stats",
            stats.messages(),
            stats.dropped(),
            stats.tokens(),
            stats.context(),
            stats.written(),
            stats.seconds()));
    screen.aside(words.say("stats.settings", settings()));
  }

  private String settings() {
    return settings(session.request()).toString().replaceAll("[{}]", "");
  }

  /** What was asked for; the rest is as the model says. */
  private static Map<String, String> settings(GenerationRequest request) {
    var known = new TreeMap<String, String>();
    known.put("max-tokens", Integer.toString(request.maxTokens()));
    put(known, "temperature", request.temperature());
    put(known, "top-p", request.topP());
    put(known, "min-p", request.minP());
    put(known, "repetition-penalty", request.repetitionPenalty());
    OptionalInt topK = request.topK();
    topK.ifPresent(k -> known.put("top-k", Integer.toString(k)));
    request.seed().ifPresent(seed -> known.put("seed", Long.toString(seed)));
    return known;
  }

  private static void put(Map<String, String> known, String name, OptionalDouble value) {
    value.ifPresent(v -> known.put(name, String.format(Locale.ROOT, "%s", v)));
  }
}
