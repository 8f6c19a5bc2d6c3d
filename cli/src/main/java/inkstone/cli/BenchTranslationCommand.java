package inkstone.cli;

import inkstone.bench.Peer;
import inkstone.bench.TrainWork;
import inkstone.bench.TranslationBench;
import inkstone.bench.TranslationSize;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inkstone bench translation}: whole optimizer steps of an encoder and a decoder. */
@Command(
    name = "translation",
    description = {
      "Whole optimizer steps of an encoder and a decoder, ours and the peer's in turn.",
      "Ratios are above 1 where we are better."
    },
    mixinStandardHelpOptions = true)
final class BenchTranslationCommand implements Callable<Integer> {

  @Option(
      names = "--peer",
      paramLabel = "none|pytorch|pytorch-compile",
      description = "Who to compare with. Default: pytorch.")
  private Peer peer = Peer.PYTORCH;

  @Option(
      names = "--size",
      paramLabel = "multi30k|base",
      description = "The network and its batch. Default: multi30k, the Transformer-Tiny.")
  private String size = "multi30k";

  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() {
    var bench =
        new TranslationBench(
            TranslationSize.of(size),
            options.threads(),
            TrainWork.SEED,
            peer,
            options.python(),
            options.rounds(),
            options.environment());
    options.print(bench.run(options::progress, options::notice));
    return 0;
  }
}
