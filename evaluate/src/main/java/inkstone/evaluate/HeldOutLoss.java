package inkstone.evaluate;

import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.Arrays;

/**
 * The loss of a decoder on text that training never saw, every token scored once.
 *
 * @param nats the sum of the negative log-probabilities
 * @param tokens the number of tokens that were scored
 */
public record HeldOutLoss(double nats, long tokens) {

  /** Tokens of one forward, near which the arithmetic is fastest. */
  private static final int TOKENS_AT_ONCE = 4096;

  /**
   * Reads {@code ids} through windows of the model's context. The first id is only looked at (it
   * stands for the beginning of the text); each other one is scored once, in the window where it
   * comes among the last {@code stride}.
   *
   * @param stride how far the windows lie apart, 1 to the context; the smaller, the more each token
   *     sees of what came before it, and the longer it takes
   */
  public static HeldOutLoss of(Decoder decoder, int[] ids, int stride) {
    int context = decoder.config().context();
    if (stride < 1 || stride > context) {
      throw new IllegalArgumentException("stride " + stride + " is not in 1 to " + context);
    }
    int tokens = ids.length - 1;
    if (tokens < 1) {
      throw new IllegalArgumentException(
          "held-out text of " + ids.length + " tokens has none to score");
    }
    int window = Math.min(context, tokens);
    int windows = 1 + Math.max(0, Math.ceilDiv(tokens - window, stride));
    int atOnce = Math.max(1, TOKENS_AT_ONCE / window);
    double nats = 0;
    for (int first = 0; first < windows; first += atOnce) {
      nats += sum(decoder, ids, window, stride, first, Math.min(windows, first + atOnce));
    }
    return new HeldOutLoss(nats, tokens);
  }

  private static double sum(
      Decoder decoder, int[] ids, int window, int stride, int first, int end) {
    int rows = end - first;
    var inputs = new int[rows * window];
    var targets = new long[rows * window];
    Arrays.fill(targets, Functions.IGNORED);
    long scored = 0;
    for (int row = 0; row < rows; row++) {
      // The last window is moved back to end with the text.
      int at = Math.min((first + row) * stride, ids.length - 1 - window);
      int known = first + row == 0 ? 0 : (first + row - 1) * stride + window;
      System.arraycopy(ids, at, inputs, row * window, window);
      for (int i = Math.max(0, known - at); i < window; i++) {
        targets[row * window + i] = ids[at + i + 1];
        scored++;
      }
    }
    try (var scope = Scope.open();
        var off = Gradients.off()) {
      var device = decoder.device();
      var batch = Batch.training(Tensor.of(inputs, inputs.length).to(device), rows, 0);
      var mean = decoder.loss(batch, Tensor.of(targets, targets.length).to(device), 0, 0);
      return mean.item() * scored;
    }
  }

  /** Nats for each token. */
  public double perToken() {
    return nats / tokens;
  }

  /**
   * {@code nats / ln 2 / bytes}: bits for each byte of the text, separators counted as one byte.
   */
  public double bitsPerByte(long bytes) {
    return nats / Math.log(2) / bytes;
  }
}
