package inkstone.words;

import inkstone.words.WordsRecipe.Model;
import java.util.Arrays;

/** One thread's way through a text: sentences, windows, and a step of the kernel for each. */
final class Learner {

  /** Longer sentences are read in pieces, as word2vec does. */
  private static final int SENTENCE = 1000;

  /** One window of so many is judged for the loss that is shown. */
  private static final int JUDGED = 64;

  private final Model model;
  private final Plan plan;
  private final Weights weights;
  private final int stride;
  private final Kernel kernel;
  private final Draws draws = new Draws(0);
  private final int[] sentence = new int[SENTENCE];
  private final int[] inputs;
  private final int[] single = new int[1];
  private int[] outputs = new int[64];
  private float[] labels = new float[64];

  /** What stands in the place of outputs that a round has too few of. */
  private final int zeros;

  /** CBOW's mean, and what it was before a step. */
  private final float[] hidden;

  private float rate;
  private long windows;

  /**
   * @param number of the thread, from 0
   */
  Learner(Model model, Plan plan, Weights weights, int number) {
    this.model = model;
    this.plan = plan;
    this.weights = weights;
    stride = weights.stride();
    inputs = new int[2 * model.window()];
    kernel = Kernel.of(inputs.length);
    zeros = weights.in().length + number * stride;
    hidden = new float[2 * stride];
  }

  /**
   * Learns from a part of a text.
   *
   * @param seed of all that is drawn on the way
   * @return words that were read
   */
  long learn(Tokens tokens, long from, long to, long seed, float rate) {
    draws.restart(seed);
    this.rate = rate;
    int n = 0;
    long words = 0;
    for (long at = from; at < to; at++) {
      int word = tokens.get(at);
      if (word == Tokens.END) {
        sentence(n);
        n = 0;
        continue;
      }
      words++;
      if (plan.keep()[word] == Plan.ALWAYS || draws.next() >>> 33 < plan.keep()[word]) {
        sentence[n++] = word;
        if (n == SENTENCE) {
          sentence(n);
          n = 0;
        }
      }
    }
    sentence(n);
    return words;
  }

  /** The loss since it was last asked for, in nats a prediction. */
  double takeLoss() {
    return kernel.takeLoss();
  }

  private void sentence(int n) {
    for (int at = 0; at < n; at++) {
      int reach = model.window() - (model.dynamicWindow() ? draws.below(model.window()) : 0);
      int m = 0;
      for (int near = Math.max(0, at - reach); near <= Math.min(n - 1, at + reach); near++) {
        if (near != at) {
          inputs[m++] = sentence[near] * stride;
        }
      }
      if (m == 0) {
        continue;
      }
      boolean judge = windows++ % JUDGED == 0;
      int word = sentence[at];
      if (model.kind() == Model.Kind.CBOW) {
        bag(word, m, judge);
      } else if (model.shareNegatives() || model.loss() == Model.Loss.HIERARCHICAL) {
        rounds(weights.in(), inputs, m, targets(word), judge);
      } else {
        for (int i = 0; i < m; i++) {
          single[0] = inputs[i];
          rounds(weights.in(), single, 1, targets(word), judge);
        }
      }
    }
  }

  private void bag(int word, int m, boolean judge) {
    kernel.mean(weights.in(), inputs, m, hidden, 0, stride);
    System.arraycopy(hidden, 0, hidden, stride, stride);
    single[0] = 0;
    rounds(hidden, single, 1, targets(word), judge);
    kernel.addDifference(weights.in(), inputs, m, hidden, 0, stride, stride);
  }

  private void rounds(float[] in, int[] rows, int m, int n, boolean judge) {
    for (int from = 0; from < n; from += Kernel.OUTPUTS) {
      kernel.round(
          in,
          rows,
          m,
          weights.out(),
          outputs,
          from,
          labels,
          Math.min(Kernel.OUTPUTS, n - from),
          stride,
          rate,
          judge);
    }
  }

  /** Lists the outputs of a word and fills them up with zeros; gives how many count. */
  private int targets(int word) {
    int n = 0;
    if (model.loss() == Model.Loss.NEGATIVE) {
      room(model.negatives() + 1);
      outputs[n] = word * stride;
      labels[n++] = 1;
      for (int i = 0; i < model.negatives(); i++) {
        int other = plan.negatives().draw(draws);
        if (other != word) {
          outputs[n] = other * stride;
          labels[n++] = 0;
        }
      }
    } else {
      var nodes = plan.tree().nodes()[word];
      var turns = plan.tree().turns()[word];
      room(nodes.length);
      for (; n < nodes.length; n++) {
        outputs[n] = nodes[n] * stride;
        labels[n] = turns[n];
      }
    }
    for (int i = n; i % Kernel.OUTPUTS != 0; i++) {
      outputs[i] = zeros;
    }
    return n;
  }

  private void room(int n) {
    int needed = n + Kernel.OUTPUTS;
    if (outputs.length < needed) {
      outputs = Arrays.copyOf(outputs, needed);
      labels = Arrays.copyOf(labels, needed);
    }
  }
}
