package inkstone.cli;

import inkstone.generate.GenerationException;
import inkstone.generate.LanguageModel;
import inkstone.model.GgufModel;
import inkstone.tensor.GgufType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code inkstone convert}: a model in another form. */
@Command(
    name = "convert",
    description = {
      "Write a model in another form: a Hugging Face directory as GGUF for llama.cpp, or back.",
      "A model of llama2.c (.bin) can be read too."
    },
    mixinStandardHelpOptions = true)
final class ConvertCommand implements Callable<Integer> {

  /** The types that can be written. */
  enum Type {
    F32(GgufType.F32),
    F16(GgufType.F16),
    Q8_0(GgufType.Q8_0),
    Q4_0(GgufType.Q4_0);

    private final GgufType stored;

    Type(GgufType stored) {
      this.stored = stored;
    }
  }

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|FILE|SOURCE",
      description = "A model's folder, a .gguf file, a .bin of llama2.c, or what was pulled.")
  private String model = "";

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR|FILE.gguf",
      description = "What to write: a name that ends in .gguf, or a folder.")
  private Path out = Path.of("");

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      description =
          "How GGUF stores the matrices: f32, f16, q8_0 or q4_0 (default: f16). A folder has float32.")
  private @Nullable Type type;

  @Override
  public Integer call() {
    boolean gguf = GgufModel.isGguf(out);
    if (!gguf && type != null && type != Type.F32 && spec != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--type %s: a folder has float32; leave --type out, or let --out end in .gguf"
              .formatted(type.name().toLowerCase(Locale.ROOT)));
    }
    var from = Models.path(model);
    if (isSame(from, out)) {
      throw new GenerationException(
          "--out %s is the model itself, which would be lost; name another".formatted(out));
    }
    try (var opened = LanguageModel.open(from)) {
      if (gguf) {
        opened.saveGguf(out, (type == null ? Type.F16 : type).stored);
      } else {
        opened.save(out);
      }
    }
    System.err.printf(Locale.ROOT, "%s: %,d bytes%n", out, size(out));
    return 0;
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.exists(other) && Files.exists(one) && Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
