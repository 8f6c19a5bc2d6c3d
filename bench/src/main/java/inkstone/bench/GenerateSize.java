package inkstone.bench;

import inkstone.model.DecoderConfig;
import inkstone.model.Family;

/** The shape of a network with random weights: for speed, the numbers in it do not matter. */
public enum GenerateSize {
  /** For tests. */
  TINY(new Shape(512, 32, 2, 4, 2, 64, true)),
  /** That of SmolLM2-135M. */
  M135(new Shape(49_152, 576, 30, 9, 3, 1_536, true)),
  /** That of Llama-3.2-1B. */
  B1(new Shape(128_256, 2_048, 16, 32, 8, 8_192, true));

  private static final int CONTEXT = 2_048;

  private final Shape shape;

  private record Shape(
      int vocabulary, int width, int layers, int heads, int keyHeads, int hidden, boolean tied) {}

  GenerateSize(Shape shape) {
    this.shape = shape;
  }

  /** The network. */
  public DecoderConfig config() {
    return new DecoderConfig(
        Family.LLAMA,
        shape.vocabulary,
        CONTEXT,
        shape.width,
        shape.layers,
        shape.heads,
        shape.keyHeads,
        shape.width / shape.heads,
        shape.hidden,
        false,
        shape.tied,
        1e-5,
        10_000);
  }

  @Override
  public String toString() {
    return switch (this) {
      case TINY -> "tiny";
      case M135 -> "135m";
      case B1 -> "1b";
    };
  }
}
