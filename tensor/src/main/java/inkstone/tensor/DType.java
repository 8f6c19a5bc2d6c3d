package inkstone.tensor;

/** The element types that the project computes and stores with. */
public enum DType {
  FLOAT32("F32", 4),
  FLOAT64("F64", 8),
  BFLOAT16("BF16", 2),
  FLOAT16("F16", 2),
  INT64("I64", 8),
  INT32("I32", 4),
  UINT16("U16", 2),
  UINT8("U8", 1),
  BOOL("BOOL", 1);

  private final String code;
  private final int bytes;

  DType(String code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The name that the safetensors format gives this type, for example {@code BF16}. */
  public String code() {
    return code;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }
}
