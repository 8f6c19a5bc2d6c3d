package inkstone.bench;

/** What is asked of a model that writes. */
public enum GenerateWork {
  /** 128 tokens one after another, from an empty context. */
  DECODE(1, 128, 1),
  /** A prompt of 512 tokens is read, up to the first token after it. */
  PREFILL(512, 1, 1),
  /** 16 texts at once, offered together: 128 random tokens are read and 128 written of each. */
  STREAMS(128, 128, 16),
  /** From the start of the command to its end after one token, file already in memory. */
  START(1, 1, 1);

  private final int prompt;
  private final int written;

  private final int streams;

  GenerateWork(int prompt, int written, int streams) {
    this.prompt = prompt;
    this.written = written;
    this.streams = streams;
  }

  /** Tokens that are read; 1 stands for as few as a model needs. */
  int prompt() {
    return prompt;
  }

  /** Tokens that are written. */
  int written() {
    return written;
  }

  /** Texts at once. */
  int streams() {
    return streams;
  }

  /** What our worker is asked. */
  String question() {
    return switch (this) {
      case DECODE -> "decode " + written;
      case PREFILL -> "prefill " + prompt;
      case STREAMS -> "streams " + written;
      case START -> throw new AssertionError("a start is not asked for");
    };
  }

  /** What is counted. */
  PairedRounds.Better better() {
    return this == START ? PairedRounds.Better.LOWER : PairedRounds.Better.HIGHER;
  }

  /** The unit of what is counted. */
  String unit() {
    return this == START ? "s" : "tokens/s";
  }

  @Override
  public String toString() {
    return Words.of(this);
  }
}
