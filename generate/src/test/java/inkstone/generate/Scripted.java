package inkstone.generate;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.Family;
import inkstone.tensor.Tensor;
import java.util.HashMap;

/**
 * A real network that writes a given text whatever the prompt: position i is a one-hot vector, the
 * blocks add nothing, and the output head turns it into the token at i of the script.
 */
final class Scripted {

  private Scripted() {}

  /** After a prompt of n tokens the greedy text is {@code script[n - 1]}, {@code script[n]}, ... */
  static Decoder of(int vocabulary, int... script) {
    int context = script.length + 1;
    int width = context + context % 2;
    var config =
        new DecoderConfig(
            Family.GPT2,
            vocabulary,
            context,
            width,
            1,
            2,
            2,
            width / 2,
            4,
            true,
            false,
            1e-5,
            10_000);
    var weights = new HashMap<String, Tensor>();
    try (var plain = Decoder.random(config, 1)) {
      plain
          .parameters()
          .forEach(
              (name, weight) ->
                  weights.put(name, Tensor.of(new float[(int) weight.count()], weight.shape())));
    }
    var positions = new float[context * width];
    var head = new float[vocabulary * width];
    var ones = new float[width];
    java.util.Arrays.fill(ones, 1);
    for (int i = 0; i < context; i++) {
      positions[i * width + i] = 1;
    }
    for (int i = 0; i < script.length; i++) {
      head[script[i] * width + i] = 10;
    }
    replace(weights, "model.embed_positions.weight", Tensor.of(positions, context, width));
    replace(weights, "lm_head.weight", Tensor.of(head, vocabulary, width));
    replace(weights, "model.norm.weight", Tensor.of(ones, width));
    return Decoder.of(config, weights);
  }

  private static void replace(HashMap<String, Tensor> weights, String name, Tensor tensor) {
    var old = weights.put(name, tensor);
    if (old == null) {
      throw new AssertionError(name);
    }
    old.close();
  }
}
