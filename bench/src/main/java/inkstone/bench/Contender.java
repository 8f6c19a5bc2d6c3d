package inkstone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * One side of a comparison: a process that answers each line it is asked with one line of JSON. Its
 * first line says who it is ({@code "ready": true}) or why it cannot take part ({@code "ready":
 * false, "why": ...}). It ends at {@code quit}, and at the end of its input: also when we die.
 */
final class Contender implements Side {

  private static final int LAST_WORDS = 12;
  private static final long PATIENCE_SECONDS = 30;

  private final String side;
  private final Process process;
  private final BufferedReader answers;
  private final BufferedWriter questions;
  private final Deque<String> lastWords = new ArrayDeque<>();
  private final Thread listener;

  private Contender(String side, Process process) {
    this.side = side;
    this.process = process;
    answers = process.inputReader(UTF_8);
    questions = process.outputWriter(UTF_8);
    listener = Thread.ofPlatform().daemon().start(this::listen);
  }

  /**
   * Starts a process.
   *
   * @param side its name in messages, for example {@code the peer (pytorch)}
   * @param variables changes the environment that it gets, a copy of ours
   * @throws IOException if there is no such program
   */
  static Contender start(String side, List<String> command, Consumer<Map<String, String>> variables)
      throws IOException {
    var builder = new ProcessBuilder(command);
    variables.accept(builder.environment());
    return new Contender(side, builder.start());
  }

  /** Its first line, said after it has warmed up. */
  JsonNode ready() {
    return answer("at its start");
  }

  @Override
  public Lap round(double seconds) {
    return lap("round " + seconds);
  }

  /** What it did when asked one line. */
  Lap lap(String question) {
    var answer = ask(question);
    try {
      return Lap.of(answer);
    } catch (IllegalArgumentException e) {
      throw garbage("asked '" + question + "'", answer.toString(), e);
    }
  }

  /** Asks one line. */
  JsonNode ask(String question) {
    try {
      questions.write(question + "\n");
      questions.flush();
    } catch (IOException e) {
      // It has ended; that it does not answer tells more.
    }
    return answer("asked '" + question + "'");
  }

  private JsonNode answer(String when) {
    String line;
    try {
      line = answers.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (line == null) {
      throw new BenchException("%s, %s, %s%s".formatted(side, when, ending(), lastWords()));
    }
    try {
      var answer = BenchJson.MAPPER.readTree(line);
      if (answer.isObject()) {
        return answer;
      }
      throw garbage(when, line, null);
    } catch (JacksonException e) {
      throw garbage(when, line, e);
    }
  }

  private BenchException garbage(String when, String line, @Nullable Exception cause) {
    var message = "%s, %s, gave an answer that is none: %s".formatted(side, when, line);
    return new BenchException(message + lastWords(), cause);
  }

  private String ending() {
    try {
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)
          ? "ended with exit code " + process.exitValue()
          : "closed its output";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "closed its output";
    }
  }

  /** The end of its standard error, for a message. */
  private String lastWords() {
    try {
      if (!process.isAlive()) {
        listener.join(1000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (lastWords) {
      return lastWords.isEmpty()
          ? " (it wrote no errors)"
          : "; its last words:\n  " + String.join("\n  ", lastWords);
    }
  }

  private void listen() {
    try (var errors = process.errorReader(UTF_8)) {
      for (var line = errors.readLine(); line != null; line = errors.readLine()) {
        synchronized (lastWords) {
          lastWords.addLast(line);
          if (lastWords.size() > LAST_WORDS) {
            lastWords.removeFirst();
          }
        }
      }
    } catch (IOException e) {
      // The process was ended while we listened.
    }
  }

  /** Asks it to end, and ends it where it does not. */
  @Override
  public void close() {
    try {
      questions.write("quit\n");
      questions.close();
    } catch (IOException e) {
      // It has ended already.
    }
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
