package inkstone.model.seq2seq;

import inkstone.tensor.Tensor;

/** Positions that are not learned (Vaswani et al., 2017, section 3.5), arranged as in Marian. */
final class Sinusoids {

  private static final double BASE = 10_000;

  private Sinusoids() {}

  /**
   * {@code sin(p / 10000^(2i / width))} in the first half of row p, the cosines in the second:
   * [positions, width].
   */
  static Tensor table(int positions, int width) {
    int half = width / 2;
    var values = new float[positions * width];
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < half; i++) {
        double angle = p / Math.pow(BASE, 2.0 * i / width);
        values[p * width + i] = (float) Math.sin(angle);
        values[p * width + half + i] = (float) Math.cos(angle);
      }
    }
    return Tensor.of(values, positions, width);
  }
}
