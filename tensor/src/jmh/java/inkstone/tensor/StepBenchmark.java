package inkstone.tensor;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What an optimizer does with one matrix [1024, 1024], each way by itself; float32. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class StepBenchmark {

  private static final int SIZE = 1024;

  private Tensor weight;
  private Tensor gradient;
  private Tensor first;
  private Tensor second;
  private float[] left;
  private float[] right;
  private float[] product;

  /** Makes the inputs; they live as long as the process. */
  @Setup
  public void inputs() {
    Random.seed(1);
    weight = Random.normal(0, 1, SIZE, SIZE);
    gradient = Random.normal(0, 1, SIZE, SIZE);
    first = Tensor.zeros(DType.FLOAT32, Device.CPU, SIZE, SIZE);
    second = Tensor.zeros(DType.FLOAT32, Device.CPU, SIZE, SIZE);
    left = gradient.narrow(0, 0, 256).toFloats();
    right = gradient.narrow(0, 256, 256).toFloats();
    product = new float[256 * 256];
  }

  /** libtorch's fused operator: one pass. */
  @Benchmark
  public void adamWFused() {
    var step = new Functions.AdamWStep(1, 1e-3, 0.9, 0.95, 1e-8, 0.1);
    Functions.adamW(weight, gradient, first, second, step);
  }

  /** A pass for the moments and one for the weight would be the least; this one takes several. */
  @Benchmark
  public void adamWComposed() {
    inkstone.tensor.Scope.run(
        () -> {
          first.mulInPlace(0.9).addInPlace(gradient, 0.1);
          second.mulInPlace(0.95).addInPlace(gradient.mul(gradient), 0.05);
          var root = second.add(Tensor.full(1e-8, DType.FLOAT32, Device.CPU)).log().mul(0.5).exp();
          weight.mulInPlace(1 - 1e-4).addInPlace(first.div(root), -1e-3);
        });
  }

  /** What a weight costs to be converted for bfloat16 arithmetic, once a step. */
  @Benchmark
  public void toBfloat16() {
    weight.to(DType.BFLOAT16).close();
  }

  /** Muon's five steps. */
  @Benchmark
  public void orthogonalized() {
    Functions.orthogonalized(gradient).close();
  }

  /** Our product of packed factors, [256, 1024] x [1024, 256], on one thread, packing apart. */
  @Benchmark
  public float[] packedProduct() {
    Products.multiply(
        256, 256, SIZE, left, right, 0, SIZE * Products.COLUMNS, product, 0, 256, false);
    return product;
  }

  /** libtorch's product of the same shape. */
  @Benchmark
  public void libraryProduct() {
    inkstone.tensor.Scope.run(
        () -> gradient.narrow(0, 0, 256).matmul(gradient.narrow(0, 256, 256).transpose(0, 1)));
  }
}
