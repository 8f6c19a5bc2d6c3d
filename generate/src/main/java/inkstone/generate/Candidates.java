package inkstone.generate;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The tokens that may come next, and their shares.
 *
 * @param ids from the most to the least likely where a filter is on, else by id
 * @param weights {@code exp((score - largest score) / temperature)}, for each of {@code ids}
 */
record Candidates(int[] ids, double[] weights) {

  /** What temperature (above 0) and filters leave of {@code scores}. */
  static Candidates of(float[] scores, float largest, Sampling sampling) {
    var weights = new double[scores.length];
    for (int id = 0; id < scores.length; id++) {
      weights[id] = Exponential.at(((double) scores[id] - largest) / sampling.temperature());
    }
    if (sampling.topK() == 0 && sampling.topP() == 1 && sampling.minP() == 0) {
      return new Candidates(IntStream.range(0, scores.length).toArray(), weights);
    }
    return filter(scores, weights, sampling);
  }

  /** Every filter keeps a beginning of the tokens in falling order. */
  private static Candidates filter(float[] scores, double[] weights, Sampling sampling) {
    var falling = new Descending(scores);
    int[] order = new int[16];
    int ranked = 0;
    if (sampling.topK() > 0) {
      while (!falling.isEmpty()
          && (ranked < sampling.topK() || scores[falling.peek()] == scores[order[ranked - 1]])) {
        order = append(order, ranked++, falling.next());
      }
    }
    double total =
        ranked > 0
            ? Arrays.stream(order, 0, ranked).mapToDouble(id -> weights[id]).sum()
            : Arrays.stream(weights).sum();
    double enough = sampling.topP() == 1 ? Double.POSITIVE_INFINITY : sampling.topP() * total;
    double above = 0;
    int kept = 0;
    int most = sampling.topK() > 0 ? ranked : scores.length;
    while (kept < most) {
      if (kept == ranked) {
        order = append(order, ranked++, falling.next());
      }
      double weight = weights[order[kept]];
      // The most likely token stays whatever the filters say.
      if (kept > 0 && (above >= enough || weight < sampling.minP())) {
        break;
      }
      above += weight;
      kept++;
    }
    var ids = Arrays.copyOf(order, kept);
    return new Candidates(ids, Arrays.stream(ids).mapToDouble(id -> weights[id]).toArray());
  }

  private static int[] append(int[] array, int length, int value) {
    var grown = length < array.length ? array : Arrays.copyOf(array, 2 * length);
    grown[length] = value;
    return grown;
  }

  /** The token at {@code uniform}, in [0, 1), of the shares laid end to end. */
  int at(double uniform) {
    double rest = uniform * Arrays.stream(weights).sum();
    int chosen = 0;
    // Rounding may leave a rest behind the last share; what has none must not get it.
    for (int i = 0; i < ids.length && (i == 0 || rest >= 0); i++) {
      if (weights[i] > 0) {
        chosen = i;
        rest -= weights[i];
      }
    }
    return ids[chosen];
  }
}
