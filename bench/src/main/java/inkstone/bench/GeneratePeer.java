package inkstone.bench;

/** Who we are compared with when a model writes. */
public enum GeneratePeer {
  /** Nobody. */
  NONE("none"),
  /** llama.cpp's own programs. */
  LLAMA_CPP("llama.cpp"),
  /** Jlama, in a JVM: float32 weights, or 4-bit ones where the file has such. */
  JLAMA("jlama"),
  /** llama3.java, in a JVM; it takes models with Llama 3's vocabulary. */
  LLAMA3_JAVA("llama3.java");

  private final String word;

  GeneratePeer(String word) {
    this.word = word;
  }

  @Override
  public String toString() {
    return word;
  }
}
