package inkstone.generate;

/**
 * How the next token is drawn from a model's logits. The parts act in the order of Hugging Face
 * Transformers: repetition penalty, temperature, top-k, top-p, min-p. What is left is drawn from in
 * proportion to its probability.
 *
 * @param temperature what logits are divided by, 0 or more; 0 takes the most likely token (greedy)
 * @param topK only the k most likely tokens, and those as likely as the k-th, may come; 0 is off
 * @param topP only the smallest set of most likely tokens whose probability reaches p may come, the
 *     token that crosses p included, in [0, 1]; 1 is off (Holtzman et al., 2020, section 3.1)
 * @param minP only tokens with at least this share of the largest probability may come, in [0, 1];
 *     0 is off (Nguyen et al., 2024, section 3)
 * @param repetitionPenalty what the positive logits of tokens in the prompt and the text so far are
 *     divided by, and the negative ones multiplied with, above 0; 1 is off (Keskar et al., 2019,
 *     section 4.1)
 */
public record Sampling(
    double temperature, int topK, double topP, double minP, double repetitionPenalty) {

  /** The most likely token, always. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0, 1);

  /** Refuses values out of range. */
  public Sampling {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw wrong("temperature", temperature, "0 (greedy) or more, such as 0.8");
    }
    if (topK < 0) {
      throw wrong("top-k", topK, "0 (off) or more, such as 40");
    }
    if (!(topP >= 0 && topP <= 1)) {
      throw wrong("top-p", topP, "a number from 0 to 1 (off), such as 0.95");
    }
    if (!(minP >= 0 && minP <= 1)) {
      throw wrong("min-p", minP, "a number from 0 (off) to 1, such as 0.05");
    }
    if (!(repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY)) {
      throw wrong(
          "repetition penalty", repetitionPenalty, "a number above 0, such as 1.1 (1: off)");
    }
  }

  private static GenerationException wrong(String name, Object value, String expected) {
    return new GenerationException(name + " " + value + " is out of range; give " + expected);
  }
}
