package inkstone.bench;

import inkstone.tensor.DType;

/** The type of activations and matrix products; weights and moments are float32 in each. */
public enum Precision {
  FP32(DType.FLOAT32),
  BF16(DType.BFLOAT16);

  private final DType type;

  Precision(DType type) {
    this.type = type;
  }

  DType type() {
    return type;
  }

  @Override
  public String toString() {
    return Words.of(this);
  }
}
