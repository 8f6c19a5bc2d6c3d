package inkstone.cli;

import inkstone.bench.Peer;
import inkstone.bench.Precision;
import inkstone.bench.TrainBench;
import inkstone.bench.TrainSize;
import inkstone.bench.TrainWork;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code inkstone bench train}: whole optimizer steps of a GPT-2. */
@Command(
    name = "train",
    description = {
      "Whole optimizer steps of a GPT-2, ours and the peer's in turn.",
      "Ratios are above 1 where we are better."
    },
    mixinStandardHelpOptions = true)
final class BenchTrainCommand implements Callable<Integer> {

  @Option(
      names = "--peer",
      paramLabel = "none|pytorch|pytorch-compile",
      description = "Who to compare with. Default: pytorch.")
  private Peer peer = Peer.PYTORCH;

  @Option(
      names = "--size",
      paramLabel = "10m|124m|350m|KEY=N,...",
      description = {
        "The network and its batch. Default: 10m.",
        "Or 10m with other numbers: context=1024,sequences=8,layers=,heads=,width=,vocabulary="
      })
  private String size = "10m";

  @Option(
      names = "--dtype",
      paramLabel = "bf16|fp32",
      description = "The type of the arithmetic; weights are fp32. Default: fp32.")
  private Precision dtype = Precision.FP32;

  @Mixin private BenchOptions options = new BenchOptions();

  @Override
  public Integer call() {
    var work = new TrainWork(TrainSize.of(size), dtype, options.threads(), TrainWork.SEED);
    options.print(
        new TrainBench(work, peer, options.python(), options.rounds(), options.environment())
            .run(options::progress, options::notice));
    return 0;
  }
}
