package inkstone.model;

import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;

/** What stands between the two layers of an encoder's feed-forward network. */
public enum EncoderActivation {
  /** The exact {@code x Phi(x)}, {@code gelu} in config.json. */
  GELU("gelu"),
  /** Its tanh form, {@code gelu_new}. */
  GELU_TANH("gelu_new"),
  /** {@code max(x, 0)}. */
  RELU("relu");

  private final String word;

  EncoderActivation(String word) {
    this.word = word;
  }

  /** Its name in config.json. */
  String word() {
    return word;
  }

  static EncoderActivation of(String key, String word) {
    return switch (word) {
      case "gelu" -> GELU;
      case "gelu_new", "gelu_pytorch_tanh" -> GELU_TANH;
      case "relu" -> RELU;
      default ->
          throw new ModelException(
              "%s '%s' is not supported; only gelu, gelu_new, gelu_pytorch_tanh and relu are"
                  .formatted(key, word));
    };
  }

  /** Of every element. */
  Tensor apply(Tensor x) {
    return switch (this) {
      case GELU -> Functions.gelu(x);
      case GELU_TANH -> Functions.geluTanh(x);
      case RELU -> Functions.relu(x);
    };
  }
}
