package inkstone.cli;

import inkstone.evaluate.Divergence;
import inkstone.generate.GenerationException;
import inkstone.generate.LanguageModel;
import inkstone.model.WeightScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inkstone quantize}: a model with rounded weights. */
@Command(
    name = "quantize",
    description = {
      "Round the weights of a model's linear layers to whole numbers of 8 or 4 bits.",
      "The folder is opened by Inkstone, and by Transformers with the package compressed-tensors."
    },
    mixinStandardHelpOptions = true)
final class QuantizeCommand implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|FILE|SOURCE",
      description = "A model's folder, a .gguf file, a .bin of llama2.c, or what was pulled.")
  private String model = "";

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "What to write.")
  private Path out = Path.of("");

  @Option(
      names = "--bits",
      paramLabel = "8|4",
      description = "Bits of a weight (default: ${DEFAULT-VALUE}).")
  private int bits = 8;

  @Option(
      names = "--group",
      paramLabel = "N",
      description =
          "Weights that share a scale: 32, 64, 128, or 0 for all of one output (default: 0 for 8 bits, 32 for 4).")
  private Optional<Integer> group = Optional.empty();

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "Says what the rounding costs on this text: perplexity, and divergence of the next token.")
  private @Nullable Path text;

  @Option(names = "--json", description = "Print one JSON line on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    var scheme = new WeightScheme(bits, group.orElse(bits == 8 ? 0 : 32));
    var from = Models.path(model);
    if (spec != null
        && out.toAbsolutePath().normalize().equals(from.toAbsolutePath().normalize())) {
      throw new ParameterException(
          spec.commandLine(), "--out %s: the model itself; name another folder".formatted(out));
    }
    var words = text == null ? "" : read(text);
    try (var exact = LanguageModel.widened(from)) {
      exact.save(out, scheme);
      System.err.printf(Locale.ROOT, "%s: %,d bytes%n", out, size(out));
      if (text == null) {
        print("");
        return 0;
      }
      var ids = exact.tokenizer().encode(words);
      if (ids.length < 2) {
        throw new GenerationException("%s has no two tokens to measure with".formatted(text));
      }
      try (var rounded = LanguageModel.open(out)) {
        var lost =
            Divergence.of(
                exact.decoder(), rounded.decoder(), ids, done -> progress(done, ids.length - 1));
        System.err.printf(
            Locale.ROOT,
            "%,d tokens: perplexity %.4f, was %.4f; divergence %.5f nats a token%n",
            lost.tokens(),
            lost.otherPerplexity(),
            lost.perplexity(),
            lost.mean());
        print(
            String.format(
                Locale.ROOT,
                ",\"tokens\":%d,\"perplexity\":%.6f,\"perplexity_before\":%.6f,\"divergence\":%.8f",
                lost.tokens(),
                lost.otherPerplexity(),
                lost.perplexity(),
                lost.mean()));
      }
    }
    return 0;
  }

  private void print(String figures) {
    if (json) {
      System.out.printf(
          Locale.ROOT,
          "{\"bits\":%d,\"group\":%d,\"bytes\":%d%s}%n",
          bits,
          group.orElse(bits == 8 ? 0 : 32),
          size(out),
          figures);
    }
  }

  /** In place on a terminal, and nothing elsewhere: the end says it all. */
  private static void progress(long done, long all) {
    if (System.console() != null) {
      System.err.printf(Locale.ROOT, "\r%,d of %,d tokens%s", done, all, done == all ? "\n" : "");
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new GenerationException("--text %s: there is no such file".formatted(file), e);
    } catch (CharacterCodingException e) {
      throw new GenerationException("--text %s is not UTF-8".formatted(file), e);
    } catch (IOException e) {
      throw new GenerationException(
          "--text %s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static long size(Path path) {
    try (Stream<Path> files = Files.walk(path)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
