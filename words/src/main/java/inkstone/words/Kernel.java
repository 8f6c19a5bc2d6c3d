package inkstone.words;

/**
 * The arithmetic of word vectors, for one thread. Rows lie one behind the other in arrays that all
 * threads share and write without locks (Hogwild: Niu et al., 2011): a float is read and written
 * whole, and that now and then an addition is lost does no harm.
 *
 * <p>Everything there is to learn comes down to one step on {@code m} input rows and {@code n}
 * output rows, each of which should be near the inputs (label 1) or not (label 0):
 *
 * <pre>
 * g[i][k]  = rate (label[k] - sigmoid(in[i] . out[k]))
 * in[i]   += sum over k of g[i][k] out[k]
 * out[k]  += sum over i of g[i][k] in[i]
 * </pre>
 *
 * with the rows as they were before, six outputs at a time. In skip-gram the inputs are all words
 * of a window and the outputs are shared by them, so a row comes from memory once for a window and
 * not once for a pair (Ji et al., 2016, "Parallelizing Word2Vec in Shared and Distributed Memory");
 * in CBOW the one input is the mean of the window.
 */
abstract sealed class Kernel permits VectorKernel, PlainKernel {

  /** Outputs of one round. */
  static final int OUTPUTS = 6;

  private static final int TABLE = 1024;
  private static final float RANGE = 6;

  /** sigmoid over [-6, 6]; beyond, its ends. */
  private static final float[] SIGMOID = new float[TABLE + 1];

  static {
    for (int i = 0; i <= TABLE; i++) {
      SIGMOID[i] = (float) (1 / (1 + Math.exp(-(2.0 * i / TABLE - 1) * RANGE)));
    }
  }

  /** g of [inputs][{@link #OUTPUTS}]. */
  final float[] steps;

  /** Dot products of one input. */
  final float[] dots = new float[OUTPUTS];

  private double loss;
  private long judged;

  /** For at most so many inputs. */
  Kernel(int inputs) {
    steps = new float[inputs * OUTPUTS];
  }

  /** The kernel of this JVM for at most so many inputs, for one thread. */
  static Kernel of(int inputs) {
    return vectors() ? new VectorKernel(inputs) : new PlainKernel(inputs);
  }

  /** Whether the Vector API is there. */
  static boolean vectors() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  /** The length of a row: dimensions, filled up with zeros to what vectors hold. */
  static int stride(int dimensions) {
    return vectors()
        ? Math.ceilDiv(dimensions, VectorKernel.LANES) * VectorKernel.LANES
        : dimensions;
  }

  /**
   * One round.
   *
   * @param in rows of inputs
   * @param inputs where each input row begins, {@code m} of them
   * @param out rows of outputs
   * @param outputs where each output row begins; {@link #OUTPUTS} of them from {@code from} on,
   *     those behind {@code n} on a row of zeros
   * @param labels 1 or 0 for each output
   * @param n outputs that count, 1 to {@link #OUTPUTS}
   * @param judge whether to add to the loss
   */
  final void round(
      float[] in,
      int[] inputs,
      int m,
      float[] out,
      int[] outputs,
      int from,
      float[] labels,
      int n,
      int stride,
      float rate,
      boolean judge) {
    for (int i = 0; i < m; i++) {
      dots(in, inputs[i], out, outputs, from, stride);
      int at = i * OUTPUTS;
      for (int k = 0; k < n; k++) {
        float label = labels[from + k];
        steps[at + k] = rate * (label - sigmoid(dots[k]));
        if (judge) {
          judge(label, dots[k]);
        }
      }
      for (int k = n; k < OUTPUTS; k++) {
        steps[at + k] = 0;
      }
    }
    move(in, inputs, m, out, outputs, from, stride);
  }

  /** {@link #dots} of an input with {@link #OUTPUTS} outputs. */
  abstract void dots(float[] in, int input, float[] out, int[] outputs, int from, int stride);

  /** Moves rows of inputs and outputs by {@link #steps}. */
  abstract void move(
      float[] in, int[] inputs, int m, float[] out, int[] outputs, int from, int stride);

  /** Puts the mean of rows in the place of a row of another array. */
  abstract void mean(float[] in, int[] inputs, int m, float[] to, int at, int stride);

  /** Adds the difference of two rows of {@code of} to each of the rows. */
  abstract void addDifference(
      float[] in, int[] inputs, int m, float[] of, int after, int before, int stride);

  /** The loss since it was last taken, in nats for each pair that was judged; NaN for none. */
  final double takeLoss() {
    double mean = loss / judged;
    loss = 0;
    judged = 0;
    return mean;
  }

  /** -log sigmoid(x) of a pair, or -log sigmoid(-x) of one that should not be. */
  private void judge(float label, float x) {
    double signed = label == 1 ? x : -x;
    loss += Math.log1p(Math.exp(-Math.abs(signed))) + Math.max(0, -signed);
    judged++;
  }

  static float sigmoid(float x) {
    if (x >= RANGE) {
      return SIGMOID[TABLE];
    }
    if (!(x > -RANGE)) {
      return SIGMOID[0];
    }
    return SIGMOID[(int) ((x + RANGE) * (TABLE / (2 * RANGE)) + 0.5f)];
  }
}
