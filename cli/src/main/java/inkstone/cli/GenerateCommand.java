package inkstone.cli;

import inkstone.generate.BeamSearch;
import inkstone.generate.Completion;
import inkstone.generate.GenerationException;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.generate.Piece;
import inkstone.generate.Pieces;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code inkstone generate}: goes on writing from a prompt. */
@Command(
    name = "generate",
    description =
        "Write on from a prompt. The text goes to standard output, all else to standard error.",
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|FILE|SOURCE",
      description =
          "A model's folder, a .gguf file, a .bin of llama2.c, or a source that was pulled.")
  private String model = "";

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What the text begins with; - reads standard input (default: nothing).")
  private String prompt = "";

  @Mixin private GenerationOptions options = new GenerationOptions();

  @Mixin private BeamOptions beams = new BeamOptions();

  @Option(
      names = "--json",
      description = {
        "Print one line of JSON in place of the text: the text, each token with its",
        "log-probability, why it ended and how long it took."
      })
  private boolean json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    var words = prompt.equals("-") ? standardInput() : prompt;
    var request = options.request(words, GenerationRequest.MAX_TOKENS);
    var search = search(request.maxTokens());
    try (var opened = options.open(model)) {
      if (search.isPresent()) {
        search(opened.main(), words, search.get());
      } else {
        draw(opened.main(), options.guessing(request, opened));
      }
      return 0;
    }
  }

  private Optional<BeamSearch> search(int maxTokens) {
    return spec == null
        ? Optional.empty()
        : beams.search(maxTokens, spec.commandLine().getParseResult());
  }

  private void search(LanguageModel opened, String words, BeamSearch search) {
    var found = opened.search(words, search);
    var best = found.getFirst();
    print(
        System.out,
        json
            ? GenerationJson.of(words, found, opened) + "\n"
            : words + opened.text(words, best) + "\n");
    System.err.printf(
        Locale.ROOT,
        "the likeliest of %d texts: %d tokens, score %.4f%n",
        found.size(),
        best.tokens().size(),
        best.score());
  }

  private void draw(LanguageModel opened, GenerationRequest request) {
    try (var pieces = opened.generate(request)) {
      var done = new CountDownLatch(1);
      var interrupted = new Thread(() -> cancel(pieces, done));
      Runtime.getRuntime().addShutdownHook(interrupted);
      try {
        if (json) {
          var all = new ArrayList<Piece>();
          pieces.forEach(all::add);
          print(System.out, GenerationJson.of(request.prompt(), pieces.completion(), all) + "\n");
        } else {
          write(request.prompt(), pieces, System.out);
        }
        System.err.println(summary(pieces.completion()));
      } finally {
        done.countDown();
        forget(interrupted);
      }
    }
  }

  private static String standardInput() {
    try {
      var bytes = System.in.readAllBytes();
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new GenerationException("standard input is not UTF-8; convert the prompt to it", e);
    } catch (IOException e) {
      throw new GenerationException("standard input cannot be read: " + e.getMessage(), e);
    }
  }

  /** Prompt, text and a line end, each piece at once; ends early where nobody reads any more. */
  private static void write(String prompt, Pieces pieces, PrintStream out) {
    print(out, prompt);
    for (var piece : pieces) {
      print(out, piece.text());
      if (out.checkError()) {
        pieces.close();
      }
    }
    print(out, "\n");
  }

  /** UTF-8 whatever the console's own encoding is. */
  private static void print(PrintStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String summary(Completion completion) {
    var guesses = completion.guesses();
    return String.format(
        Locale.ROOT,
        "%d tokens after a prompt of %d, %.1f tokens/s, first after %.2f s, ended by %s, seed %d%s",
        completion.completionTokens(),
        completion.promptTokens(),
        completion.timings().tokensPerSecond(),
        completion.timings().promptSeconds(),
        completion.finishReason().name().toLowerCase(Locale.ROOT),
        completion.seed(),
        guesses.made() == 0
            ? ""
            : ", %d of %d guesses right".formatted(guesses.right(), guesses.made()));
  }

  /** On Ctrl-C: no further token, and a moment to end the line and say what was done. */
  private static void cancel(Pieces pieces, CountDownLatch done) {
    pieces.close();
    try {
      done.await(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, through this very hook.
    }
  }
}
