package inkstone.tensor;

/** How the numbers of a {@link KvPage} are kept. */
public enum KvType {
  /** As they come from a network that computes in float32. */
  FLOAT32(DType.FLOAT32),
  /** In half the memory. */
  BFLOAT16(DType.BFLOAT16),
  /**
   * In about a quarter: bytes, and for each token and head a factor that makes its largest number
   * 127.
   */
  INT8(DType.UINT8);

  private final DType dtype;

  KvType(DType dtype) {
    this.dtype = dtype;
  }

  DType dtype() {
    return dtype;
  }
}
