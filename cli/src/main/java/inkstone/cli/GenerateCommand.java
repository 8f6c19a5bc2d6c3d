package inkstone.cli;

import inkstone.generate.Completion;
import inkstone.generate.GenerationException;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.generate.Pieces;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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
      paramLabel = "DIR|FILE",
      description = "A model's folder, a .gguf file or a .bin of llama2.c.")
  private Path model = Path.of("");

  @Option(
      names = "--prompt",
      paramLabel = "TEXT",
      description = "What the text begins with; - reads standard input (default: nothing).")
  private String prompt = "";

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "The most tokens to write (default: ${DEFAULT-VALUE}).")
  private int maxTokens = GenerationRequest.MAX_TOKENS;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 always takes the likeliest token (default: what the model says, else 0.8).")
  private @Nullable Double temperature;

  @Option(names = "--top-k", paramLabel = "K", description = "Only the K likeliest; 0 is off.")
  private @Nullable Integer topK;

  @Option(names = "--top-p", paramLabel = "P", description = "Only the likeliest that make up P.")
  private @Nullable Double topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Only those with at least P times the likeliest's probability.")
  private @Nullable Double minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "R",
      description = "Above 1: tokens that were there come less; 1 is off.")
  private @Nullable Double repetitionPenalty;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End before this text; may be given several times.")
  private List<String> stop = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "Gives the same text again.")
  private @Nullable Long seed;

  @Override
  public Integer call() {
    var request = request();
    try (var opened = LanguageModel.open(model);
        var pieces = opened.generate(request)) {
      var done = new CountDownLatch(1);
      var interrupted = new Thread(() -> cancel(pieces, done));
      Runtime.getRuntime().addShutdownHook(interrupted);
      try {
        write(request.prompt(), pieces, System.out);
        System.err.println(summary(pieces.completion()));
      } finally {
        done.countDown();
        forget(interrupted);
      }
      return 0;
    }
  }

  private GenerationRequest request() {
    var request =
        GenerationRequest.of(prompt.equals("-") ? standardInput() : prompt)
            .maxTokens(maxTokens)
            .stop(stop);
    request = temperature == null ? request : request.temperature(temperature);
    request = topK == null ? request : request.topK(topK);
    request = topP == null ? request : request.topP(topP);
    request = minP == null ? request : request.minP(minP);
    request = repetitionPenalty == null ? request : request.repetitionPenalty(repetitionPenalty);
    return seed == null ? request : request.seed(seed);
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
    return String.format(
        Locale.ROOT,
        "%d tokens after a prompt of %d, %.1f tokens/s, first after %.2f s, ended by %s, seed %d",
        completion.completionTokens(),
        completion.promptTokens(),
        completion.timings().tokensPerSecond(),
        completion.timings().promptSeconds(),
        completion.finishReason().name().toLowerCase(Locale.ROOT),
        completion.seed());
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
