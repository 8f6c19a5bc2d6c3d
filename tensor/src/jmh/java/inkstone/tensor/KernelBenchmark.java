package inkstone.tensor;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Each fused operation in training, forward and backward, beside the plain composition that its
 * tests hold it against; float32, at the shapes of the network of 10 M parameters of {@code bench
 * train}: 8,192 tokens, 6 heads of 64.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class KernelBenchmark {

  private static final int TOKENS = 8192;
  private static final int WIDTH = 384;

  /** Ours or the composition. */
  @Param({"KERNEL", "COMPOSED"})
  public Way way;

  private Tensor stream;
  private Tensor wide;
  private Tensor scale;
  private Tensor heads;
  private Tensor angles;
  private Tensor head;
  private Tensor targets;
  private Tensor queries;

  /** The two ways to one result. */
  public enum Way {
    KERNEL,
    COMPOSED
  }

  /** Makes the inputs; they live as long as the process. */
  @Setup
  public void inputs() {
    if (!Kernels.AVAILABLE) {
      throw new IllegalStateException("start with --add-modules=jdk.incubator.vector");
    }
    Random.seed(1);
    stream = leaf(TOKENS, WIDTH);
    wide = leaf(TOKENS, 2L * 1024);
    scale = leaf(WIDTH);
    heads = leaf(TOKENS, 12, 64);
    angles = Random.normal(0, 1, TOKENS, 1, 32);
    head = leaf(4096, WIDTH);
    targets = Tensor.range(0, TOKENS, Device.CPU).to(DType.FLOAT32).mul(0.5).to(DType.INT64);
    queries = leaf(32, 6, 256, 64);
  }

  private static Tensor leaf(long... shape) {
    return Random.normal(0, 1, shape).requiresGrad(true);
  }

  private double both(Supplier<Tensor> kernel, Supplier<Tensor> composed, Tensor... leaves) {
    try (var scope = inkstone.tensor.Scope.open()) {
      var loss = (way == Way.KERNEL ? kernel : composed).get().sum();
      loss.backward();
      List.of(leaves).forEach(Tensor::clearGrad);
      return loss.item();
    }
  }

  private double forward(Supplier<Tensor> kernel, Supplier<Tensor> composed) {
    try (var scope = inkstone.tensor.Scope.open();
        var off = Gradients.off()) {
      return (way == Way.KERNEL ? kernel : composed).get().count();
    }
  }

  @Benchmark
  public double attentionForward() {
    var q = queries;
    return forward(
        () -> AttentionPaths.kernel(q, q, q, AttentionMask.CAUSAL),
        () -> AttentionPaths.composed(q, q, q, AttentionMask.CAUSAL, 0));
  }

  @Benchmark
  public double attentionBoth() {
    var q = queries;
    return both(
        () -> AttentionPaths.kernel(q, q, q, AttentionMask.CAUSAL),
        () -> AttentionPaths.composed(q, q, q, AttentionMask.CAUSAL, 0),
        q);
  }

  @Benchmark
  public double swiGluBoth() {
    return both(() -> Functions.swiGlu(wide), () -> Functions.composedSwiGlu(wide), wide);
  }

  @Benchmark
  public double rmsNormBoth() {
    return both(
        () -> Functions.rmsNorm(stream, scale, 1e-5),
        () -> Functions.composedRmsNorm(stream, scale, 1e-5),
        stream,
        scale);
  }

  @Benchmark
  public double rotaryBoth() {
    return both(
        () -> Functions.rotary(heads, angles, angles),
        () -> Functions.composedRotary(heads, angles, angles, heads.size(1)),
        heads);
  }

  /** The output head with its loss, in chunks and with all logits at once; 4,096 classes. */
  @Benchmark
  public double crossEntropyBoth() {
    return both(
        () -> Functions.linearCrossEntropy(stream, head, targets, 0, 0),
        () ->
            Functions.crossEntropy(
                Functions.linear(stream, head, java.util.Optional.empty()), targets),
        stream,
        head);
  }
}
