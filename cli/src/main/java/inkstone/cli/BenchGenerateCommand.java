package inkstone.cli;

import inkstone.bench.FaithfulnessCheck;
import inkstone.bench.GenerateBench;
import inkstone.bench.GeneratePeer;
import inkstone.bench.GenerateSize;
import inkstone.bench.GenerateWork;
import inkstone.tensor.GgufType;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inkstone bench generate}: a model that writes. */
@Command(
    name = "generate",
    description = {
      "Writing with one model, ours and a peer's in turn.",
      "Ratios are above 1 where we are better."
    },
    mixinStandardHelpOptions = true)
final class BenchGenerateCommand implements Callable<Integer> {

  /** The networks with random weights. */
  enum Size {
    M135(GenerateSize.M135),
    B1(GenerateSize.B1);

    private final GenerateSize size;

    Size(GenerateSize size) {
      this.size = size;
    }

    @Override
    public String toString() {
      return size.toString();
    }
  }

  /** How the matrices are stored. */
  enum Quant {
    F16(GgufType.F16),
    Q8_0(GgufType.Q8_0),
    Q4_0(GgufType.Q4_0);

    private final GgufType type;

    Quant(GgufType type) {
      this.type = type;
    }
  }

  @Option(
      names = "--work",
      paramLabel = "decode|prefill|streams|start",
      description = {
        "decode: 128 tokens, one after another. prefill: a prompt of 512 tokens.",
        "streams: 16 texts at once, 128 tokens read and 128 written of each.",
        "start: the whole command, up to its first token. Default: decode."
      })
  private GenerateWork work = GenerateWork.DECODE;

  @Option(
      names = "--peer",
      paramLabel = "none|llama.cpp|jlama|llama3.java",
      description = "Who to compare with. Default: llama.cpp.")
  private GeneratePeer peer = GeneratePeer.LLAMA_CPP;

  @Option(
      names = "--peer-home",
      paramLabel = "DIR",
      description = {
        "Where the peer lies: llama-bench, llama-server and llama-cli (default: on the path),",
        "Jlama's jars, or the classes of llama3.java."
      })
  private Optional<Path> peerHome = Optional.empty();

  @Option(
      names = "--size",
      paramLabel = "135m|1b",
      description = "A network with random weights, written for this run. Default: 135m.")
  private Size size = Size.M135;

  @Option(
      names = "--quant",
      paramLabel = "f16|q8_0|q4_0",
      description = "How its matrices are stored. Default: q8_0.")
  private Quant quant = Quant.Q8_0;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "A GGUF file to take in place of random weights.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--check",
      paramLabel = "FILE",
      description = {
        "A GGUF file of a real model, such as SmolLM2. Both sides read a text with it before they",
        "are timed; where we are further from its weights than llama.cpp, the run is void.",
        "Default: $INKSTONE_GGUF."
      })
  private Optional<Path> check =
      Optional.ofNullable(System.getenv("INKSTONE_GGUF")).filter(n -> !n.isBlank()).map(Path::of);

  @Option(
      names = "--check-text",
      paramLabel = "FILE",
      description = "The text for --check. Default: ${DEFAULT-VALUE}.")
  private Path checkText = Path.of("../shared/data/wikitext-2/test.txt");

  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() {
    var bench =
        new GenerateBench(
            work,
            size.size,
            quant.type,
            model,
            peer,
            peerHome,
            check.map(file -> new FaithfulnessCheck(file, checkText)),
            options.threads(),
            options.rounds(),
            options.environment());
    options.print(bench.run(options::progress, options::notice));
    return 0;
  }
}
